// @ts-check
/** An opened model: hears and samples, from one state to the next. As `app.ghost.litert.ours`. */

import { ModelError } from "./errors.js";
import { layout } from "./guide_layout.js";

/** @import { Manifest } from "./model_file.js" */
/** @import { CompiledModel } from "./litert.js" */
/**
 * What a ghost remembers; never changed once made, so keeping it is a snapshot.
 * @typedef {{readonly tensor: Float32Array, readonly event: Float32Array | null}} GhostState
 */

/**
 * `rows` with zeros behind, `length` numbers in all: the graph's shapes are fixed.
 * @param {Float32Array} rows @param {number} length @returns {Float32Array}
 */
export function padded(rows, length) {
  const full = new Float32Array(length);
  full.set(rows);
  return full;
}

/** What a model hears where nothing was played yet. @param {import("./model_file.js").Column} column */
const start = ({ kind, low, high }) => (kind === "position" ? (low + high) / 2 : 0);

export class Opened {
  /**
   * @param {CompiledModel} compiled
   * @param {Manifest} manifest
   * @param {string} name of the file, for messages
   * @throws {ModelError} signatures that are not those of such a manifest
   */
  constructor(compiled, manifest, name) {
    this.manifest = manifest;
    this.compiled = compiled;
    this.nColumns = manifest.columns.length;
    this.nNoise = manifest.noise.length;
    const { nGuide, guideSlices } = layout(manifest.densities, name);
    this.nGuide = nGuide;
    this.guideSlices = guideSlices;
    const state = compiled.signatures.feed?.inputs.state?.shape ?? [];
    this.stateShape = state;
    this.stateSize = state.reduce((product, n) => product * n, 1);
    this.#checkSignatures(name);
  }

