// @ts-check
/** Rows of numbers by what the columns of a model are. */

/** @import { Column } from "./model_file.js" */

/**
 * The event every drawing begins with: the pen is lifted; null where there is no pen. As `mdn.past_features`.
 * @param {readonly Column[]} columns
 * @param {readonly number[]} at where, seen from the middle of what it will cover
 * @returns {Float32Array | null}
 */
export function beginning(columns, at) {
  if (!columns.some((column) => column.kind === "pen")) return null;
  let offset = 0;
  return Float32Array.from(columns, ({ kind }) =>
    kind === "pen" ? 1 : kind === "offset" ? at[offset++] : 0,
  );
}

/**
 * Rows within the columns' ranges.
 * @param {readonly Column[]} columns
 * @param {ArrayLike<number>} rows
 * @returns {Float32Array}
 */
export function clipped(columns, rows) {
  return Float32Array.from(rows, (x, i) => {
    const { low, high } = columns[i % columns.length];
    return Math.min(Math.max(x, low), high);
  });
}
