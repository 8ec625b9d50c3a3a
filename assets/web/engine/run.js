// @ts-check
/** Runs an engine in the page's time, on the page's thread: steps when something arrives or falls due. */

import { nextTask } from "../shared/next_task.js";
import { constants } from "./constants.js";
import { SYSTEM_CLOCK } from "./engine.js";

/** @import { Engine } from "./engine.js" */

const SLICE_MS = 4; // how long work may keep the page busy
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
  const wakeAt = (/** @type {number} */ timeS, leastMs = 0) => {
    const waitMs = Math.ceil(1000 * Math.min(timeS - SYSTEM_CLOCK.now(), constants.thread.LONGEST_WAIT_S));
    clearTimeout(timer);
    timer = setTimeout(wake, Math.max(waitMs, leastMs));
  };
  const wake = () => {
    if (!isStepping) return step();
    engine.playDue(); // on time, although the model is at work
    wakeAt(engine.dueS, 1);
  };
  const step = async () => {
    isStepping = true;
    let restMs = 0;
    wakeAt(engine.dueS, 1);
    try {
      await engine.step();
    } catch (error) {
      tell(error);
      restMs = FAULT_REST_MS;
      engine.command("panic");
    }
    isStepping = false;
    if (!isOver) wakeAt(engine.wakeS(), restMs);
  };
  engine.onArrival = () => {
    if (!isStepping && !isOver) step(); // what arrives in a step is found at its end
  };
  step();
  return () => {
    isOver = true;
    clearTimeout(timer);
    engine.stop();
  };
}

/**
 * Waits a moment now and then, so that the page draws and hears between two pieces of work.
 *
 * @returns {() => Promise<void>}
 */
export function breathing() {
  let sinceMs = performance.now();
  return async () => {
    if (performance.now() - sinceMs < SLICE_MS) return;
    await nextTask();
    sinceMs = performance.now();
  };
}
