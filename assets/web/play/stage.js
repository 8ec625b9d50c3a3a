// @ts-check
/** The stage: a ghost and the engine that plays it, from when they are loaded on. What was touched before waits. */

import { useConstants } from "../engine/constants.js";
import { Engine, ManualClock, SYSTEM_CLOCK } from "../engine/engine.js";
import { release, touch } from "../engine/events.js";
import { breathing, run } from "../engine/run.js";
import { Settings } from "../shared/settings.js";
import { loadGhost } from "../ghost/ghost.js";

/** @import { Event } from "../engine/events.js" */

const AHEAD_S = 0.75; // before an answer is due: all proposals of a long one take 0.4 s and more in a browser
const REHEARSED = 40; // touches of the phrase that is played before somebody plays
const MOST_EARLY = 4096; // touches that wait for the ghost; more are only seen and heard
const NOT_HERE = ["quantise", "loop_s"]; // parameters of what the page has not

/** Who plays on the page. */
export class Stage {
  /**
   * @param {any} facts
   * @param {{play: (event: Event) => void, tell: (text: string) => void}} listener is given the ghost's events at the
   *   moment they are to be heard, and what a person should know
   */
  constructor(facts, listener) {
    useConstants(facts.engine);
    /** @type {string[]} */
    const models = facts.models.filter(({ page }) => page === "play").map(({ name }) => name);
    this.parameters = facts.parameters
      .filter((/** @type {any} */ { name }) => !NOT_HERE.includes(name))
      .map((/** @type {any} */ parameter) => {
        if (parameter.name === "model") return withChoices(parameter, models);
        if (parameter.name !== "mode") return parameter;
        return withChoices(parameter, parameter.choices.filter((/** @type {string} */ mode) => mode in facts.engine.modes));
      });
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
   * Load the ghost whose model is set. Rejects where it cannot be played, saying why; who played before plays on.
   *
   * @param {number} seed
   * @param {(share: number) => void} onProgress from 0 to 1
   */
  async load(seed, onProgress) {
    const ghost = await loadGhost(this.settings.get("model"), { seed, onProgress });
    await rehearse(ghost.withSeed(seed), new Settings(this.parameters));
    this._end();
    this._ghost = ghost;
    const [pi, sigma] = ghost.defaultTemperatures;
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
    const play = (/** @type {Event} */ event) => {
      if (event.source === "ghost" && engine === this._engine) this._listener.play(event);
    };
    const options = { aheadS: AHEAD_S, breathe: breathing() };
    const engine = new Engine(this._ghost, this.settings, play, options);
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
    const mode = this.settings.get("mode");
    return this._engine?.status ?? { turn: "nobody", mode, silenceLeftS: null, notice: "" };
  }

  /** Now, in the seconds of all events. */
  get nowS() {
    return SYSTEM_CLOCK.now();
  }
}

/**
 * A parameter with the choices there are here; the first is the default where the usual one is not among them.
 *
 * @param {any} parameter
 * @param {string[]} choices
 */
function withChoices(parameter, choices) {
  const usual = choices.includes(parameter.default) ? parameter.default : choices[0];
  return { ...parameter, choices, default: usual };
}

/**
 * Play a phrase to a ghost and let it answer, in no time and to nobody: what a browser makes fast once it was used is
 * fast then.
 *
 * @param {any} ghost
 * @param {Settings} settings
 */
async function rehearse(ghost, settings) {
  const clock = new ManualClock();
  const engine = new Engine(ghost, settings, () => {}, { clock, breathe: breathing() });
  for (let i = 0; i < REHEARSED; i++) {
    const [x, y] = [Math.cos(i / 5), Math.sin(i / 5)].map((way) => 0.5 + 0.2 * way);
    engine.submit(touch(i / 60, "player", 0, x, y, i > 0));
    await engine.runUntil(i / 60);
  }
  engine.submit(release(REHEARSED / 60, "player", 0));
  await engine.runUntil(REHEARSED / 60 + settings.get("threshold_s") + 0.1);
}
