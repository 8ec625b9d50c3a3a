// @ts-check
/**
 * The next task of the browser: when it has handed out all events of this moment.
 * @module next_task
 */

/** Resolves then. Not a timer, which browsers make wait 4 ms. @returns {Promise<void>} */
export function nextTask() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
