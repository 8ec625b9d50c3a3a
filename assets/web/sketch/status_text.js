// @ts-check
/** The words for whose turn it is: `status_text.py`. */
import { facts } from "./facts.js";

/**
 * One large word, some small ones, who they are of, and what is left of a pause: 1 to 0, null while there is none.
 * @typedef {{big: string, small: string, left: number | null}} Turn
 */

/**
 * Whose turn it is.
 * @param {import("./draw_controller.js").DrawController} controller
 * @param {import("./settings.js").DrawSettings} settings
 * @param {number} nowS
 * @returns {Turn}
 */
export function turnOf(controller, settings, nowS) {
  const { page, ghostTurn, liftedS } = controller, { begins } = controller.mode, isPaused = settings.get("pause");
  const turn = (/** @type {string} */ big, /** @type {string} */ small) => ({ big, small, left: null });
  if (controller.playerDraws) return turn("you", isPaused ? facts.words.ghost_paused : "draw");
  if (isPaused) return turn("paused", "");
  if (ghostTurn.draws) return turn("ghost", begins === "alone" && !page.hasPlayer ? "draws alone" : "goes on");
  if (controller.endings.length) return turn("choose", "tap an ending, or draw on");
  if (page.end !== null) return turn("ghost", facts.words.ended[page.end]);
  if (!page.marks.length && begins !== "alone") return turn("draw", "a stroke or two");
  const waits = liftedS !== null || ghostTurn.asked !== null;
  if (begins === "never" || (begins === "after_pause" && !waits)) return turn("draw", "on, or let the ghost finish");
  if (liftedS === null || ghostTurn.asked !== null) return turn("listening", "");
  const passed = Math.max(0, nowS - liftedS) / settings.get("threshold_s");
  return { big: "listening", small: "", left: 1 - Math.min(1, passed) };
}
