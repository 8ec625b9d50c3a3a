// @ts-check
/** What is heard of the strokes, if a person wants to: the page's own `stroke_outputs.py`. Silent until then. */

/** The instruments are loaded when *hear* is turned on for the first time. */
export class Ears {
  /**
   * @param {any} known the facts of all pages
   * @param {import("../sketch/settings.js").DrawSettings} settings
   * @param {(text: string) => void} tell
   */
  constructor(known, settings, tell) {
    [this.known, this.settings, this.tell] = [known, settings, tell];
    this.sound = /** @type {any} */ (null);
    /** Sources of which a stroke is heard from its start. @type {Set<string>} */
    this.sounding = new Set();
    settings.subscribe((name, value) => this.#set(name, value));
  }

  /**
   * A pen is at a place, fractions of the canvas.
   * @param {string} source
   * @param {number} x
   * @param {number} y
   * @param {boolean} moving
   * @param {number} pressure
   */
  touch(source, x, y, moving, pressure) {
    if (!this.sound || !this.settings.get("hear")) return;
    if (!moving) this.sounding.add(source);
    if (this.sounding.has(source)) this.sound.touch(source, source, x, y, moving, pressure);
  }

  /** It was lifted. @param {string} source */
  release(source) {
    if (this.sounding.delete(source)) this.sound?.release(source);
  }

  async #set(/** @type {string} */ name, /** @type {any} */ value) {
    if (name === "instrument" || name === "scale" || name === "volume") this.sound?.set(name, value);
    if (name !== "hear") return;
    this.sounding.clear();
    this.sound?.silence();
    if (!value) return;
    try {
      if (!this.sound) {
        const { Sound } = await import("../shared/sound.js");
        const sound = new Sound(this.known);
        for (const one of ["instrument", "scale", "volume"]) sound.set(one, this.settings.get(one));
        this.sound = sound;
      }
      await this.sound.start();
    } catch (error) {
      this.settings.set("hear", false);
      this.tell(`No sound: ${/** @type {Error} */ (error).message}`);
    }
  }
}