  /** @param {string} name */
  #checkSignatures(name) {
    const m = this.manifest;
    const [rows, , , units] = this.stateShape;
    if (!(rows > m.layers) || String(this.stateShape) !== String([rows, 2, 1, m.units]))
      throw new ModelError(
        `${name}: expected feed.state (rows, 2, 1, ${m.units}), got (${this.stateShape}).`,
      );
    const alone = { event: [this.nColumns], state: this.stateShape, count: [], temperatures: [2] };
    const generate = { ...alone, noise: [m.generate_events, this.nNoise] };
    const wanted = {
      feed: { events: [m.feed_events, this.nColumns], count: [], state: this.stateShape },
      generate,
      guided: { ...generate, guide: [m.generate_events, this.nGuide] },
      fan: { ...alone, noise: [m.future_events, m.futures, this.nNoise] },
      propose: {
        events: [m.futures, this.nColumns],
        states: [rows, 2, m.futures, units],
        noise: [m.future_events, m.futures, this.nNoise],
        guides: [m.future_events, m.futures, this.nGuide],
        count: [],
        temperatures: [2],
      },
    };
    for (const [signature, inputs] of Object.entries(wanted))
      for (const [tensor, shape] of Object.entries(inputs)) {
        const found = this.compiled.signatures[signature]?.inputs[tensor];
        const dtype = tensor === "count" ? "int32" : "float32";
        if (!found || found.dtype !== dtype || String(found.shape) !== String(shape)) {
          const got = found ? `${found.dtype} (${found.shape})` : "none";
          throw new ModelError(`${name}: expected ${signature}.${tensor} ${dtype} (${shape}), got ${got}.`);
        }
      }
  }

  /**
   * The parameters of the mixture after `events` `(n, nColumns)`, heard from `tensor` on, and the tensor
   * after.
   * @param {Float32Array} events @param {Float32Array} tensor
   * @returns {Promise<{mixture: Float32Array, state: Float32Array}>}
   */
  async feed(events, tensor) {
    const block = this.manifest.feed_events * this.nColumns;
    let outputs = { mixture: new Float32Array(), state: tensor };
    for (let at = 0; at < Math.max(events.length, 1); at += block) {
      const part = events.subarray(at, at + block);
      outputs = /** @type {any} */ (
        await this.compiled.call("feed", {
          events: padded(part, block),
          count: Int32Array.of(part.length / this.nColumns),
          state: outputs.state,
        })
      );
    }
    return outputs;
  }

  /**
   * What follows, for `noise` `(n, nNoise)`, n up to `generate_events`; and the state after. Fewer events if
   * a drawing ends, none if it had ended.
   * @param {GhostState} state @param {Float32Array} noise @param {Float32Array} temperatures
   * @param {Float32Array | null} guide `(n, nGuide)`
   * @returns {Promise<{events: Float32Array, state: GhostState}>}
   */
  async sample(state, noise, temperatures, guide = null) {
    const nRows = this.manifest.generate_events;
    const inputs = {
      event: this.lastEvent(state),
      count: Int32Array.of(noise.length / this.nNoise),
      state: state.tensor,
      noise: padded(noise, nRows * this.nNoise),
      temperatures,
    };
    const outputs = guide
      ? await this.compiled.call("guided", { ...inputs, guide: padded(guide, nRows * this.nGuide) })
      : await this.compiled.call("generate", inputs);
    const length = Number(outputs.length[0]);
    const events = outputs.events.slice(0, length * this.nColumns);
    if (!length) return { events, state }; // the drawing had ended
    return { events, state: { tensor: outputs.state, event: events.slice(-this.nColumns) } };
  }

  /**
   * Futures after `state`, `(futures, nEvents, nColumns)`.
   * @param {GhostState} state
   * @param {number} nEvents up to `future_events`
   * @param {Float32Array} noise `(future_events, futures, nNoise)`
   * @param {Float32Array} temperatures
   * @returns {Promise<Float32Array>}
   */
  async fan(state, nEvents, noise, temperatures) {
    const { futures, future_events } = this.manifest;
    const outputs = await this.compiled.call("fan", {
      event: this.lastEvent(state),
      count: Int32Array.of(nEvents),
      state: state.tensor,
      noise,
      temperatures,
    });
    const events = new Float32Array(futures * nEvents * this.nColumns);
    const [own, full] = [nEvents * this.nColumns, future_events * this.nColumns];
    for (let i = 0; i < futures; i++) events.set(outputs.events.subarray(i * full, i * full + own), i * own);
    return events;
  }

  /**
   * What may follow each of `states`, `(n, nEvents, nColumns)`, for `noise` `(nEvents, n, nNoise)`, and the
   * states after; toward `guides` `(n, nEvents, nGuide)`. As many at once as fit.
   * @param {readonly GhostState[]} states @param {number} nEvents @param {Float32Array} noise
   * @param {Float32Array} temperatures @param {Float32Array | null} guides
   * @returns {Promise<{events: Float32Array, states: GhostState[]}>}
   */
  async propose(states, nEvents, noise, temperatures, guides) {
    const { futures: batch, future_events: length } = this.manifest;
    const events = new Float32Array(states.length * nEvents * this.nColumns);
    /** @type {GhostState[]} */
    const after = [];
    for (let first = 0; first < states.length; first += batch) {
      const n = Math.min(batch, states.length - first);
      let last = new Float32Array(batch * this.nColumns);
      let tensors = new Float32Array(this.stateSize * batch);
      for (let i = 0; i < n; i++) {
        last.set(this.lastEvent(states[first + i]), i * this.nColumns);
        this.#putState(tensors, i, states[first + i].tensor);
      }
      for (let begin = 0; begin < nEvents; begin += length) {
        const count = Math.min(length, nEvents - begin);
        const draws = new Float32Array(length * batch * this.nNoise);
        const toward = new Float32Array(length * batch * this.nGuide);
        for (let t = 0; t < count; t++) {
          const from = ((begin + t) * states.length + first) * this.nNoise;
          draws.set(noise.subarray(from, from + n * this.nNoise), t * batch * this.nNoise);
          for (let i = 0; guides && i < n; i++) {
            const row = ((first + i) * nEvents + begin + t) * this.nGuide;
            toward.set(guides.subarray(row, row + this.nGuide), (t * batch + i) * this.nGuide);
          }
        }
        const outputs = await this.compiled.call("propose", {
          events: last,
          count: Int32Array.of(count),
          states: tensors,
          noise: draws,
          temperatures,
          guides: toward,
        });
        last = new Float32Array(batch * this.nColumns);
        for (let i = 0; i < batch; i++) {
          const made = outputs.events.subarray(
            i * length * this.nColumns,
            (i * length + count) * this.nColumns,
          );
          if (i < n) events.set(made, ((first + i) * nEvents + begin) * this.nColumns);
          last.set(made.subarray(-this.nColumns), i * this.nColumns);
        }
        tensors = outputs.states;
      }
      for (let i = 0; i < n; i++) {
        const event = last.slice(i * this.nColumns, (i + 1) * this.nColumns);
        after.push({ tensor: this.#takeState(tensors, i), event });
      }
    }
    return { events, states: after };
  }

  /**
   * The state after `events`, at least one. The last of them stays pending: `sample` hears it first.
   * @param {GhostState} state @param {Float32Array} events
   * @returns {Promise<GhostState>}
   */
  async hear(state, events) {
    const waiting = new Float32Array((state.event ? this.nColumns : 0) + events.length - this.nColumns);
    if (state.event) waiting.set(state.event);
    waiting.set(events.subarray(0, events.length - this.nColumns), state.event ? this.nColumns : 0);
    const tensor = waiting.length ? (await this.feed(waiting, state.tensor)).state : state.tensor;
    return { tensor, event: events.slice(-this.nColumns) };
  }

  /** The event to go on from; before the first one, where all starts. @param {GhostState} state */
  lastEvent(state) {
    return state.event ?? Float32Array.from(this.manifest.columns, start);
  }

  /**
   * Into number `i` of a batch `(rows, 2, batch, units)`.
   * @param {Float32Array} batch
   * @param {number} i
   * @param {Float32Array} tensor
   */
  #putState(batch, i, tensor) {
    const { units, futures } = this.manifest;
    for (let row = 0; row * units < tensor.length; row++)
      batch.set(tensor.subarray(row * units, (row + 1) * units), (row * futures + i) * units);
  }

  /** Number `i` of a batch. @param {Float32Array} batch @param {number} i @returns {Float32Array} */
  #takeState(batch, i) {
    const { units, futures } = this.manifest;
    const tensor = new Float32Array(this.stateSize);
    for (let row = 0; row * units < tensor.length; row++) {
      const from = (row * futures + i) * units;
      tensor.set(batch.subarray(from, from + units), row * units);
    }
    return tensor;
  }
}
