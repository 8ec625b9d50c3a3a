// @ts-check
/** The manifest at the end of a model file: a ZIP behind the flatbuffer. As `models.manifest`. */

import { ModelError } from "./errors.js";

const FORMAT = 1;
const MEMBER = "manifest.json";
const [END, ENTRY] = [0x06054b50, 0x02014b50]; // the marks of a ZIP's last record and of an entry of its list
const END_BYTES = 22; // of the last record, without its comment
const MAX_COMMENT = 65535;
const DIGEST = "sha256:";
const DIGEST_CHARACTERS = 64;

/** @typedef {{name: string, kind: string, unit: string, low: number, high: number}} Column */
/**
 * What a model file says of itself; the fields are those of `models.manifest.Manifest`.
 * @typedef {{
 *   format: number, name: string, columns: Column[], densities: string[], noise: string[],
 *   layers: number, units: number, mixtures: number,
 *   feed_events: number, generate_events: number, futures: number, future_events: number,
 *   pi_temperature: number, sigma_temperature: number,
 *   corpus: {name: string, credit: string, licence: string}, created: string,
 *   drawing: null | {box: number, epsilon: number, longest: number, first: number[], frames: number[][],
 *   grid: number}, golden: {events: number[][], mixture: number[], noise: number[][], generated: number[][],
 *   nats: number},
 * }} Manifest
 */

/**
 * @param {Uint8Array} data the whole file
 * @param {string} name of the file, for messages
 * @returns {Promise<Manifest>}
 * @throws {ModelError} it has no manifest, not one that can be read here, or is damaged
 */
export async function readManifest(data, name) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const end = endRecord(view);
  if (end < 0)
    throw new ModelError(
      `${name}: expected a Ghostjam model with a manifest inside, got a file without one.`,
    );
  await checkDigest(data, view, end, name);
  const manifest = await unpacked(data, view, end, name);
  if (manifest?.format !== FORMAT)
    throw new ModelError(`${name}: expected a manifest of format ${FORMAT}, got ${manifest?.format}.`);
  return manifest;
}

/** @param {DataView} view @returns {number} where the ZIP's last record begins, -1 if it has none */
function endRecord(view) {
  const least = Math.max(0, view.byteLength - END_BYTES - MAX_COMMENT);
  for (let at = view.byteLength - END_BYTES; at >= least; at--)
    if (
      view.getUint32(at, true) === END &&
      at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength
    )
      return at;
  return -1;
}

/**
 * @param {Uint8Array} data @param {DataView} view @param {number} end @param {string} name
 * @returns {Promise<any>}
 */
async function unpacked(data, view, end, name) {
  const text = new TextDecoder();
  try {
    const start = end - view.getUint32(end + 12, true); // of the list of entries
    const shift = start - view.getUint32(end + 16, true); // of offsets that count from the ZIP's beginning
    for (let at = start; at < end && view.getUint32(at, true) === ENTRY;) {
      const length = view.getUint16(at + 28, true);
      if (text.decode(data.subarray(at + 46, at + 46 + length)) === MEMBER) {
        const [method, size] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true)];
        const member = view.getUint32(at + 42, true) + shift;
        const from = member + 30 + view.getUint16(member + 26, true) + view.getUint16(member + 28, true);
        const packed = data.slice(from, from + size);
        return JSON.parse(text.decode(method === 0 ? packed : await inflated(packed)));
      }
      at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    }
  } catch (error) {
    throw new ModelError(`${name}: expected a manifest that can be read, got a damaged one (${error}).`);
  }
  throw new ModelError(`${name}: expected ${MEMBER} inside, got a ZIP without one.`);
}

/** @param {BlobPart} packed @returns {Promise<ArrayBuffer>} */
function inflated(packed) {
  return new Response(
    new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")),
  ).arrayBuffer();
}

/**
 * Refuse a file that is not, byte for byte, what was written. Older ones have no digest that says so, and a
 * page that came over plain HTTP from another machine has no means to compute one.
 * @param {Uint8Array} data @param {DataView} view @param {number} end @param {string} name
 */
async function checkDigest(data, view, end, name) {
  if (!view.getUint16(end + 20, true) || !globalThis.crypto?.subtle) return;
  const hashed = data.slice(0, data.length - DIGEST_CHARACTERS);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", hashed));
  const found = DIGEST + Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (new TextDecoder().decode(data.subarray(data.length - found.length)) !== found)
    throw new ModelError(
      `${name}: expected the content it was written with, got other bytes: it is damaged.`,
    );
}
