// @ts-check
/**
 * The current value of every parameter of a page, as the table in the facts says. See app/core/parameters.py.
 * @module settings
 */

/** @typedef {number | string | boolean} Value */
/** @typedef {{name: string, kind: string, default: Value, low?: number, high?: number, choices?: string[]}} Parameter */

/** What a person has set. Listeners are told of every change. */
export class Settings {
  /** @param {readonly Parameter[]} parameters */
  constructor(parameters) {
    /** As the table says them, by name. */
    this.parameters = new Map(parameters.map((parameter) => [parameter.name, parameter]));
    /** @type {Map<string, Value>} */
    this._values = new Map(parameters.map((parameter) => [parameter.name, parameter.default]));
    /** @type {((name: string, value: Value) => void)[]} */
    this._listeners = [];
  }

  /** The value of any. @param {string} name @returns {any} */
  get(name) {
    return this._values.get(name);
  }

  /**
   * Store a value and tell the listeners; nothing happens if it is no new one. Throws where it is out of range.
   *
   * @param {string} name
   * @param {Value} value
   */
  set(name, value) {
    const parameter = this.parameters.get(name);
    if (!parameter) {
      throw new RangeError(`parameter: expected one of ${[...this._values.keys()].join(", ")}, got ${name}.`);
    }
    const { low, high, choices, default: usual } = parameter;
    if (typeof usual === "boolean" && typeof value !== "boolean") {
      throw new RangeError(`${name}: expected true or false, got ${value}.`);
    }
    const isNumber = low !== undefined && high !== undefined;
    if (isNumber && !(Number(value) >= low && Number(value) <= high)) {
      throw new RangeError(`${name}: expected a number from ${low} to ${high}, got ${value}.`);
    }
    if (choices && !choices.includes(String(value))) {
      throw new RangeError(`${name}: expected one of ${choices.join(", ")}, got ${value}.`);
    }
    if (this._values.get(name) === value) return;
    this._values.set(name, value);
    for (const listener of this._listeners) listener(name, value);
  }

  /** @param {(name: string, value: Value) => void} listener is called after every change */
  subscribe(listener) {
    this._listeners.push(listener);
  }
}
