// @ts-check
/** The paper: its guide lines, the ink on it, the ghost's futures over it, the pen's glow: `paper.py`. */
import { makeCanvas, pixelRatio } from "../shared/canvas.js";
import { css } from "../shared/style.js";
import { facts } from "../sketch/facts.js";
import { FuturesOverlay } from "../sketch/futures_overlay.js";
import { colourOf } from "../sketch/ink.js";
import { fanSegments, mixtureSegments } from "../sketch/light_segments.js";
import { isDown, tipOf } from "../sketch/requests.js";
import { StrokeRaster } from "../sketch/stroke_raster.js";
import { drawCross, drawPaper } from "./ground.js";

const MOST_PX = 1600; // of the paper's side: more costs more than it shows
const LONGEST_STEP_S = 0.1; // a page that was held goes on from where it was
const UNITS = 1000; // of the window's measures to the paper's side, about

export class Paper {
  /**
   * @param {HTMLCanvasElement} canvas reaches beyond the paper, where ink and futures shine
   * @param {import("../sketch/draw_controller.js").DrawController} controller
   * @param {import("../sketch/preview_requests.js").PreviewRequests} previews
   * @param {import("./inside.js").Inside} inside brought up to date here
   */
  constructor(canvas, controller, previews, inside) {
    [this.canvas, this.controller, this.previews, this.inside] = [canvas, controller, previews, inside];
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    this.mixture = /** @type {number[][] | null} */ (null);
    this.mixtureS = this.fanS = -Infinity;
    this.clearness = 0;
    /** What the model took for the last previews, seconds. @type {number[]} */
    this.answersS = [];
    this.lastS = /** @type {number | null} */ (null);
    this.wasLit = false;
    this.lay(1);
  }

  /** The paper has another size. @param {number} side pixels of CSS */
  lay(side) {
    const scale = Math.min(pixelRatio(), MOST_PX / side);
    const px = Math.max(2, Math.round(side * scale)), over = Math.round(facts.paper.over * px), size = px + 2 * over;
    Object.assign(this.canvas, { width: size, height: size });
    Object.assign(this.canvas.style, { inset: `${(-over / px) * side}px`, width: `${(size / px) * side}px`, height: `${(size / px) * side}px` });
    [this.px, this.over, this.size, this.unit] = [px, over, size, px / UNITS];
    this.square = { left: over, top: over, side: px };
    const { context } = pictureOf(size, size, true);
    context.fillStyle = css(facts.palette.background);
    context.fillRect(0, 0, size, size);
    drawPaper(context, this.square, this.unit);
    this.ground = context.getImageData(0, 0, size, size).data;
    this.overlay = new FuturesOverlay(size, size, this.square);
    this.small = pictureOf(this.overlay.width, this.overlay.height);
    this.inked = pictureOf(size, size);
    this.mixture = null;
    this.#newInk();
  }

  /** Follow what happened and show it. @param {number} nowS */
  frame(nowS) {
    const { controller } = this, elapsedS = this.lastS === null ? 0 : Math.min(LONGEST_STEP_S, Math.max(0, nowS - this.lastS));
    this.lastS = nowS;
    this.inside.frame(elapsedS);
    const isInviting = !controller.page.marks.length && controller.mode.begins !== "alone";
    const isCrossNew = this.#settleCross(elapsedS, isInviting), isLit = this.#light(elapsedS, nowS);
    const isNew = controller.page.nChanges !== this.inkOf;
    if (isNew) this.#newInk();
    this.raster.draw(controller.page.marks, this.over, this.over, this.px / controller.box);
    const area = this.raster.develop();
    if (area) this.#show(area);
    const tip = this.#tip();
    if (isNew || area || isLit || isCrossNew || tip !== this.lastTip) this.#compose();
    this.lastTip = tip;
  }

