// @ts-check
/**
 * Whose turn it is, as a person sees it: as `app/window/turn.py` and the words of `app/window/overlay.py`.
 * @module turn
 */

/** @typedef {"idle" | "playing" | "answering" | "yours"} Moment */
/**
 * @typedef {object} TurnState  what the program tells
 * @property {string} mode
 * @property {string} turn  "player", "ghost" or "nobody"
 * @property {boolean} pause
 */

export class Turn {
  /** @param {any} facts  what `web_facts` tells */
  constructor(facts) {
    this.facts = facts;
    /** @type {Moment} */
    this.moment = "idle";
    /** Whether what the player draws is part of a phrase that stays until it is answered. */
    this.keeps = false;
    this.mode = "";
    this.taken = false; // the player has taken over, which the state may not know yet
    this.sinceS = -Infinity;
  }

  /**
   * Take in a frame's state; returns whether the phrase that was kept may fade now.
   * @param {TurnState} state @param {boolean} plays  the player began or moved since the last frame
   * @param {number} nowS
   */
  follow(state, plays, nowS) {
    const before = this.moment;
    const wasKept = this.keeps;
    this.keeps = Boolean(this.facts.modes[state.mode]?.takes_turns);
    this.taken = state.mode === this.mode && (plays || (this.taken && state.turn !== "player"));
    this.mode = state.mode;
    const turn = this.taken && this.keeps ? "player" : state.turn;
    if (turn === "ghost") this.moment = "answering";
    else if (turn === "nobody") this.moment = "idle";
    else if (this.keeps && !plays && (before === "answering" || before === "yours")) this.moment = "yours";
    else this.moment = "playing";
    if (this.moment !== before) this.sinceS = nowS;
    const ended = this.moment !== before && this.moment !== "answering";
    const waits = state.pause && this.moment === "idle"; // the answer comes when the pause ends
    return wasKept && !waits && (ended || !this.keeps);
  }

  /**
   * How brightly the player's and the ghost's side shine, 0 to 1 each.
   * @param {number} waited  how much of the silence before an answer is over, 0 to 1
   * @param {number} nowS
   * @returns {[number, number]}
   */
  light(waited, nowS) {
    const { playing_light, ghost_light, yours_light, swell_s } = this.facts.turn;
    if (!this.keeps || this.moment === "idle") return [0, 0];
    if (this.moment === "answering") return [0, ghost_light];
    if (this.moment === "yours") {
      const swell = Math.exp(-Math.max(0, nowS - this.sinceS) / swell_s);
      return [yours_light + (1 - yours_light) * swell, 0];
    }
    return [playing_light * (1 - waited), ghost_light * 0.5 * waited ** 2];
  }

  /**
   * A word or two for whose turn it is, a short one beside it, and whose colour the first has.
   * @param {TurnState} state @param {boolean} played  somebody has played here
   * @returns {[string, string, "player" | "ghost" | ""]}
   */
  words(state, played) {
    const { words } = this.facts;
    const mode = this.facts.modes[state.mode] ?? { you: "", ghost: "" };
    if (state.pause) return this.moment === "playing" ? [words.you, words.ghost_paused, "player"] : [words.paused, "", ""];
    if (this.moment === "answering") return [words.ghost, mode.ghost, "ghost"];
    if (this.moment === "yours") return [words.yours, "", "player"];
    if (this.moment === "playing") return [words.you, mode.you, "player"];
    return [words.listening, played ? "" : words.begin, ""];
  }
}
