// @ts-check
/** Runs an engine in the page's time, on the page's thread: steps when something arrives or falls due. */

import { constants } from "./constants.js";
import { SYSTEM_CLOCK } from "./engine.js";

/** @typedef {import("./engine.js").Engine} Engine */

const FAULT_REST_MS = 250; // after a defect, so that one that repeats does not eat the page

/**
 * Play on until the function that is returned is called.
 *
 * @param {Engine} engine on the page's clock
 * @param {(error: unknown) => void} tell called where a step fails, which is a defect of ours; it plays on
 * @returns {() => void}
 */
export function run(engine, tell) {
  let isStepping = false;
  let isOver = false;
  let timer = 0;
  const turn = async () => {
    if (isStepping || isOver) return; // what arrives in a step is found at its end
    isStepping = true;
    clearTimeout(timer);
    let restMs = 0;
    try {
      await engine.step();
    } catch (error) {
      tell(error);
      restMs = FAULT_REST_MS;
      engine.command("panic");
    }
    isStepping = false;
    if (isOver) return;
    const waitMs = 1000 * Math.min(engine.wakeS() - SYSTEM_CLOCK.now(), constants.thread.LONGEST_WAIT_S);
    timer = setTimeout(turn, Math.max(waitMs, restMs));
  };
  engine.onArrival = turn;
  turn();
  return () => {
    isOver = true;
    clearTimeout(timer);
    engine.stop();
  };
}

/**
 * Waits a moment, at most every `sliceMs`, so that the page draws and hears between two pieces of work.
 *
 * @param {number} [sliceMs] how long work may keep the page busy
 * @returns {() => Promise<void>}
 */
export function breathing(sliceMs = 4) {
  const channel = new MessageChannel(); // not a timer: a browser makes those wait 4 ms
  let sinceMs = performance.now();
  return async () => {
    if (performance.now() - sinceMs < sliceMs) return;
    await new Promise((resolve) => {
      channel.port1.onmessage = resolve;
      channel.port2.postMessage(null);
    });
    sinceMs = performance.now();
  };
}
