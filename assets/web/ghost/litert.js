// @ts-check
/** LiteRT seen from the page: one worker that all models share, and what is asked of it as promises. */

import { ModelError } from "./errors.js";

/** @import { Signatures } from "./litert_calls.js" */
/** @typedef {Float32Array | Int32Array} Numbers */

/** @type {Worker | null} */
let worker = null;
/** @type {Map<number, {resolve: (answer: any) => void, reject: (error: Error) => void}>} */
const waiting = new Map();
/** @type {Promise<unknown> | null} */
let loaded = null;
/** @type {Set<(bytes: number) => void>} */
const counters = new Set();
let asked = 0;

/** @returns {Worker} */
function theWorker() {
  if (worker) return worker;
  worker = new Worker(new URL("./litert_worker.js", import.meta.url));
  worker.onmessage = ({ data: { id, answer, error, bytes } }) => {
    if (bytes !== undefined) return counters.forEach((count) => count(bytes));
    const promise = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) promise?.resolve(answer);
    else promise?.reject(new ModelError(error));
  };
  worker.onerror = (event) => {
    for (const { reject } of waiting.values())
      reject(new ModelError(`expected a browser that runs the model's worker, got: ${event.message}`));
    waiting.clear();
  };
  return worker;
}

/**
 * @param {string} ask @param {Record<string, unknown>} [given] @param {Transferable[]} [passed]
 * @returns {Promise<any>}
 */
function request(ask, given = {}, passed = []) {
  const id = asked++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    theWorker().postMessage({ id, ask, ...given }, passed);
  });
}

/**
 * Load the runtime, once for all models of the page.
 * @param {(bytes: number) => void} count called with the bytes that arrive
 * @returns {Promise<unknown>}
 */
export async function loadRuntime(count) {
  counters.add(count);
  loaded ??= request("load");
  try {
    return await loaded;
  } catch (error) {
    loaded = null;
    throw error;
  } finally {
    counters.delete(count);
  }
}

/** A compiled model and its signatures. */
export class CompiledModel {
  /** @param {number} number @param {Signatures} signatures */
  constructor(number, signatures) {
    this.number = number;
    this.signatures = signatures;
  }

  /**
   * @param {Uint8Array} data a whole model file; it is handed over
   * @returns {Promise<CompiledModel>}
   */
  static async open(data) {
    const { model, signatures } = await request("open", { data }, [data.buffer]);
    return new CompiledModel(model, signatures);
  }

  /**
   * @param {string} signature
   * @param {Record<string, Numbers>} inputs by name; they are copied
   * @returns {Promise<Record<string, any>>} outputs by name
   */
  call(signature, inputs) {
    return request("call", { model: this.number, signature, inputs });
  }
}
