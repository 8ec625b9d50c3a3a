// @ts-check
/**
 * The colours of the palette as variables of the style sheets: `--text`, `--accent`, `--player-0` and so on.
 * @module style
 */

/**
 * @param {any} facts  what `web_facts` tells
 * @param {HTMLElement} [root]
 */
export function applyPalette(facts, root = document.documentElement) {
  for (const [name, value] of Object.entries(facts.palette)) {
    if (!Array.isArray(value)) continue;
    const colours = Array.isArray(value[0]) ? value : [value];
    colours.forEach((colour, index) => {
      const suffix = Array.isArray(value[0]) ? `-${index}` : "";
      root.style.setProperty(`--${name}${suffix}`, `rgb(${colour.join(" ")})`);
    });
  }
  const bar = document.querySelector('meta[name="theme-color"]');
  bar?.setAttribute("content", `rgb(${facts.palette.background.join(" ")})`);
}
