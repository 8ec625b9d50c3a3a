// @ts-check
/**
 * Rows of numbers, side by side.
 * @module rows
 */

/**
 * Rows that follow each other, as one array.
 *
 * @param {readonly Float32Array[]} parts
 * @returns {Float32Array}
 */
export function joined(parts) {
  const all = new Float32Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
