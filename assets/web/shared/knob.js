// @ts-check
/**
 * A knob on a page, as the window has them: a ring that a finger turns by moving up or to the right, that two
 * taps turn back, and arrow keys move. How its place and its value belong together is that of
 * `app/window/knob.py`.
 * @module knob
 */

/**
 * @typedef {object} NumberFacts  a parameter of kind `number`
 * @property {string} name
 * @property {string} label
 * @property {string} help
 * @property {number} default
 * @property {number} low
 * @property {number} high
 * @property {string} unit
 * @property {boolean} logarithmic
 * @property {[number, string][]} words  numbers that a word is shown for
 */

const WORD_SHARE = 0.1; // of a knob's travel, for each word at its left end: a finger can stop on it
const TRAVEL_PX = 200; // that a finger moves to turn it through its whole range
const SLACK_PX = 6; // that a finger may move and still tap
const DOUBLE_TAP_MS = 400;
const STEP = 0.025; // of its travel, for an arrow key
const SWEEP = 270; // degrees of the ring

/** @param {NumberFacts} parameter */
const wordValues = (parameter) => parameter.words.map(([value]) => value).sort((a, b) => a - b);

/** Where on the knob a value is, 0 at its left end, 1 at its right. @param {NumberFacts} parameter @param {number} value */
export function toFraction(parameter, value) {
  const { low, high, logarithmic } = parameter;
  const words = wordValues(parameter);
  const at = words.indexOf(value);
  if (at >= 0) return (at + 0.5) * WORD_SHARE;
  if (words.length) {
    const start = words.length * WORD_SHARE;
    const last = words[words.length - 1];
    return start + ((1 - start) * (value - last)) / (high - last);
  }
  return logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** The value at a place, which is clamped to [0, 1]. @param {NumberFacts} parameter @param {number} fraction */
export function toValue(parameter, fraction) {
  const { low, high, logarithmic } = parameter;
  const words = wordValues(parameter);
  const part = Math.min(1, Math.max(0, fraction));
  const start = words.length * WORD_SHARE;
  let value;
  if (part < start) return words[Math.min(words.length - 1, Math.floor(part / WORD_SHARE))];
  if (words.length) {
    const last = words[words.length - 1];
    value = last + ((high - last) * (part - start)) / (1 - start);
  } else if (logarithmic) value = low * (high / low) ** part;
  else value = low + (high - low) * part;
  return Math.min(high, Math.max(low, value));
}

/** The value as a person reads it, and its unit. @param {NumberFacts} parameter @param {number} value */
export function written(parameter, value) {
  const word = parameter.words.find(([number]) => number === value)?.[1];
  if (word) return [word, ""];
  if (value === 0) return ["0", parameter.unit];
  return [value.toFixed(value < 1 ? 2 : value < 10 ? 1 : 0), parameter.unit];
}

/** An arc of a ring of radius 42 around (50, 50), open at the bottom. @param {number} fraction */
function arc(fraction) {
  const degrees = Math.max(0.5, SWEEP * Math.min(1, Math.max(0, fraction)));
  /** @param {number} angle */
  const place = (angle) => {
    const radians = ((angle - SWEEP / 2) * Math.PI) / 180;
    return `${(50 + 42 * Math.sin(radians)).toFixed(2)} ${(50 - 42 * Math.cos(radians)).toFixed(2)}`;
  };
  return `M ${place(0)} A 42 42 0 ${degrees > 180 ? 1 : 0} 1 ${place(degrees)}`;
}

/**
 * @param {NumberFacts} parameter
 * @param {(value: number) => void} turned  the person set it
 */
export function makeKnob(parameter, turned) {
  const { name, label: ariaLabel, help: title, low: ariaValueMin, high: ariaValueMax } = parameter;
  const about = { className: "knob", tabIndex: 0, role: "slider", title, ariaLabel, ariaValueMin, ariaValueMax };
  const element = Object.assign(document.createElement("div"), about);
  element.dataset.name = name;
  element.innerHTML =
    `<span><svg viewBox="0 0 100 100" aria-hidden="true"><path class="track" d="${arc(1)}"/><path class="level"/></svg>` +
    "<output><b></b><i></i></output></span><small></small>";
  const [level, output, number, unitOf, label] = /** @type {HTMLElement[]} */ (
    [".level", "output", "b", "i", "small"].map((name) => element.querySelector(name))
  );
  label.textContent = parameter.label;
  let value = parameter.default;
  let tappedMs = -Infinity;
  /** @type {{pointer: number, x: number, y: number, fraction: number, dragged: boolean} | null} */
  let hold = null;

  /** Show a value. @param {number} now */
  const set = (now) => {
    value = now;
    const [text, unit] = written(parameter, now);
    level.setAttribute("d", arc(toFraction(parameter, now)));
    number.textContent = text;
    unitOf.textContent = unit;
    output.className = /[a-z]{2}/.test(text) ? "spelled" : "";
    element.ariaValueNow = String(now);
    element.ariaValueText = `${text} ${unit}`.trim();
  };
  /** @param {number} now */
  const turn = (now) => {
    if (now === value) return;
    set(now);
    turned(now);
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || hold) return;
    hold = { pointer: event.pointerId, x: event.clientX, y: event.clientY, fraction: toFraction(parameter, value), dragged: false };
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (!hold || event.pointerId !== hold.pointer) return;
    const [dx, dy] = [event.clientX - hold.x, event.clientY - hold.y];
    hold.dragged ||= Math.max(Math.abs(dx), Math.abs(dy)) > SLACK_PX;
    if (hold.dragged) turn(toValue(parameter, hold.fraction + (dx - dy) / TRAVEL_PX));
  });
  element.addEventListener("lostpointercapture", () => {
    if (hold && !hold.dragged) {
      const now = performance.now();
      if (now - tappedMs <= DOUBLE_TAP_MS) turn(parameter.default);
      tappedMs = now;
    }
    hold = null;
  });
  element.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 4, PageDown: -4 }[event.key];
    if (steps) turn(toValue(parameter, toFraction(parameter, value) + steps * STEP));
    else if (event.key === "Home") turn(parameter.low);
    else if (event.key === "End") turn(parameter.high);
    else if (event.key === "Backspace") turn(parameter.default);
    else return;
    event.preventDefault();
  });
  set(value);
  return { element, set, get isHeld() { return hold !== null; } };
}
