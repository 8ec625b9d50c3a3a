// @ts-check
/**
 * The ghost in the browser: the verbs of `app.ghost.Ghost`, over the very model files of the desktop.
 *
 *     const ghost = await loadGhost("touch", { seed: 7 });
 *     await ghost.feed(events);                  // hear a phrase
 *     const reply = await ghost.generate(250);   // and go on
 */

import { checkedTemperatures, finite, whole } from "./checks.js";
import { beginning, clipped } from "./column_rows.js";
import { GhostError, ModelError } from "./errors.js";
import { counted, ROOT, sizes } from "./fetching.js";
import { checkGolden } from "./golden.js";
import { CompiledModel, loadRuntime } from "./litert.js";
import { describe } from "./mixture.js";
import { readManifest } from "./model_file.js";
import { Noise } from "./noise.js";
import { Opened } from "./opened.js";
import { warmUp } from "./warm_up.js";

export { GhostError, ModelError };

/** @import { GhostState } from "./opened.js" */
/** @import { Generator } from "./rng.js" */
/** @import { Mixture } from "./mixture.js" */
/**
 * Pi's divides its logits, sigma's multiplies the covariance.
 * @typedef {{piTemperature?: number, sigmaTemperature?: number}} Temperatures
 */

/**
 * Open a model.
 * @param {string | URL} source a name, "touch", of a model beside this page, or the address of a `.tflite`
 *   file
 * @param {{seed?: number | bigint | null, onProgress?: (share: number) => void}} [options]
 *   the seed makes every continuation reproducible, as on the desktop; progress goes from 0 to 1
 * @returns {Promise<Ghost>}
 * @throws {ModelError} there is no such model, or it is not a sound one: what is wrong, what would be right
 */
export async function loadGhost(source, { seed = null, onProgress = () => {} } = {}) {
  const url = /^[\w-]+$/.test(String(source))
    ? new URL(`models/${source}.tflite`, ROOT)
    : new URL(source, location.href);
  const name = url.pathname.split("/").pop() ?? "";
  const [inAll, runtime] = await sizes([url, new URL("litert/litert_wasm_internal.wasm", ROOT)]);
  let bytes = 0;
  /** @param {number} more */
  const count = (more) => onProgress(Math.min((bytes += more) / (inAll + runtime || Infinity), 1));
  const [data] = await Promise.all([
    counted(url, count).then(async (response) => new Uint8Array(await response.arrayBuffer())),
    loadRuntime(count),
  ]);
  const manifest = await readManifest(data, name);
  const opened = new Opened(await CompiledModel.open(data), manifest, name);
  await checkGolden(opened, name);
  const stepS = await warmUp(opened);
  onProgress(1);
  return new Ghost(opened, seed, stepS);
}

/**
 * A model with a memory. Make one with `loadGhost`. Verbs run one after the other, in the order they are
 * called.
 */
