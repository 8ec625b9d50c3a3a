// @ts-check
/**
 * A page that fills the screen, where a browser lets it.
 * @module fullscreen
 */

import { makeButton, showPressed } from "./elements.js";

/** Fill the screen, or the window again; nothing where that cannot be. */
export function toggleFullscreen() {
  const changed = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.();
  changed?.catch(() => {});
}

/** Buttons that do so: one, or none where it cannot be. */
export function fullscreenButtons() {
  if (!document.fullscreenEnabled) return [];
  const button = makeButton("full screen", "fill the screen, or not", toggleFullscreen);
  const show = () => showPressed(button, document.fullscreenElement !== null);
  document.addEventListener("fullscreenchange", show);
  show();
  return [button];
}
