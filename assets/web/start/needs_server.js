// @ts-check
/**
 * A page that was opened as a file gets no modules from the browser: it says what to do. A classic script.
 */

if (location.protocol === "file:")
  addEventListener("DOMContentLoaded", () => {
    document.body.textContent =
      "Browsers run this page only from a server: python -m http.server --directory FOLDER, " +
      "then open http://localhost:8000.";
  });