  /** Let the cross grow clear or faint; whether that is seen. */
  #settleCross(/** @type {number} */ elapsedS, /** @type {boolean} */ isClear) {
    const before = this.clearness, { follow_s, least } = facts.guide, wanted = Number(isClear);
    this.clearness += (wanted - before) * (1 - Math.exp(-elapsedS / follow_s));
    if (Math.abs(wanted - this.clearness) < least) this.clearness = wanted;
    return this.clearness !== before;
  }

  /** Take what the ghost has in mind, and let light fade; whether that is seen. */
  #light(/** @type {number} */ elapsedS, /** @type {number} */ nowS) {
    const { controller, previews, overlay } = this, { calm_s, fade_s, rest_s, hold_s, longest_fan_s } = facts.paper;
    const { mode, page } = controller, answers = previews.step(nowS);
    if (!page.marks.length || mode.preview === "nothing") {
      this.mixture = null;
      this.inside.forget();
    }
    const isHeld = mode.preview === "fan" ? previews.isStill : this.mixture !== null && nowS - this.mixtureS > hold_s;
    overlay.fadeS = mode.preview === "fan" && previews.restS > rest_s ? calm_s : fade_s;
    if (!isHeld || answers.length) {
      overlay.fade(elapsedS);
      if (this.mixture) overlay.add(this.mixture, elapsedS);
    }
    for (const { request, futures, mixture, units, seconds } of answers) {
      const [x, y] = /** @type {number[]} */ (tipOf(request)), scale = this.px / controller.box;
      const tip = [this.over + x * scale, this.over + y * scale];
      this.answersS.push(/** @type {number} */ (seconds));
      if (mixture) {
        [this.mixture, this.mixtureS] = [mixtureSegments(mixture, tip, scale), nowS];
        this.inside.want(mixture, /** @type {Float32Array[]} */ (units));
      } else {
        const segments = fanSegments(/** @type {Float32Array[]} */ (futures), tip, scale, isDown(request));
        overlay.add(segments, Math.min(longest_fan_s, nowS - this.fanS));
        this.fanS = nowS;
      }
    }
    const isLit = !overlay.isDark && (!isHeld || answers.length > 0), { wasLit } = this;
    this.wasLit = !overlay.isDark;
    return isLit || (wasLit && overlay.isDark);
  }

  /** Everything anew. */
  #compose() {
    const { context, overlay, raster } = this;
    context.globalCompositeOperation = "copy";
    context.drawImage(this.inked.canvas, 0, 0);
    context.globalCompositeOperation = "lighten"; // ink is not covered
    if (this.clearness) drawCross(context, this.square, this.unit, this.clearness);
    context.globalCompositeOperation = "lighter";
    if (!overlay.isDark) {
      const pixels = overlay.develop((x, y) => raster.ink.isInked(x, y));
      this.small.context.putImageData(new ImageData(/** @type {any} */ (pixels), overlay.width, overlay.height), 0, 0);
      context.imageSmoothingEnabled = true;
      context.drawImage(this.small.canvas, 0, 0, overlay.width * overlay.step, overlay.height * overlay.step);
    }
    context.globalCompositeOperation = "source-over";
    const mark = this.controller.page.openMark;
    if (mark?.ink.length) this.#drawTip(mark);
  }

  /** The tip of a stroke that goes on, and the glow of the pen. */
  #drawTip(/** @type {import("../sketch/paper_strokes.js").Mark} */ mark) {
    const { context } = this, colour = colourOf(mark.source), { radius, core, halo } = facts.heads;
    context.fillStyle = css(colour);
    for (const [x, y, r] of this.raster.tail(mark)) {
      context.beginPath();
      context.arc(x, y, r, 0, 2 * Math.PI);
      context.fill();
    }
    const last = mark.ink[mark.ink.length - 1], scale = this.px / this.controller.box;
    const x = this.over + last.x * scale, y = this.over + last.y * scale, reach = radius * this.px;
    const glow = context.createRadialGradient(x, y, 0, x, y, reach), strength = facts.paper.glow[mark.source];
    glow.addColorStop(0, css([255, 255, 255], 0.9 * strength));
    glow.addColorStop((2 * core) / radius, css(colour, 0.75 * strength));
    glow.addColorStop(halo / radius, css(colour, 0.12 * strength));
    glow.addColorStop(1, css(colour, 0));
    context.globalCompositeOperation = "lighter";
    context.fillStyle = glow;
    context.fillRect(x - reach, y - reach, 2 * reach, 2 * reach);
    context.globalCompositeOperation = "source-over";
  }

  /** Where the pen glows, as a word to compare. */
  #tip() {
    const mark = this.controller.page.openMark, last = mark?.ink[mark.ink.length - 1];
    return last ? `${last.x} ${last.y}` : "";
  }

  #newInk() {
    this.raster = new StrokeRaster(this.ground, this.size, this.size, this.px);
    this.inkOf = this.controller.page.nChanges;
    this.#show({ left: 0, top: 0, right: this.size, bottom: this.size });
  }

  /** Bring a part of the ink's picture up to date. */
  #show(/** @type {import("../sketch/ink.js").Box} */ box) {
    const pixels = new ImageData(/** @type {any} */ (this.raster.pixels), this.size, this.size);
    this.inked.context.putImageData(pixels, 0, 0, box.left, box.top, box.right - box.left, box.bottom - box.top);
  }
}

/** A picture that is not on the page; `isRead`: its pixels are. @param {number} width @param {number} height */
export function pictureOf(width, height, isRead = false) {
  const canvas = makeCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: isRead });
  return { canvas, context: /** @type {CanvasRenderingContext2D} */ (context) };
}
