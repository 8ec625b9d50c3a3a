// @ts-check
/** What a person should know while the engine plays on. See app/core/status.py. */

/** Notices; each topic is told of once. */
export class Report {
  constructor() {
    this.notice = "";
    /** @type {Set<string>} */
    this._told = new Set();
  }

  /**
   * Show `text` to the person, but only the first time for this `topic`.
   *
   * @param {string} topic
   * @param {string} text
   */
  tellOnce(topic, text) {
    if (this._told.has(topic)) return;
    this._told.add(topic);
    this.notice = text;
  }
}
