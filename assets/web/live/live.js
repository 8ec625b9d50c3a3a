// @ts-check
/**
 * The page of a phone: what fingers do is drawn and sent at once, what the program tells is shown and heard.
 * @module live
 */

import { showPressed } from "../shared/elements.js";
import { fullscreenButtons } from "../shared/fullscreen.js";
import { Notices } from "../shared/notices.js";
import { Painter } from "../shared/paint.js";
import { listenToPointers } from "../shared/pointers.js";
import { Sound } from "../shared/sound.js";
import { applyPalette, setColour } from "../shared/style.js";
import { TurnView } from "../shared/turn_view.js";
import { stayAwake } from "../shared/wake_lock.js";
import { Connection } from "./connection.js";
import { ControlPanel } from "./controls.js";
import { Faders } from "./faders.js";
import { Keyboard } from "./keyboard.js";
import { Players } from "./players.js";

const PLACES = 4; // decimals of a place that are sent
const FACTS_RETRY_MS = 1500;
const ABOUT_MS = 1000;
const NOTICE_MS = 6000;
const PLAYED = ["touch", "release", "note", "values"];
const LOST = "Not connected: you play on here, and it comes back by itself.";
const MOVED = "The program has another address now: scan its code again. You play on here alone.";
const FORBIDDEN = 403; // without the token of this evening

/** @param {string} id */
const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @param {number} value */
const short = (value) => Number(value.toFixed(PLACES));

/** The address of something of this port, with the token of this page's. @param {string} path */
function addressOf(path) {
  const token = new URLSearchParams(location.search).get("token");
  return path + (token ? `?token=${encodeURIComponent(token)}` : "");
}

/** What the program tells of itself; asked again until it answers. @returns {Promise<any>} */
async function loadFacts() {
  for (;;) {
    try {
      const answer = await fetch(addressOf("/facts.json"));
      if (answer.ok) return await answer.json();
      find("hint").textContent = (await answer.text()).trim();
    } catch {
      find("hint").textContent = "Waiting for the program …";
    }
    await new Promise((done) => setTimeout(done, FACTS_RETRY_MS));
  }
}

/** A name that the program knows this page by when it comes back. */
function ownName() {
  const key = "ghostjam.name";
  try {
    let name = localStorage.getItem(key);
    if (!name) localStorage.setItem(key, (name = `page ${Math.random().toString(36).slice(2, 10)}`));
    return name;
  } catch {
    return ""; // private windows may have no storage
  }
}