export class Ghost {
  /** @type {GhostState} */
  #state;
  #changes = 0; // of the state from outside: a verb that was running then leaves it alone
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /** @param {Opened} opened @param {number | bigint | null} seed @param {number} stepS */
  constructor(opened, seed, stepS) {
    const { manifest } = opened;
    this.manifest = manifest;
    this.name = manifest.name;
    this.columns = manifest.columns.map((column) => column.name);
    this.defaultTemperatures = [manifest.pi_temperature, manifest.sigma_temperature];
    this.nGuide = opened.nGuide;
    this.guideSlices = opened.guideSlices;
    this.nProposals = manifest.futures;
    /** Seconds that an event of all futures takes on this machine. */
    this.stepS = stepS;
    this.frames = manifest.drawing?.frames ?? [];
    this.#opened = opened;
    this.#noise = new Noise(manifest.noise, seed);
    this.#state = this.#blank = {
      tensor: new Float32Array(opened.stateSize),
      event: beginning(manifest.columns, [0, 0]),
    };
  }

  #opened;
  #noise;
  /** @type {GhostState} */
  #blank;

  /**
   * The same model with another seed, and a memory of its own; it need not be loaded again.
   * @param {number | bigint | null} seed
   * @returns {Ghost}
   */
  withSeed(seed) {
    return new Ghost(this.#opened, seed, this.stepS);
  }

  /**
   * What the ghost remembers. Set it to go back, to branch or to undo; what was being sampled then is
   * dropped.
   */
  get state() {
    return this.#state;
  }

  set state(state) {
    this.#checkState(state);
    this.#changes++;
    this.#state = state;
  }

  /**
   * Forget everything heard.
   * @param {readonly [number, number] | null} [at] where a drawing begins now, before its first step, from
   *   the middle of its square, in natural units; null if that is not known
   */
  reset(at = null) {
    if (at && !this.frames.length)
      throw new GhostError(`at: expected a model that knows where a drawing begins, got ${this.name}.`);
    if (at && !at.every(Number.isFinite)) throw new GhostError(`at: expected finite numbers, got ${at}.`);
    this.#changes++;
    this.#state = at
      ? {
          tensor: this.#blank.tensor,
          event: clipped(this.manifest.columns, beginning(this.manifest.columns, at) ?? []),
        }
      : this.#blank;
  }

  /**
   * The generator of a number, from 0: for a seed always the same. None of them is used here.
   * @param {number} number
   */
  rng(number) {
    return this.#noise.rng(number);
  }

  /** One of `count`, from 0, each as likely. @param {number} count */
  choice(count) {
    return this.#noise.choice(count);
  }

  /**
   * Hear events.
   * @param {ArrayLike<number>} rows `(n, nColumns)`, natural units, clamped to the columns' ranges; dt is
   *   seconds since the event before
   */
  async feed(rows) {
    if (rows.length % this.columns.length)
      throw new GhostError(
        `events: expected rows of ${this.columns.join(", ")}, got ${rows.length} numbers.`,
      );
    finite("events", rows);
    const events = clipped(this.manifest.columns, rows);
    await this.#inTurn(async (change) => {
      if (events.length) this.#remember(await this.#opened.hear(this.#state, events), change);
    });
  }

  /**
   * Sample a continuation and remember it as heard.
   * @param {number} nEvents
   * @param {Temperatures & {guide?: Float32Array | null}} [options] `guide` is `(nEvents, nGuide)`, what each
   *   event is drawn toward; `guideSlices` says where in a row the numbers of each density are; zeros leave
   *   it alone
   * @returns {Promise<Float32Array>} `(n, nColumns)`; fewer than `nEvents` when a drawing ended, or when the
   *   state was set meanwhile
   */
  async generate(nEvents, { guide = null, ...options } = {}) {
    whole("nEvents", nEvents, 0, Infinity);
    const temperatures = checkedTemperatures(options);
    this.#checkGuide(guide, nEvents);
    const opened = this.#opened;
    return this.#inTurn(async (change) => {
      const made = new Float32Array(nEvents * this.columns.length);
      let n = 0;
      while (n < nEvents && change === this.#changes) {
        const count = Math.min(nEvents - n, this.manifest.generate_events);
        const part = guide && guide.subarray(n * this.nGuide, (n + count) * this.nGuide);
        const noise = this.#noise.events(count);
        const { events, state } = await opened.sample(this.#state, noise, temperatures, part);
        finite("generate", events);
        if (!this.#remember(state, change)) break;
        made.set(events, n * this.columns.length);
        n += events.length / this.columns.length;
        if (events.length < count * this.columns.length) break; // the drawing ended
      }
      return made.slice(0, n * this.columns.length);
    });
  }

  /**
   * Sample a continuation from each of several states, without moving on. Set `state` to one that is
   * returned, and that proposal was played.
   * @param {readonly GhostState[]} states where each goes on from; the same one may come several times
   * @param {number} nEvents in each, at least 1
   * @param {Temperatures & {guides?: Float32Array | null, rng?: Generator | null}} [options] guides are
   *   `(states.length, nEvents, nGuide)`; without an `rng` all proposals share one of the ghost's own
   * @returns {Promise<{events: Float32Array, states: GhostState[]}>} `(states.length, nEvents, nColumns)`,
   *   and the state after each; a drawing that has ended rests, (0, 0, END)
   */
  async propose(states, nEvents, { guides = null, rng = null, ...options } = {}) {
    whole("nEvents", nEvents, 1, Infinity);
    const temperatures = checkedTemperatures(options);
    this.#checkGuide(guides, states.length * nEvents);
    states.forEach((state) => this.#checkState(state));
    const noise = this.#noise.proposals(nEvents, states.length, rng);
    return this.#inTurn(() => this.#opened.propose(states, nEvents, noise, temperatures, guides));
  }

  /**
   * Sample futures of up to `manifest.future_events` events each, without moving on.
   * @param {number} nFutures @param {number} nEvents @param {Temperatures} [options]
   * @returns {Promise<Float32Array>} `(nFutures, nEvents, nColumns)`; a drawing that has ended rests, (0, 0,
   *   END)
   */
  async fan(nFutures, nEvents, options = {}) {
    const { future_events: limit, futures: batch } = this.manifest;
    whole("nFutures", nFutures, 1, Infinity);
    whole("nEvents", nEvents, 1, limit);
    const temperatures = checkedTemperatures(options);
    return this.#inTurn(async () => {
      const state = this.#state;
      const size = nEvents * this.columns.length;
      const made = new Float32Array(Math.ceil(nFutures / batch) * batch * size);
      for (let first = 0; first < nFutures; first += batch) {
        const noise = this.#noise.futures(limit, batch);
        made.set(await this.#opened.fan(state, nEvents, noise, temperatures), first * size);
      }
      return made.subarray(0, nFutures * size);
    });
  }

  /** The mixture of the next event at temperature 1. @returns {Promise<Mixture>} */
  async mixture() {
    return this.#inTurn(async () => {
      const { tensor } = this.#state,
        event = this.#opened.lastEvent(this.#state);
      const { mixture } = await this.#opened.feed(event, tensor);
      return describe(this.manifest, mixture, event, tensor);
    });
  }

  /**
   * Run a verb when those before it are over.
   * @template T
   * @param {(change: number) => Promise<T>} verb given how often the state was set when it began
   * @returns {Promise<T>}
   */
  #inTurn(verb) {
    const now = this.#last.then(() => verb(this.#changes));
    this.#last = now.catch(() => {});
    return now;
  }

  /**
   * Whether `state` is the one now: not if it was set from outside meanwhile.
   * @param {GhostState} state
   * @param {number} change
   */
  #remember(state, change) {
    if (change !== this.#changes) return false;
    this.#state = state;
    return true;
  }

  /** @param {Float32Array | null} guide @param {number} nRows */
  #checkGuide(guide, nRows) {
    if (!guide) return;
    if (guide.length !== nRows * this.nGuide)
      throw new GhostError(`guide: expected ${nRows} rows of ${this.nGuide}, got ${guide.length} numbers.`);
    finite("guide", guide);
  }

  /** @param {GhostState} state */
  #checkState(state) {
    if (state.tensor.length !== this.#opened.stateSize)
      throw new GhostError(`state: expected ${this.#opened.stateSize} numbers, got ${state.tensor.length}.`);
  }
}
