// @ts-check
/** Keys of the page; they are those of the window. */

/** @import { Settings } from "../shared/settings.js" */

/**
 * Listen to the keyboard. Keys of controls and of what is typed are left to them.
 *
 * @param {Settings} settings
 * @param {Record<string, () => void>} actions by letter
 */
export function listenToKeys(settings, actions) {
  const choices = (/** @type {string} */ name) => settings.parameters.get(name)?.choices ?? [];
  const next = (/** @type {string} */ name) => {
    const words = choices(name);
    settings.set(name, words[(words.indexOf(settings.get(name)) + 1) % words.length]);
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    " ": () => settings.set("pause", !settings.get("pause")),
    m: () => settings.set("mute", !settings.get("mute")),
    s: () => next("instrument"),
    c: () => next("scale"),
    n: () => next("ghosts"),
    ...actions,
  };
  choices("mode").forEach((mode, i) => {
    keys[String(i + 1)] = () => settings.set("mode", mode);
  });
  document.addEventListener("keydown", (event) => {
    const isElsewhere = event.target instanceof Element && event.target.closest("input, button, .knob, .menu");
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isElsewhere) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
