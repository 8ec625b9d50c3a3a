// @ts-check
/**
 * A screen that stays on.
 * @module wake_lock
 */

let isAwake = false;

/** From the first call on keep the screen on while the page is seen; a browser can on an encrypted connection only. */
export function stayAwake() {
  if (isAwake) return;
  isAwake = true;
  const request = async () => {
    try {
      await navigator.wakeLock?.request("screen");
    } catch {
      // Refused, as where the battery is low: the screen goes dark as it always does.
    }
  };
  document.addEventListener("visibilitychange", () => document.hidden || request());
  request();
}
