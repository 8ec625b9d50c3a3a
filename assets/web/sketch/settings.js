// @ts-check
/** The live parameters and the modes of the canvas. */
import { Settings } from "../shared/settings.js";
import { facts } from "./facts.js";

/** The parameters of the canvas, with the names of the models there are: the first one draws. */
export class DrawSettings extends Settings {
  /** @param {string[]} models */
  constructor(models) {
    const chosen = { choices: models, default: models[0] };
    super(facts.parameters.map((/** @type {any} */ one) => (one.name === "model" ? { ...one, ...chosen } : one)));
  }

  /** Pi and sigma temperature as they are now. @returns {number[]} */
  get temperatures() {
    return [this.get("pi_temperature"), this.get("sigma_temperature")];
  }
}

/** The row of the table of modes with this name. @param {string} name @returns {any} */
export function modeNamed(name) {
  return facts.modes.find((/** @type {any} */ mode) => mode.name === name);
}
