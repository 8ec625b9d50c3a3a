// @ts-check
/**
 * The controls: a bar with what is turned while playing, and a sheet with everything else behind one button.
 * Both show what the program says, whoever changed it.
 * @module controls
 */

import { makeControl } from "../shared/control.js";
import { element, makeButton } from "../shared/elements.js";

/** @import { Control } from "../shared/control.js" */
/**
 * @typedef {object} ControlsListener
 * @property {(name: string, value: any) => void} set  the person set a parameter
 * @property {(command: string) => void} command  the person asks for one
 */

const BAR = ["likeness", "pi_temperature", "sigma_temperature", "threshold_s", "reply_s", "loop_s", "mode", "instrument", "scale"];
const COMMANDS = [
  ["reset", "reset", "the ghost forgets what it heard"],
  ["panic", "panic", "everything that sounds stops"],
  ["adapt", "learn", "the ghost learns from what was played; again stops it"],
  ["adapt_back", "unlearn", "back to the ghost before it learned, or forward again"],
];
const SPEAKER =
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 9v6h4l5 4V5L8 9z"/><path class="waves" d="M16 8.5a5 5 0 0 1 0 7M18.5 6a8.5 8.5 0 0 1 0 12"/></svg>';
const CLOSE = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg>';
const MORE = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 7h16M4 12h16M4 17h16"/></svg>';

export class ControlPanel {
  /**
   * @param {HTMLElement} bar @param {HTMLElement} sheet @param {any} facts @param {ControlsListener} listener
   */
  constructor(bar, sheet, facts, listener) {
    this.listener = listener;
    this.sheet = sheet;
    /** @type {Record<string, Control[]>} by the names of the parameters */
    this.controls = {};
    this.modes = facts.modes;
    const { parameters } = facts;
    const named = Object.fromEntries(parameters.map((/** @type {any} */ one) => [one.name, one]));
    const knobs = group("knobs");
    const words = group("words");
    for (const name of BAR) (named[name].kind === "number" ? knobs : words).append(this.make(named[name]));
    this.soundButton = pictureButton(SPEAKER, "Sound on this device");
    this.moreButton = pictureButton(MORE, "Everything else (H)", () => this.toggle());
    this.moreButton.ariaExpanded = "false";
    words.append(this.soundButton, this.moreButton);
    bar.append(knobs, words);

    const sheetKnobs = group("knobs");
    const sheetWords = group("words");
    const switches = group("switches");
    for (const parameter of parameters) {
      const into = { number: sheetKnobs, choice: sheetWords, switch: switches }[/** @type {string} */ (parameter.kind)];
      into?.append(this.make(parameter));
    }
    this.switches = switches;
    this.learning = switches;
    for (const [command, label, help] of COMMANDS) {
      const button = makeButton(label, help, () => listener.command(command));
      button.dataset.name = command;
      if (command === "adapt") this.learning = button;
      switches.append(button);
    }
    this.about = element("p", { className: "about" });
    const head = group("head", this.about, pictureButton(CLOSE, "Close", () => this.toggle(false)));
    sheet.append(head, sheetKnobs, sheetWords, switches);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.sheet.hidden) this.toggle(false);
    });
  }

  /** What the program says a parameter is. @param {Record<string, any>} changed */
  heard(changed) {
    for (const [name, value] of Object.entries(changed)) {
      for (const control of this.controls[name] ?? []) if (!control.isHeld) control.set(value);
    }
    if ("mode" in changed) this.showOnlyOf(changed.mode);
    if ("adapt" in changed) this.learning.textContent = learning(changed.adapt);
  }

  /** Open or close the sheet, and go there or back. @param {boolean} [opens] */
  toggle(opens = this.sheet.hidden) {
    this.show(opens);
    const next = /** @type {HTMLElement} */ (opens ? this.sheet.querySelector(".button") : this.moreButton);
    next.focus({ preventScroll: true });
  }

  /** Open or close it, and leave the focus where it is. @param {boolean} isOpen */
  show(isOpen) {
    this.sheet.hidden = !isOpen;
    this.moreButton.ariaExpanded = String(isOpen);
  }

  /** @param {string} text  about this page and who else is here */
  tellAbout(text) {
    if (this.about.textContent !== text) this.about.textContent = text;
  }

  /** Some numbers mean something in one mode only. @param {string} mode */
  showOnlyOf(mode) {
    const others = new Set(Object.values(this.modes).flatMap((/** @type {any} */ one) => one.parameters));
    for (const name of this.modes[mode]?.parameters ?? []) others.delete(name);
    for (const [name, controls] of Object.entries(this.controls)) {
      for (const { element } of controls) element.hidden = others.has(name);
    }
  }

  /** @param {any} parameter */
  make(parameter) {
    /** @param {any} value */
    const set = (value) => {
      for (const other of this.controls[parameter.name]) if (other !== control) other.set(value);
      if (parameter.name === "mode") this.showOnlyOf(value);
      this.listener.set(parameter.name, value);
    };
    /** @type {Control} */
    const control = makeControl(parameter, set);
    (this.controls[parameter.name] ??= []).push(control);
    return control.element;
  }
}

/** What is on the button that learns. @param {string} said  of the reading `adapt` */
export function learning(said) {
  if (said === "idle") return "learn";
  return said === "starting" || said.startsWith("learning") ? `${said}: stop` : said;
}

/** @param {string} picture  its source @param {string} label @param {() => void} [pressed] */
function pictureButton(picture, label, pressed) {
  const button = makeButton("", label, pressed);
  button.innerHTML = picture;
  button.ariaLabel = label;
  return button;
}

/** @param {string} className @param {Node[]} children */
const group = (className, ...children) => element("div", { className }, ...children);
