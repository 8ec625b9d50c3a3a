// @ts-check
/**
 * The websocket to the program: it opens again by itself, says hello again, and sends what is played at once,
 * what belongs together in one frame.
 * @module connection
 */

import { nextTask } from "../shared/next_task.js";

/** @typedef {[string, ...any[]]} Message */
/**
 * @typedef {object} ConnectionListener
 * @property {(message: Message) => void} heard  the program says something
 * @property {(isOpen: boolean, retryS: number) => void} changed  the connection opened, or is lost and is tried
 *   again after so many seconds
 */

const RETRY_S = [0.2, 0.5, 1, 2, 4, 5]; // from one attempt to the next; the last one goes on
const JITTER = 0.3; // of that, so that many phones do not come back at the same moment
const PING_S = 2;
const SILENT_S = 6; // without a word the connection is lost, whatever the browser thinks
const MOST_UNSENT = 16_384; // bytes that the network has not taken: moves are left out, or they would come late
const CLOSED_FOR_GOOD = 1008; // what the program refused, it will refuse again, but later

export class Connection {
  /**
   * @param {string} address  ws:// or wss://
   * @param {string} name  under which the program knows this page again
   * @param {ConnectionListener} listener
   */
  constructor(address, name, listener) {
    this.address = address;
    this.name = name;
    this.listener = listener;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.isOpen = false;
    this.attempts = 0;
    this.heardMs = 0;
    /** Round trip of the last ping, in milliseconds; NaN before it is known. */
    this.roundTripMs = NaN;
    /** @type {Message[]} */
    this.waiting = [];
    this.willFlush = false;
    /** @type {Map<string, any>} parameters that the person sets, the last value of each */
    this.settings = new Map();
    this.retry = 0;
    window.addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
    setInterval(() => this.watch(), PING_S * 1000);
    this.open();
  }

  open() {
    clearTimeout(this.retry);
    const socket = new WebSocket(this.address);
    this.socket = socket;
    socket.onopen = () => {
      this.heardMs = performance.now();
      socket.send(JSON.stringify([["hello", { name: this.name }]]));
    };
    socket.onmessage = (event) => {
      if (socket !== this.socket) return;
      this.heardMs = performance.now();
      for (const message of JSON.parse(event.data)) this.take(message);
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.lost(event.code === CLOSED_FOR_GOOD);
    };
  }

  /** @param {Message} message */
  take(message) {
    if (message[0] === "pong") {
      this.roundTripMs = performance.now() - message[1];
      return;
    }
    if (message[0] === "welcome") {
      this.isOpen = true;
      this.attempts = 0;
      this.listener.changed(true, 0);
    }
    this.listener.heard(message);
  }

  /** @param {boolean} isRefused */
  lost(isRefused) {
    const last = RETRY_S.length - 1;
    const attempt = isRefused ? last : Math.min(this.attempts, last);
    const retryS = RETRY_S[attempt] * (1 + JITTER * Math.random());
    this.attempts += 1;
    this.isOpen = false;
    this.socket = null;
    this.waiting.length = 0;
    this.settings.clear();
    this.roundTripMs = NaN;
    clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.open(), retryS * 1000);
    this.listener.changed(false, retryS);
  }

  /** Try again now: the network is back, or the person is. */
  hurry() {
    if (this.socket) return;
    this.attempts = 0;
    this.open();
  }

  watch() {
    if (!this.socket || this.socket.readyState !== WebSocket.OPEN) return;
    if (performance.now() - this.heardMs > SILENT_S * 1000) {
      const { socket } = this;
      socket.onclose = null; // a dead network would let it close after a minute
      socket.close();
      this.lost(false);
    } else if (this.isOpen) this.send(["ping", Math.round(performance.now())]);
  }

  /**
   * Say something, in the frame of this moment; nothing while there is no connection.
   * @param {Message} message @param {boolean} [isMove]  of which the next says where the finger is
   */
  send(message, isMove = false) {
    const { socket } = this;
    if (!this.isOpen || !socket || (isMove && socket.bufferedAmount > MOST_UNSENT)) return;
    this.waiting.push(message);
    if (isMove) {
      // Fingers that move together come as events one after another: the frame waits until all are there,
      // which is the next task of the browser, or its next picture if that comes first.
      if (this.willFlush) return;
      this.willFlush = true;
      nextTask().then(() => this.flush());
      requestAnimationFrame(() => this.flush());
    } else queueMicrotask(() => this.flush());
  }

  /** Set a parameter, once a picture however often it is turned. @param {string} name @param {any} value */
  set(name, value) {
    if (!this.isOpen) return;
    if (!this.settings.size) {
      requestAnimationFrame(() => {
        for (const [each, now] of this.settings) this.send(["set", each, now]);
        this.settings.clear();
      });
    }
    this.settings.set(name, value);
  }

  flush() {
    this.willFlush = false;
    if (!this.waiting.length || this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify(this.waiting));
    this.waiting.length = 0;
  }
}
