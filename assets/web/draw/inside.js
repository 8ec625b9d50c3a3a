// @ts-check
/** The inside of the network: the pen's states as bars, and the units of every layer as fields of light: `side_panel.py`. */
import { pixelRatio } from "../shared/canvas.js";
import { css } from "../shared/style.js";
import { facts } from "../sketch/facts.js";
import { mix } from "./ground.js";

const LETTERS = 0.75; // of the window's: a page's are smaller

export class Inside {
  /** @param {HTMLElement} room */
  constructor(room) {
    this.room = room;
    this.canvas = document.createElement("canvas");
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.pen = [0, 0, 0];
    this.wantedPen = [0, 0, 0];
    /** @type {Float32Array[]} */
    this.units = [];
    /** @type {Float32Array[]} */
    this.wanted = [];
    this.isShown = this.isNew = false;
  }

  /** The room has another size or use. @param {boolean} isShown */
  lay(isShown) {
    this.isShown = isShown;
    if (!isShown) return;
    const scale = pixelRatio(), { clientWidth, clientHeight } = this.room;
    Object.assign(this.canvas, { width: clientWidth * scale, height: clientHeight * scale });
    this.scale = scale;
    this.room.replaceChildren(this.canvas);
    this.isNew = true;
  }

  /**
   * What to show from now on.
   * @param {{pi: ArrayLike<number>, pen: ArrayLike<number>}} mixture
   * @param {Float32Array[]} units of each layer
   */
  want(mixture, units) {
    this.wanted = units;
    if (this.units.length !== units.length || this.units[0]?.length !== units[0]?.length) this.units = units.map((one) => new Float32Array(one.length));
    this.wantedPen = [0, 1, 2].map((state) => Array.from(mixture.pi).reduce((sum, share, k) => sum + share * mixture.pen[3 * k + state], 0));
  }

  /** Nothing is drawn: everything goes out. */
  forget() {
    this.wanted = this.wanted.map((one) => new Float32Array(one.length));
    this.wantedPen = [0, 0, 0];
  }

  /** Move towards what is wanted, and show it. @param {number} elapsedS */
  frame(elapsedS) {
    const share = 1 - Math.exp(-elapsedS / facts.side_panel.settle_s);
    let moves = this.isNew;
    const settle = (/** @type {number[] | Float32Array} */ now, /** @type {ArrayLike<number>} */ wanted) => {
      for (let i = 0; i < now.length; i++) {
        const way = wanted[i] - now[i];
        if (Math.abs(way) > 3e-3) moves = true;
        now[i] += way * share;
      }
    };
    settle(this.pen, this.wantedPen);
    this.units.forEach((one, layer) => settle(one, this.wanted[layer]));
    if (!moves || !this.isShown) return;
    this.isNew = false;
    this.#draw();
  }

  #draw() {
    const { context } = this, scale = this.scale ?? 1, width = this.canvas.width / scale, height = this.canvas.height / scale;
    const { text, dim, panel, ghost, player } = facts.palette, { letters, bar, bar_step } = facts.side_panel;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const px = letters * LETTERS, step = Math.min(bar_step * LETTERS, height / 9), font = `600 ${px}px system-ui, sans-serif`;
    const write = (/** @type {string} */ word, /** @type {number} */ x, /** @type {number} */ y, /** @type {number[]} */ colour, /** @type {CanvasTextAlign} */ align = "left") => {
      Object.assign(context, { font, textAlign: align, textBaseline: "middle", fillStyle: css(colour) });
      context.fillText(word, x, y);
    };
    write("the pen, after the next point", 0, px * 0.7, dim);
    const left = 5.4 * px, wide = width - left - 3.6 * px;
    let top = px * 0.7 + step;
    [ghost[0], text, player[0]].forEach((colour, i) => {
      write(facts.pen_words[i], 0, top, text);
      context.fillStyle = css(panel);
      context.fillRect(left, top - (bar * LETTERS) / 2, wide, bar * LETTERS);
      context.fillStyle = css(colour, 0.9);
      context.fillRect(left, top - (bar * LETTERS) / 2, wide * this.pen[i], bar * LETTERS);
      write(`${Math.round(100 * this.pen[i])} %`, width, top, dim, "right");
      top += step;
    });
    const room = (height - top) / Math.max(1, this.units.length);
    this.units.forEach((layer, i) => {
      write(`layer ${i + 1}: ${layer.length} units`, 0, top + i * room + px * 0.6, dim);
      this.#field(layer, top + i * room + 1.5 * px, width, room - 2 * px);
    });
  }

  /** The units of a layer as squares of light. */
  #field(/** @type {Float32Array} */ layer, /** @type {number} */ top, /** @type {number} */ width, /** @type {number} */ height) {
    if (height < 8) return;
    const columns = 2 ** Math.round(Math.log2(Math.max(1, Math.sqrt((layer.length * width) / height))));
    const side = Math.min(width / columns, height / Math.ceil(layer.length / columns));
    const { background, panel, player, ghost } = facts.palette, dark = mix(background, panel, 0.8);
    layer.forEach((value, i) => {
      this.context.fillStyle = css(mix(dark, (value < 0 ? player : ghost)[0], Math.min(1, Math.abs(value) ** 0.8)));
      this.context.fillRect((i % columns) * side, top + Math.floor(i / columns) * side, side * 0.86, side * 0.86);
    });
  }
}
