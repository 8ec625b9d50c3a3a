// @ts-check
/** The stage: a ghost and the engine that plays it, from when they are loaded on. What was touched before waits. */

import { useConstants } from "../engine/constants.js";
import { Engine, SYSTEM_CLOCK } from "../engine/engine.js";
import { breathing, run } from "../engine/run.js";
import { Settings } from "../engine/settings.js";
import { loadGhost } from "../ghost/ghost.js";

/** @typedef {import("../engine/events.js").Event} Event */

const MODEL = "touch";
const AHEAD_S = 0.6; // before an answer is due: all proposals of a long one take this long in a browser at most
const MOST_EARLY = 4096; // touches that wait for the ghost; more are only seen and heard
const NOT_HERE = ["model", "quantise", "loop_s"]; // parameters of what the page has not

/** Who plays on the page. */
export class Stage {
  /**
   * @param {any} facts
   * @param {{play: (event: Event) => void, tell: (text: string) => void}} listener is given the ghost's events at the
   *   moment they are to be heard, and what a person should know
   */
  constructor(facts, listener) {
    useConstants(facts.engine);
    const modes = Object.keys(facts.engine.modes);
    this.parameters = facts.parameters
      .filter((/** @type {any} */ each) => !NOT_HERE.includes(each.name))
      .map((/** @type {any} */ each) => (each.name === "mode" ? { ...each, choices: modes } : each));
    this.settings = new Settings(this.parameters);
    this._listener = listener;
    /** @type {Event[]} */
    this._early = [];
    /** @type {Engine | null} */
    this._engine = null;
    /** @type {any} */
    this._ghost = null;
    this._end = () => {};
  }

  /**
   * Load the ghost. Rejects where it cannot be played, saying why.
   *
   * @param {number} seed
   * @param {(share: number) => void} onProgress from 0 to 1
   */
  async load(seed, onProgress) {
    this._ghost = await loadGhost(MODEL, { seed, onProgress });
    const [pi, sigma] = this._ghost.defaultTemperatures;
    this.settings.set("pi_temperature", pi);
    this.settings.set("sigma_temperature", sigma);
    this._begin();
  }

  /**
   * A new evening with a ghost of another seed, which has heard nothing.
   *
   * @param {number} seed
   */
  reseed(seed) {
    if (!this._ghost) return;
    this._end();
    this._ghost = this._ghost.withSeed(seed);
    this._begin();
  }

  _begin() {
    const sink = { play: (/** @type {Event} */ event) => event.source === "ghost" && this._listener.play(event) };
    const engine = new Engine(this._ghost, this.settings, [sink], { aheadS: AHEAD_S, breathe: breathing() });
    this._engine = engine;
    for (const event of this._early.splice(0)) engine.submit(event);
    this._end = run(engine, (error) => {
      console.error(error);
      this._listener.tell("Something went wrong inside. Playing on.");
    });
  }

  /**
   * The player did something.
   *
   * @param {Event} event
   */
  submit(event) {
    if (this._engine) this._engine.submit(event);
    else if (this._early.length < MOST_EARLY) this._early.push(event);
  }

  /** @param {"reset" | "panic"} name */
  command(name) {
    this._engine?.command(name);
  }

  /** What a person sees; see `Engine.status`. Before the ghost is there it is nobody's turn. */
  get status() {
    const mode = this.settings.word("mode");
    return this._engine?.status ?? { turn: "nobody", mode, silenceLeftS: null, notice: "" };
  }

  /** Now, in the seconds of all events. */
  get nowS() {
    return SYSTEM_CLOCK.now();
  }
}
