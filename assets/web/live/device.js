// @ts-check
/**
 * What only some devices have: a screen that stays on, and one that a page may fill.
 * @module device
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

/**
 * Add a button that lets the page fill the screen, or not, where it may.
 * @param {{addDeviceButton: (label: string, help: string, pressed: () => void) => HTMLElement}} panel
 */
export function fullscreen(panel) {
  const root = /** @type {any} */ (document.documentElement);
  const page = /** @type {any} */ (document);
  const enter = root.requestFullscreen ?? root.webkitRequestFullscreen;
  const leave = page.exitFullscreen ?? page.webkitExitFullscreen;
  if (!enter) return;
  const isFull = () => Boolean(page.fullscreenElement ?? page.webkitFullscreenElement);
  const button = panel.addDeviceButton("fullscreen", "Fill the screen, or not", () => {
    Promise.resolve(isFull() ? leave.call(page) : enter.call(root)).catch(() => {});
  });
  const show = () => button.setAttribute("aria-pressed", String(isFull()));
  document.addEventListener("fullscreenchange", show);
  document.addEventListener("webkitfullscreenchange", show);
  show();
}
