// @ts-check
/** Repeats what a model gave when it was exported, and refuses one that gives something else here. */

import { ModelError } from "./errors.js";
import { padded } from "./opened.js";

const TOLERANCE = 2e-2; // kernels round differently from one processor to the next

/** @import { Opened } from "./opened.js" */

/**
 * @param {Opened} opened
 * @param {string} name of the file, for messages
 * @throws {ModelError} what was expected, and by how much it was missed
 */
export async function checkGolden(opened, name) {
  const { manifest, nColumns } = opened;
  const { golden, columns } = manifest;
  const events = Float32Array.from(golden.events.flat());
  const noise = Float32Array.from(golden.noise.flat());
  const zeros = new Float32Array(opened.stateSize);
  const { mixture } = await opened.feed(events, zeros);
  check(name, "mixture", golden.mixture, mixture, [1]);
  const { state: tensor } = await opened.feed(events.subarray(0, -nColumns), zeros);
  const before = { tensor, event: events.slice(-nColumns) };
  // What the tolerance is a share of: a canvas, a second, or a tenth of the box of a drawing.
  const units = columns.map((column) => (column.kind === "offset" ? column.high / 10 : 1));
  for (const [signature, made] of await rolled(opened, before, noise, golden.noise.length))
    for (let at = 0; at < made.length; at += golden.generated.length * nColumns)
      check(
        name,
        `events of ${signature}`,
        golden.generated.flat(),
        made.subarray(at, at + golden.generated.length * nColumns),
        units,
      );
}

/**
 * What every signature that samples gives after `state`, one future after the other. Without a guide, and
 * with the same noise in each future, all give the same events.
 * @param {Opened} opened @param {import("./opened.js").GhostState} state @param {Float32Array} noise
 * @param {number} nEvents
 * @returns {Promise<[string, Float32Array][]>}
 */
async function rolled(opened, state, noise, nEvents) {
  const { futures, future_events } = opened.manifest;
  const temperatures = Float32Array.of(1, 1);
  const same = new Float32Array(nEvents * futures * opened.nNoise);
  for (let i = 0; i < nEvents * futures; i++) {
    const event = Math.floor(i / futures);
    same.set(noise.subarray(event * opened.nNoise, (event + 1) * opened.nNoise), i * opened.nNoise);
  }
  const { events } = await opened.sample(state, noise, temperatures);
  const length = events.length / opened.nColumns;
  const unguided = new Float32Array(nEvents * opened.nGuide);
  const { events: guided } = await opened.sample(state, noise, temperatures, unguided);
  const full = padded(same, future_events * futures * opened.nNoise);
  const fan = await opened.fan(state, length, full, temperatures);
  const states = Array.from({ length: futures }, () => state);
  const draws = same.subarray(0, length * futures * opened.nNoise);
  const { events: proposed } = await opened.propose(states, length, draws, temperatures, null);
  return [
    ["generate", events],
    ["guided", guided],
    ["fan", fan],
    ["propose", proposed],
  ];
}

/**
 * @param {string} name @param {string} what @param {readonly number[]} expected @param {Float32Array} got
 * @param {readonly number[]} units of the columns, in turn
 */
function check(name, what, expected, got, units) {
  if (expected.length !== got.length)
    throw new ModelError(
      `${name}: expected ${expected.length} golden numbers of the ${what}, got ${got.length}.`,
    );
  const off = expected.reduce((most, x, i) => {
    const difference = Math.abs(x - got[i]) / units[i % units.length];
    return difference <= most ? most : difference; // NaN stays
  }, 0);
  if (!(off <= TOLERANCE))
    throw new ModelError(
      `${name}: expected the ${what} it was exported with, within ${TOLERANCE}, ` +
        `got ${off.toPrecision(3)} off.`,
    );
}
