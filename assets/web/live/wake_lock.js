// @ts-check
/**
 * A screen that stays on.
 * @module wake_lock
 */

/** Keep the screen on while the page is seen, where the browser can: it asks for an encrypted connection. */
export function stayAwake() {
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
