// @ts-check
/**
 * Rows of numbers, side by side.
 * @module rows
 */

/**
 * Rows that follow each other, as one array.
 *
 * @template {Float32Array | Float64Array | Uint8Array} Rows
 * @param {readonly Rows[]} parts
 * @param {new (length: number) => Rows} Type what they are
 * @returns {Rows}
 */
export function joined(parts, Type = /** @type {any} */ (Float32Array)) {
  const all = new Type(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
