// @ts-check
/** The ghost's turn: the request under way, its answers, and the pens that draw them: `ghost_turn.py`. */
import { endingOf } from "./kept_drawings.js";
import { GhostPen } from "./pen.js";
import { isPreview, Kind } from "./requests.js";

/** Asks the model, one thing at a time, and draws what comes. */
export class GhostTurn {
  /**
   * @param {{ask: (request: import("./requests.js").Request) => void, answers: () => import("./requests.js").Response[]}} model
   * @param {import("./pen.js").Listening} listening hears of the strokes on the paper
   */
  constructor(model, listening) {
    [this.model, this.listening] = [model, listening];
    this.ticket = 0; // grows whenever what was asked for is of no use any more
    this.asked = /** @type {import("./requests.js").Request | null} */ (null);
    /** @type {import("./kept_drawings.js").Ending[]} */
    this.endings = [];
    this.fault = "";
    this.failedS = -Infinity;
    /** @type {import("./requests.js").Response[]} */
    this.looks = [];
    this.pen = /** @type {GhostPen | null} */ (null);
  }

  /** Whether it moves its pen on the paper. */
  get draws() {
    return this.pen !== null;
  }

  /** Whether it neither draws, nor thinks, nor offers anything. */
  get isIdle() {
    return this.pen === null && this.asked === null && !this.endings.length;
  }

  /** Ask for this; never blocks. @param {import("./requests.js").Request} request */
  ask(request) {
    this.asked = request;
    this.model.ask(request);
  }

  /** It lifts its pen where it is; what it was asked for is of no use any more. */
  stop() {
    this.ticket += 1;
    [this.asked, this.endings] = [null, []];
    this.pen?.lift();
    this.pen = null;
  }

  /**
   * It draws this on the page from here on.
   * @param {import("./paper_strokes.js").Page} page
   * @param {import("./sketcher.js").Drawn} drawn
   * @param {number[]} temperatures
   * @param {any} scale
   * @param {number} nowS
   */
  begin(page, drawn, temperatures, scale, nowS) {
    this.asked = null;
    this.pen = new GhostPen(page, drawn, temperatures, scale, nowS, this.listening);
  }

  /**
   * Take the answers that came; whether what was asked for was among them.
   * @param {import("./paper_strokes.js").Page} page
   * @param {any} scale
   * @param {number} nowS
   */
  take(page, scale, nowS) {
    return this.model.answers().map((answer) => this.#take(answer, page, scale, nowS)).some(Boolean);
  }

  /** The answers to questions that are only looked at, since the last call. */
  takeLooks() {
    const found = this.looks;
    this.looks = [];
    return found;
  }

  /**
   * Draw on for `handS` of the hand's time, with the temperatures that are wanted now.
   * @param {number} handS
   * @param {number} nowS
   * @param {number[]} wanted
   * @param {number} box
   * @returns {{end: string | null} | null} why the ghost ended its drawing on the paper, when it just did
   */
  advance(handS, nowS, wanted, box) {
    for (const ending of this.endings) ending.pen.advance(handS, nowS);
    const { pen } = this;
    if (pen === null) return null;
    pen.advance(handS, nowS);
    this.#follow(pen, wanted, box);
    if (!pen.isDone || this.asked !== null) return null;
    this.stop();
    return { end: pen.end };
  }

  #take(
    /** @type {import("./requests.js").Response} */ answer, /** @type {import("./paper_strokes.js").Page} */ page,
    /** @type {any} */ scale, /** @type {number} */ nowS,
  ) {
    this.fault = answer.fault || this.fault;
    const { request, drawn } = answer;
    if (isPreview(request.what)) {
      this.looks.push(answer);
      return false;
    }
    if (request !== this.asked) return false;
    if (!drawn) {
      this.stop();
      this.failedS = nowS;
    } else if (request.what === Kind.ENDINGS) {
      this.endings.push(endingOf(page, drawn, request.temperatures, scale, nowS));
      if (this.endings.length === request.nEndings) this.asked = null;
    } else if (this.pen) {
      this.asked = null;
      this.pen.then(drawn, request.temperatures);
    } else {
      this.begin(page, drawn, request.temperatures, scale, nowS);
    }
    return true;
  }

  /** Other temperatures: the ghost goes on from its next point with them. */
  #follow(/** @type {GhostPen} */ pen, /** @type {number[]} */ wanted, /** @type {number} */ box) {
    if (pen.isDone || (pen.temperatures[0] === wanted[0] && pen.temperatures[1] === wanted[1])) return;
    pen.temperatures = wanted;
    const cut = pen.cut();
    if (!cut) return;
    this.ticket += 1;
    this.ask({
      what: Kind.COMPLETE, ...cut, drawing: null, temperatures: wanted, box, nEndings: 0, nChanges: 0,
    });
  }
}
