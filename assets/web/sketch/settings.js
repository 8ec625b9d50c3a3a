// @ts-check
/** The live parameters of the canvas, by name: `app.core.parameters.Settings`. */
import { facts } from "./facts.js";

export class Settings {
  /** @param {string[]} models the names to choose from */
  constructor(models) {
    /** @type {Map<string, any>} */
    this.parameters = new Map(facts.parameters.map((/** @type {any} */ one) => [one.name, { ...one }]));
    this.parameters.get("model").choices = models;
    /** @type {Map<string, any>} */
    this.values = new Map([...this.parameters].map(([name, one]) => [name, one.default]));
    this.values.set("model", models[0]);
    /** @type {((name: string, value: any) => void)[]} */
    this.listeners = [];
  }

  /** The value of a parameter. @param {string} name @returns {any} */
  get(name) {
    return this.values.get(name);
  }

  /** Pi and sigma temperature as they are now. @returns {number[]} */
  get temperatures() {
    return [this.get("pi_temperature"), this.get("sigma_temperature")];
  }

  /**
   * Set a parameter; RangeError if it does not accept the value.
   * @param {string} name
   * @param {any} value
   */
  set(name, value) {
    const one = this.parameters.get(name);
    const isGood = one.kind === "number" ? value >= one.low && value <= one.high
      : one.kind === "choice" ? one.choices.includes(value) : typeof value === "boolean";
    if (!isGood) throw new RangeError(`${name}: expected another value, got ${value}.`);
    if (this.values.get(name) === value) return;
    this.values.set(name, value);
    for (const listener of this.listeners) listener(name, value);
  }

  /** Hear of every change. @param {(name: string, value: any) => void} listener */
  subscribe(listener) {
    this.listeners.push(listener);
  }
}

/** The row of the table of modes with this name. @param {string} name @returns {any} */
export function modeNamed(name) {
  return facts.modes.find((/** @type {any} */ mode) => mode.name === name);
}
