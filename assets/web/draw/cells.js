// @ts-check
/** What stands beside the paper: the drawings that were kept, or the endings to choose from: `side_panel.py`. */
import { makeCanvas, pixelRatio } from "../shared/canvas.js";
import { element } from "../shared/elements.js";
import { css } from "../shared/style.js";
import { facts } from "../sketch/facts.js";
import { StrokeRaster } from "../sketch/stroke_raster.js";
import { mix, rounded } from "./ground.js";
import { grid } from "./place.js";

const GAP = 10;

/** @typedef {{key: string, number: number, page: import("../sketch/paper_strokes.js").Page, box: number}} Shown what is in a cell */
/** @typedef {{button: HTMLButtonElement, context: CanvasRenderingContext2D, raster: StrokeRaster, size: number}} Cell */

export class Cells {
  /**
   * @param {HTMLElement} room
   * @param {import("../sketch/draw_controller.js").DrawController} controller
   * @param {(number: number) => void} tapped
   */
  constructor(room, controller, tapped) {
    [this.room, this.controller, this.tapped] = [room, controller, tapped];
    /** @type {Map<string, Cell>} */
    this.cells = new Map();
    this.size = 0;
    this.order = "";
  }

  /** The room has another size or use: everything anew. */
  lay() {
    const { side, n_endings } = this.controller.mode;
    this.room.className = side; // before its size is asked for
    const { clientWidth: width, clientHeight: height } = this.room;
    const n = side === "endings" ? n_endings : side === "gallery" ? facts.place.gallery_columns ** 2 : 0;
    const { columns, size } = n ? grid(n, width, height, GAP) : { columns: 0, size: stripSize(width, height) };
    this.size = size;
    if (side === "units") return;
    this.room.style.setProperty("--cell", `${size}px`);
    this.room.style.setProperty("--columns", `${columns || Math.max(1, Math.floor((width + GAP) / (size + GAP)))}`);
    this.nEmpty = n;
    this.cells.clear();
    this.order = "none";
    this.frame();
  }

  /** Bring the cells up to date. */
  frame() {
    if (this.controller.mode.side === "units") return;
    const shown = this.#shown(), order = shown.map(({ key }) => key).join();
    if (order !== this.order) this.#arrange(shown, order);
    for (const { key, page, box } of shown) {
      const { context, raster, size } = /** @type {Cell} */ (this.cells.get(key)), pad = facts.side_panel.cell_pad * size;
      raster.draw(page.marks, pad, pad, (size - 2 * pad) / box);
      const area = raster.develop();
      if (area) context.putImageData(new ImageData(/** @type {any} */ (raster.pixels), size, size), 0, 0);
    }
  }

  /** @returns {Shown[]} what is to be seen, in order */
  #shown() {
    const { mode, endings, kept, ghostTurn, box } = this.controller;
    if (mode.side === "endings") {
      return endings.map(({ page }, number) => ({ key: `ending ${ghostTurn.ticket} ${number}`, number, page, box }));
    }
    // Old drawings stay in memory, but a page shows the last few dozen.
    const all = kept.slice(-64).map((one) => ({ key: `kept ${one.number}`, number: one.number, page: one.page, box: one.box }));
    return mode.side === "strip" ? all.reverse() : all;
  }

  #arrange(/** @type {Shown[]} */ shown, /** @type {string} */ order) {
    this.order = order;
    const keys = new Set(shown.map(({ key }) => key));
    for (const key of [...this.cells.keys()]) if (!keys.has(key)) this.cells.delete(key);
    for (const { key, number } of shown) if (!this.cells.has(key)) this.cells.set(key, this.#cell(number));
    const empty = Array.from({ length: Math.max(0, (this.nEmpty ?? 0) - shown.length) }, () => element("i"));
    this.room.classList.toggle("empty", !shown.length);
    this.room.replaceChildren(...shown.map(({ key }) => /** @type {Cell} */ (this.cells.get(key)).button), ...empty);
    if (this.controller.mode.side === "gallery") this.room.scrollTop = this.room.scrollHeight;
  }

  /** @returns {Cell} */
  #cell(/** @type {number} */ number) {
    const { background, panel } = facts.palette, { cell_pad, ink_share, cell_round } = facts.side_panel;
    const size = Math.max(2, Math.round(this.size * pixelRatio()));
    const canvas = makeCanvas(size, size), what = this.controller.mode.side === "endings" ? "ending" : "drawing";
    const button = element("button", { ariaLabel: `${what} ${number + 1}` }, canvas);
    button.addEventListener("click", () => this.tapped(number));
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false, willReadFrequently: true }));
    context.fillStyle = css(background);
    context.fillRect(0, 0, size, size);
    context.fillStyle = css(mix(background, panel, 0.75));
    rounded(context, 0, 0, size, (cell_round * size) / this.size);
    const ground = context.getImageData(0, 0, size, size).data;
    return { button, context, size, raster: new StrokeRaster(ground, size, size, ink_share * (1 - 2 * cell_pad) * size) };
  }
}

/** The size of a cell in a strip: as high as the room if that is low, or two columns and more. */
function stripSize(/** @type {number} */ width, /** @type {number} */ height) {
  return Math.max(48, Math.min(facts.place.strip_cell, width > height ? height - 2 : width));
}
