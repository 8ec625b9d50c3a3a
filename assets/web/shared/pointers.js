// @ts-check
/**
 * Fingers, pens and the mouse on an element, as contacts with a number each: from PointerEvents, which every
 * browser has. A contact that is lost (another window, a gesture of the system) is released.
 * @module pointers
 */

/**
 * @typedef {object} PointerListener
 * @property {(finger: number, x: number, y: number, moving: boolean, pressure: number, timeMs: number,
 *   type: string) => void} touch
 *   a finger is at (x, y), fractions of the element from its top left, clamped to [0, 1]; `moving` is false
 *   where it comes down; `pressure` is in (0, 1], 1 where the device does not tell; `timeMs` is when it was, for
 *   several places come at once; `type` is "touch", "pen" or "mouse"
 * @property {(finger: number, timeMs: number) => void} release  the finger left
 */

const MOST_FINGERS = 64; // as many voices as the program has
const LEAST_PRESSURE = 0.02; // a pen that hovers in contact may tell 0, which would be no contact

/**
 * Listen until the function that is returned is called; that releases every finger as well.
 * @param {HTMLElement} element  its `touch-action` must be `none`, or the browser scrolls
 * @param {PointerListener} listener
 * @returns {() => void}
 */
export function listenToPointers(element, listener) {
  /** @type {Map<number, {finger: number, feels: boolean}>} */
  const down = new Map();
  const taken = new Array(MOST_FINGERS).fill(false);
  let box = element.getBoundingClientRect();

  /** @param {PointerEvent} event @param {{finger: number, feels: boolean}} contact @param {boolean} moving */
  const tell = (event, contact, moving) => {
    const x = Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width)));
    const y = Math.min(1, Math.max(0, (event.clientY - box.top) / Math.max(1, box.height)));
    const pressure = pressureOf(event, contact);
    listener.touch(contact.finger, x, y, moving, pressure, event.timeStamp, event.pointerType);
  };

  /** @param {PointerEvent} event */
  const press = (event) => {
    if (event.button !== 0) return; // of a mouse another button, of a pen its barrel or its end
    const finger = taken.indexOf(false);
    if (finger < 0 || down.has(event.pointerId)) return;
    event.preventDefault();
    box = element.getBoundingClientRect();
    taken[finger] = true;
    const contact = { finger, feels: event.pointerType === "pen" };
    down.set(event.pointerId, contact);
    try {
      element.setPointerCapture(event.pointerId);
    } catch {
      // The pointer is gone already, or is one that a test made up: it is followed without being captured.
    }
    tell(event, contact, false);
  };

  /** @param {PointerEvent} event */
  const move = (event) => {
    const contact = down.get(event.pointerId);
    if (!contact) return;
    const between = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    if (between.length) for (const one of between) tell(one, contact, true);
    else tell(event, contact, true);
  };

  /** @param {number} pointer @param {number} timeMs */
  const lift = (pointer, timeMs) => {
    const contact = down.get(pointer);
    if (!contact) return;
    down.delete(pointer);
    taken[contact.finger] = false;
    listener.release(contact.finger, timeMs);
  };
  /** @param {PointerEvent} event */
  const end = (event) => lift(event.pointerId, event.timeStamp);
  const endAll = () => [...down.keys()].forEach((pointer) => lift(pointer, performance.now()));
  const hidden = () => document.hidden && endAll();
  /** @param {Event} event */
  const refuse = (event) => event.preventDefault();

  const ends = new AbortController();
  const options = { signal: ends.signal };
  element.addEventListener("pointerdown", press, options);
  element.addEventListener("pointermove", move, options);
  for (const name of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
    element.addEventListener(name, end, options);
  }
  element.addEventListener("contextmenu", refuse, options);
  // Safari begins to select and to magnify with these, whatever `touch-action` says.
  element.addEventListener("touchstart", refuse, { ...options, passive: false });
  window.addEventListener("blur", endAll, options);
  window.addEventListener("pagehide", endAll, options);
  document.addEventListener("visibilitychange", hidden, options);
  return () => {
    ends.abort();
    endAll();
  };
}

/**
 * Fingers tell 0 or 0.5 where the glass cannot feel, and the mouse tells 0.5: these mean 1. A finger that has
 * told anything else is on a glass that feels.
 * @param {PointerEvent} event
 * @param {{feels: boolean}} contact
 */
function pressureOf(event, contact) {
  const told = event.pressure;
  if (event.pointerType === "mouse") return 1;
  if (told > 0 && told < 1 && told !== 0.5) contact.feels = true;
  return contact.feels ? Math.max(LEAST_PRESSURE, told) : 1;
}
