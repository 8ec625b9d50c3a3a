// @ts-check
/** Requests for previews: one for every place of the pen, and no more than the model can answer: `preview_requests.py`. */
import { facts, PLAYER } from "./facts.js";
import { Kind, tipOf } from "./requests.js";

/** What is asked for each look of a mode. @type {Record<string, string>} */
const WHAT = { fan: Kind.FAN, inside: Kind.INSIDE };

/** Asks while somebody draws. */
export class PreviewRequests {
  /**
   * @param {import("./draw_controller.js").DrawController} controller what is drawn
   * @param {{ask: (request: import("./requests.js").Request) => void}} model answers
   * @param {import("./settings.js").DrawSettings} settings
   */
  constructor(controller, model, settings) {
    [this.controller, this.model, this.settings] = [controller, model, settings];
    this.restS = 0; // for how long neither the pen nor the temperatures have moved
    this.asked = /** @type {import("./requests.js").Request | null} */ (null);
    this.askedS = this.movedS = -Infinity;
    this.where = this.askedWhere = "";
  }

  /** Whether nothing is asked any more until something moves. */
  get isStill() {
    return this.restS >= facts.preview_requests.still_s && this.asked === null && this.#isOpen;
  }

  /** Ask if there is something to ask; the answers that came and still fit the mode. @param {number} nowS */
  step(nowS) {
    const answers = this.controller.ghostTurn.takeLooks(), what = WHAT[this.controller.mode.preview];
    const isLost = nowS - this.askedS > facts.preview_requests.lost_s;
    if (isLost || answers.some((answer) => answer.request === this.asked)) this.asked = null;
    this.ask(nowS);
    const { nChanges } = this.controller.page;
    return answers.filter(({ request, fault }) => request.what === what && !fault && request.nChanges === nChanges);
  }

  /** Ask if there is something to ask; the answer is among those of a later `step`. @param {number} nowS */
  ask(nowS) {
    const what = WHAT[this.controller.mode.preview];
    this.#follow(what, nowS);
    if (!what || this.asked !== null || !this.#isTime(what, nowS)) return;
    const request = { ...this.controller.question(what), isHurried: this.where !== this.askedWhere };
    if (!tipOf(request)) return;
    [this.asked, this.askedS, this.askedWhere] = [request, nowS, this.where];
    this.model.ask(request);
  }

  /** Whether there is a drawing that may go on. */
  get #isOpen() {
    return this.controller.page.marks.length > 0 && this.controller.page.end === null;
  }

  /** Note when what would be asked about changes. */
  #follow(/** @type {string | undefined} */ what, /** @type {number} */ nowS) {
    const { page, model } = this.controller, last = page.marks[page.marks.length - 1];
    let where = "";
    if (what && last) {
      const nPlaces = last.source === PLAYER ? last.ink.length : last.corners.length;
      where = [what, model, page.nChanges, page.marks.length, nPlaces, last.isOpen, ...this.settings.temperatures].join();
    }
    if (where !== this.where) [this.where, this.movedS] = [where, nowS];
    this.restS = Math.max(0, nowS - this.movedS);
  }

  #isTime(/** @type {string} */ what, /** @type {number} */ nowS) {
    if (!this.#isOpen) return false;
    if (this.where !== this.askedWhere) return true;
    const { still_s, idle_s } = facts.preview_requests;
    return what === Kind.FAN && this.restS < still_s && nowS - this.askedS >= idle_s;
  }
}
