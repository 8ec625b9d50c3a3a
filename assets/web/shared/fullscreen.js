// @ts-check
/**
 * A page that fills the screen, where a browser lets it.
 * @module fullscreen
 */

import { makeButton, showPressed } from "./elements.js";

const root = /** @type {any} */ (document.documentElement);
const page = /** @type {any} */ (document); // Safari has names of its own
const enter = root.requestFullscreen ?? root.webkitRequestFullscreen;
const leave = page.exitFullscreen ?? page.webkitExitFullscreen;
const isFull = () => Boolean(page.fullscreenElement ?? page.webkitFullscreenElement);

/** Fill the screen, or the window again; nothing where that cannot be. */
export function toggleFullscreen() {
  Promise.resolve(isFull() ? leave.call(page) : enter?.call(root)).catch(() => {});
}

/** Buttons that do so: one, or none where it cannot be. */
export function fullscreenButtons() {
  if (!enter) return [];
  const button = makeButton("full screen", "fill the screen, or not", toggleFullscreen);
  const show = () => showPressed(button, isFull());
  for (const name of ["fullscreenchange", "webkitfullscreenchange"]) document.addEventListener(name, show);
  show();
  return [button];
}
