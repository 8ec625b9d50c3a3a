// @ts-check
/**
 * Pens on the paper: one at a time, a stylus before fingers, so that a palm draws nothing. Whoever else touches
 * the paper is passed over.
 */

/**
 * What a pen does, x and y in sides of the paper and time in seconds.
 * @typedef {object} Pen
 * @property {(x: number, y: number, timeS: number, pressure: number) => void} down
 * @property {(x: number, y: number, timeS: number, pressure: number) => void} move
 * @property {(timeS: number) => void} up
 * @property {(timeS: number) => void} cancel the stroke was none: a palm before the stylus came
 */

/**
 * Follow the pens on `paper`.
 * @param {HTMLElement} paper
 * @param {Pen} pen
 */
export function followPens(paper, pen) {
  let held = /** @type {{id: number, type: string} | null} */ (null);
  let area = paper.getBoundingClientRect();
  const place = (/** @type {PointerEvent} */ event) => {
    const inside = (/** @type {number} */ value) => Math.min(1, Math.max(0, value)); // the paper's edge stops a pen
    const pressure = event.pointerType === "pen" && event.pressure > 0 ? event.pressure : 1;
    return /** @type {const} */ ([
      inside((event.clientX - area.left) / area.width), inside((event.clientY - area.top) / area.height),
      event.timeStamp / 1e3, pressure,
    ]);
  };
  const up = (/** @type {PointerEvent} */ event) => {
    if (event.pointerId !== held?.id) return;
    held = null;
    pen.up(event.timeStamp / 1e3);
  };
  paper.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    if (held && !(event.pointerType === "pen" && held.type === "touch")) return;
    if (held) pen.cancel(event.timeStamp / 1e3);
    held = { id: event.pointerId, type: event.pointerType };
    area = paper.getBoundingClientRect();
    paper.setPointerCapture(event.pointerId);
    pen.down(...place(event));
  });
  paper.addEventListener("pointermove", (event) => {
    if (event.pointerId !== held?.id) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const one of all.length ? all : [event]) pen.move(...place(one));
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
    paper.addEventListener(name, (event) => up(/** @type {PointerEvent} */ (event)));
  }
  const letGo = () => {
    if (!held) return;
    held = null;
    pen.up(performance.now() / 1e3);
  };
  window.addEventListener("blur", letGo);
  document.addEventListener("visibilitychange", () => document.hidden && letGo());
  for (const name of ["touchstart", "contextmenu"]) { // no magnifying glass, no menu
    paper.addEventListener(name, (event) => event.preventDefault(), { passive: false });
  }
}
