// @ts-check
/** Whose turn it is, written large, with the arc of the silence that is left until the ghost answers. */

/** Shows words and arc where they changed. */
export class TurnWord {
  /** @param {HTMLElement} element with a `b`, a `span` and an `i` */
  constructor(element) {
    this._element = element;
    [this._word, this._more, this._arc] = ["b", "span", "i"].map(
      (name) => /** @type {HTMLElement} */ (element.querySelector(name)),
    );
    this._shown = "";
  }

  /**
   * @param {string} word
   * @param {string} more
   * @param {string} side whose colour the word has: "player", "ghost" or ""
   * @param {number} silence share of the silence that is left, 0 where nothing is waited for
   */
  show(word, more, side, silence) {
    const arc = silence > 0 ? silence.toFixed(2) : "";
    const now = [word, more, side, arc].join("\n");
    if (now === this._shown) return;
    this._shown = now;
    this._word.textContent = word;
    this._more.textContent = more;
    this._element.dataset.side = side;
    this._arc.hidden = !arc;
    this._arc.style.setProperty("--left-share", arc);
  }
}
