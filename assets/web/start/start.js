// @ts-check
/** The first page: colours, credits, and two strokes that answer each other. */

import { makeCanvas, pixelRatio } from "../shared/canvas.js";
import { element } from "../shared/elements.js";
import { applyPalette, css } from "../shared/style.js";

const ROUND_MS = 9000; // from one stroke to the next of its side
const DRAWN = 0.36; // of that, a stroke grows; then it fades like ink
const POINTS = 90;
const [WIDEST, THINNEST] = [0.11, 0.005]; // strokes upon each other, as shares of the smaller side
const LIGHT = 0.032; // of each

/**
 * @typedef {{name: string, corpus: {name?: string, credit?: string, licence?: string}, has_card: boolean}}
 *   Model
 */

const facts = await (await fetch(new URL("../facts.json", import.meta.url))).json();
applyPalette(facts);
showCredits(facts.models, facts.licences);
const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("canvas"));
const whole = makeCanvas(1, 1); // a stroke before it fades: in eight bits a faint one would lose its colour
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
show(still ? ROUND_MS * DRAWN : 0);

/** @param {Model[]} models @param {Record<string, string>} licences where each text lies */
function showCredits(models, licences) {
  const list = /** @type {HTMLElement} */ (document.querySelector(".credits"));
  for (const { name, corpus, has_card: hasCard } of models) {
    const [title, credit, licence] = [corpus.name, corpus.credit, corpus.licence].map((text) => text ?? "");
    const card = hasCard ? [link("about the model", `models/${name}.md`)] : [];
    list.append(element("li", {}, `${name}: ${title}. ${credit}. Licence: ${licence}. `, ...card));
  }
  const texts = Object.entries(licences).flatMap(([name, path]) => [link(name, path), " "]);
  list.append(element("li", {}, "Licences: ", ...texts));
}

/** @param {string} words @param {string} path from the root @returns {HTMLAnchorElement} */
function link(words, path) {
  return element("a", { href: new URL(`../${path}`, import.meta.url).href }, words);
}

/**
 * A stroke of the player, from 0 to 1 along it; the ghost's is that from the other side.
 * @param {number} t
 */
function stroke(t) {
  return [0.16 + 0.5 * t, 0.78 - 0.5 * Math.sin(Math.PI * t * 0.8) + 0.06 * Math.sin(11 * t)];
}

/** @param {number} nowMs */
function show(nowMs) {
  const scale = pixelRatio();
  const [width, height] = [innerWidth * scale, innerHeight * scale];
  if (canvas.width !== width || canvas.height !== height)
    for (const one of [canvas, whole]) [one.width, one.height] = [width, height];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.clearRect(0, 0, width, height);
  const stroked = /** @type {CanvasRenderingContext2D} */ (whole.getContext("2d"));
  context.globalCompositeOperation = stroked.globalCompositeOperation = "lighter";
  for (const [side, colour] of [facts.palette.player[0], facts.palette.ghost[0]].entries()) {
    const phase = (nowMs / ROUND_MS + (side ? 0.5 : 1)) % 1;
    const grown = Math.min(phase / DRAWN, 1),
      left = phase < DRAWN ? 1 : (1 - phase) / (1 - DRAWN);
    stroked.clearRect(0, 0, width, height);
    for (let wide = WIDEST; wide > THINNEST; wide *= 0.85)
      paint(stroked, side, colour, grown, wide * Math.min(innerWidth, innerHeight) * scale);
    context.globalAlpha = left * left;
    context.drawImage(whole, 0, 0);
  }
  if (!still) requestAnimationFrame(show);
}

/**
 * @param {CanvasRenderingContext2D} context @param {number} side @param {number[]} colour
 * @param {number} grown share of the stroke @param {number} wide in pixels
 */
function paint(context, side, colour, grown, wide) {
  const { width, height } = context.canvas;
  context.strokeStyle = css(colour, LIGHT);
  context.lineWidth = wide;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  for (let i = 0; i <= POINTS * grown; i++) {
    const [x, y] = stroke(i / POINTS);
    context.lineTo(width * (side ? 1 - x : x), height * (side ? 1 - y : y));
  }
  context.stroke();
}
