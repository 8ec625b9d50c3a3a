// @ts-check
/** The strokes on the paper, in model units: as they are seen, and as the model is fed them: `paper_strokes.py`. */
import { Brush } from "../shared/brush.js";
import { facts, PLAYER } from "./facts.js";
import { asTrained } from "./strokes.js";

/** @typedef {{x: number, y: number, timeS: number, pressure: number, width: number}} Sample ink at a moment */

/** One stroke. */
export class Mark {
  /** @param {string} source who draws it */
  constructor(source) {
    this.source = source;
    this.ink = /** @type {Sample[]} */ ([]);
    /** The places the model hears of it; empty while a person still draws it. */
    this.corners = /** @type {number[][]} */ ([]);
    this.isOpen = true;
    this.brush = new Brush(facts.brush);
  }

  /**
   * The pen came to (x, y) on a paper of `box` units.
   * @param {number} x
   * @param {number} y
   * @param {number} timeS
   * @param {number} box
   * @param {number} pressure
   */
  add(x, y, timeS, box, pressure = 1) {
    const width = this.brush.move(x / box, y / box, timeS, pressure);
    this.ink.push({ x, y, timeS, pressure, width });
  }

  /** The places of the ink, flat float32. */
  drawn() {
    const places = new Float32Array(2 * this.ink.length);
    this.ink.forEach((sample, i) => places.set([sample.x, sample.y], 2 * i));
    return places;
  }

  /** The pen is up; a person's stroke becomes what the model was trained on. @param {{epsilon: number}} scale */
  finish(scale) {
    this.isOpen = false;
    if (this.source === PLAYER) this.takeCorners(scale);
  }

  /** What is seen is what the model hears, as it was trained. @param {{epsilon: number}} scale */
  takeCorners(scale) {
    this.isOpen = false;
    if (!this.ink.length) return;
    const places = asTrained(this.drawn(), scale.epsilon);
    this.corners = Array.from({ length: places.length / 2 }, (_, i) => [places[2 * i], places[2 * i + 1]]);
  }
}

/** A drawing on its paper. */
export class Page {
  /**
   * @param {Mark[]} marks its strokes, in order
   * @param {string | null} end why the ghost stopped, if it did and nobody drew on
   */
  constructor(marks = [], end = null) {
    this.marks = marks;
    this.end = end;
    this.nChanges = 0; // grows with every change that is more than a stroke going on
  }

  /** The stroke that is being drawn. @returns {Mark | null} */
  get openMark() {
    const last = this.marks[this.marks.length - 1];
    return last?.isOpen ? last : null;
  }

  /** Whether a person drew on it. */
  get hasPlayer() {
    return this.marks.some((mark) => mark.source === PLAYER);
  }

  /** The places of every finished or begun stroke that the model hears, but an open one of a person. */
  heard() {
    return this.marks.filter((mark) => mark.corners.length).map((mark) => Float32Array.from(mark.corners.flat()));
  }

  /** A new stroke. @param {string} source @returns {Mark} */
  begin(source) {
    const mark = new Mark(source);
    this.marks.push(mark);
    this.end = null;
    return mark;
  }

  /** Take the last stroke back; whether there was one. */
  undo() {
    this.end = null;
    this.nChanges += 1;
    return this.marks.pop() !== undefined;
  }

  /** Another page with the same strokes, which must not go on. */
  copy() {
    return new Page([...this.marks], this.end);
  }

  /** The same drawing for a model whose box is `factor` as large. @param {number} factor */
  scaled(factor) {
    const marks = this.marks.map((mark) => {
      const other = new Mark(mark.source);
      other.ink = mark.ink.map((sample) => ({ ...sample, x: sample.x * factor, y: sample.y * factor }));
      other.corners = mark.corners.map(([x, y]) => [x * factor, y * factor]);
      other.isOpen = mark.isOpen;
      return other;
    });
    return new Page(marks, this.end);
  }
}
