// @ts-check
/**
 * The colours of the palette as variables of the style sheets: `--text`, `--accent`, `--player-0` and so on, and
 * their channels, `--text-channels`, for `rgb(var(--text-channels) / 40%)`: not every browser has `color-mix`.
 * @module style
 */

/** As CSS has it. @param {number[]} colour  red, green, blue, 0 to 255 @param {number} alpha */
export function css(colour, alpha = 1) {
  return `rgb(${colour.join(" ")} / ${alpha})`;
}

/** A variable of the style sheets and its channels. @param {string} name @param {number[]} colour */
export function setColour(name, colour) {
  const { style } = document.documentElement;
  style.setProperty(`--${name}`, css(colour));
  style.setProperty(`--${name}-channels`, colour.join(" "));
}

/** @param {any} facts  what `web_facts` tells */
export function applyPalette({ palette }) {
  for (const [name, value] of Object.entries(palette)) {
    if (name === "name") continue;
    if (!Array.isArray(value[0])) setColour(name, value);
    else value.forEach((/** @type {number[]} */ colour, /** @type {number} */ index) => setColour(`${name}-${index}`, colour));
  }
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", css(palette.background));
}