async function begin() {
  const facts = await loadFacts();
  applyPalette(facts);
  const stage = find("stage");
  const canvas = /** @type {HTMLCanvasElement} */ (find("canvas"));
  const painter = new Painter(canvas, facts);
  const sound = new Sound(facts);
  const players = new Players(facts, painter, sound);
  const turns = new TurnView(stage, find("turn"), painter, facts);
  const notices = new Notices(find("notices"), NOTICE_MS);
  /** @type {any} as the program tells it; before it does, as it begins */
  const state = { turn: "nobody", people: 1, silence_left_s: null };
  for (const { name, default: value } of facts.parameters) state[name] = value;

  /** @type {{close: () => void, resize?: () => void} | null} what is played on beside the canvas */
  let surface = null;
  let hears = "touches";
  let isTouched = false;
  let silenceToldMs = 0; // when the program told how much of the silence is left

  const first = () => {
    if (isTouched) return;
    isTouched = true;
    find("hint").style.opacity = "0";
    stayAwake();
  };

  /** @param {string} name @param {any} value */
  const set = (name, value) => {
    state[name] = value;
    sound.set(name, value);
    connection.set(name, value);
  };
  const panel = new ControlPanel(find("bar"), find("sheet"), facts, {
    set,
    command: (command) => {
      if (command === "panic") sound.silence();
      connection.send(["do", command]);
    },
  });

  const showOwn = () => setColour("own", players.colour);
  showOwn();

  /** What the person plays on, as the model hears it. @param {string} kind @param {string[]} columns */
  const prepare = (kind, columns) => {
    if (kind === hears && surface !== null) return;
    hears = kind;
    surface?.close();
    surface = null;
    painter.roll.isShown = kind === "notes";
    stage.dataset.hears = kind;
    if (kind === "notes") {
      surface = new Keyboard(stage, (pitch, velocity) => {
        first();
        players.note(pitch, velocity);
        connection.send(["note", pitch, velocity]);
      });
    } else if (kind === "values") {
      const names = columns.filter((name) => name !== "dt");
      surface = new Faders(stage, names, (values) => {
        first();
        players.values(values);
        connection.send(["values", values.map(short)], true);
      });
    }
    resize();
  };

  listenToPointers(canvas, {
    touch: (finger, x, y, moving, pressure) => {
      if (hears !== "touches") return;
      first();
      if (!moving) panel.show(false);
      connection.send(["touch", finger, short(x), short(y), moving, short(pressure)], moving);
      players.touch(finger, x, y, moving, pressure);
    },
    release: (finger) => {
      if (hears !== "touches") return;
      connection.send(["release", finger]);
      players.release(finger);
    },
  });

  /** @param {any[]} message */
  const heard = (message) => {
    const [verb, told] = message;
    if (PLAYED.includes(verb)) {
      players.heard(message);
      if (verb === "values" && surface instanceof Faders) {
        if (told === "ghost") surface.ghost(message[2]);
        else surface.player(message[2]);
      }
    } else if (verb === "state") learn(told);
    else if (verb === "welcome") {
      players.welcome(told.person, told.colour);
      showOwn();
      learn(told.state);
      prepare(told.hears, told.columns);
    } else if (verb === "panic") sound.silence(); // what was down was released before
    else if (verb === "refused") notices.tell(told);
  };

  /** @param {Record<string, any>} changed */
  const learn = (changed) => {
    Object.assign(state, changed);
    players.mode = state.mode;
    for (const name of ["instrument", "scale", "volume"]) if (name in changed) sound.set(name, changed[name]);
    panel.heard(changed);
    if ("silence_left_s" in changed) silenceToldMs = performance.now();
    if (changed.notice) notices.tell(changed.notice);
    if ("people" in changed) find("here").textContent = state.people > 1 ? `${state.people} play here` : "";
    if (!isTouched) find("hint").textContent = facts.modes[state.mode]?.help ?? "";
  };

  /** It comes back by itself, unless the program began again with another token. */
  const tellWhyLost = async () => {
    if (!notices.told.has(MOVED)) notices.tell(LOST, true);
    const answer = await fetch(addressOf("/facts.json")).catch(() => null);
    if (answer?.status !== FORBIDDEN || connection.isOpen) return;
    notices.untell(LOST);
    notices.tell(MOVED, true);
  };

  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const connection = new Connection(`${scheme}//${location.host}${addressOf("/play")}`, ownName(), {
    heard,
    changed: (isOpen) => {
      document.body.dataset.connected = String(isOpen);
      if (isOpen) {
        for (const text of [LOST, MOVED]) notices.untell(text);
        return;
      }
      tellWhyLost();
      players.endOthers();
      learn({ turn: "nobody", silence_left_s: null, people: 1, glow: null });
    },
  });

  const resize = () => {
    painter.resize();
    surface?.resize?.();
  };
  new ResizeObserver(resize).observe(canvas);

  const { soundButton } = panel;
  const showSound = () => showPressed(soundButton, sound.isWanted);
  soundButton.addEventListener("click", async () => {
    try {
      await (sound.isWanted ? sound.stop() : sound.start());
    } catch (error) {
      notices.tell(String(/** @type {Error} */ (error).message));
    }
    showSound();
  });
  showSound();
  panel.switches.append(...fullscreenButtons());
  document.addEventListener("pointerup", () => sound.wake());
  document.addEventListener("keydown", (event) => {
    if (["h", "?"].includes(event.key) && !event.ctrlKey && !event.metaKey) panel.toggle();
  });

  setInterval(() => {
    const people = state.people > 1 ? `${state.people} people play here` : "";
    const trip = Number.isNaN(connection.roundTripMs) ? "" : `${Math.round(connection.roundTripMs)} ms there and back`;
    panel.tellAbout(connection.isOpen ? [people, trip].filter(Boolean).join(", ") : "not connected");
  }, ABOUT_MS);

  /** @param {number} nowMs */
  const frame = (nowMs) => {
    requestAnimationFrame(frame);
    if (!connection.isOpen) state.turn = players.down.size ? "player" : "nobody"; // nobody tells
    const leftS = state.silence_left_s === null ? null : state.silence_left_s - (nowMs - silenceToldMs) / 1000;
    turns.frame(state, players.hasPlayed, leftS, state.threshold_s, nowMs / 1000);
    players.hasPlayed = false;
    painter.frame(nowMs);
  };
  requestAnimationFrame(frame);
}

begin();
