// @ts-check
/**
 * The colours of the palette as variables of the style sheets: `--text`, `--accent`, `--player-0` and so on.
 * @module style
 */

/** As CSS has it. @param {number[]} colour  red, green, blue, 0 to 255 @param {number} alpha */
export function css(colour, alpha = 1) {
  return `rgb(${colour.join(" ")} / ${alpha})`;
}

/** A variable of the style sheets. @param {string} name @param {number[]} colour */
export function setColour(name, colour) {
  document.documentElement.style.setProperty(`--${name}`, css(colour));
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
