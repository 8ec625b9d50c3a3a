// @ts-check
/** The page that plays: fingers on a canvas, the ghost that answers, and what is seen and heard of both. */

import { release, touch } from "../engine/events.js";
import { makeChoice } from "../shared/choice.js";
import { makeButton, makeNumberField, showPressed } from "../shared/elements.js";
import { fullscreenButtons, toggleFullscreen } from "../shared/fullscreen.js";
import { Notices } from "../shared/notices.js";
import { Painter } from "../shared/paint.js";
import { listenToPointers } from "../shared/pointers.js";
import { Sound } from "../shared/sound.js";
import { applyPalette } from "../shared/style.js";
import { TurnView } from "../shared/turn_view.js";
import { stayAwake } from "../shared/wake_lock.js";
import { Drawing } from "./drawing.js";
import { listenToKeys } from "./keys.js";
import { addMidi } from "./midi_menu.js";
import { addParameters } from "./panel.js";
import { Pace } from "./pace.js";
import { Recording } from "./recording.js";
import { saveAs } from "./save.js";
import { Stage } from "./stage.js";

/** @import { Event } from "../engine/events.js" */

const MOST_SEED = 999_999;
const NOTICE_MS = 10_000;
const SOUND_SETTINGS = ["instrument", "scale", "volume"];

const facts = await (await fetch(new URL("../facts.json", import.meta.url))).json();
applyPalette(facts);
const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const canvas = /** @type {HTMLCanvasElement} */ (main.querySelector("canvas"));
const panel = /** @type {HTMLElement} */ (document.querySelector("#panel"));
const muted = /** @type {HTMLElement} */ (main.querySelector(".muted"));

const painter = new Painter(canvas, facts);
const sound = new Sound(facts);
const turns = new TurnView(main, /** @type {HTMLElement} */ (main.querySelector(".turn")), painter, facts);
const notices = new Notices(/** @type {HTMLElement} */ (main.querySelector(".notices")), NOTICE_MS);
const recording = new Recording();
const drawing = new Drawing();
const stage = new Stage(facts, { play: (event) => played(event), tell });
const { settings } = stage;
const controls = addParameters(panel, settings);
const midi = addMidi(controls.words, facts, settings, tell);
let isSounding = true; // whether the person wants sound
let playsNow = false; // whether the player touched since the last frame

/** What sounds is seen, heard and kept. @param {Event} event */
function played(event) {
  const key = `${event.source} ${event.voice}`;
  if (event.kind === "touch") {
    const { source, voice, x, y, moving, pressure } = event;
    painter.touch(key, source, voice, x, y, moving, pressure, 1000 * event.timeS);
    sound.touch(key, source, x, y, moving, pressure);
  } else {
    painter.release(key, 1000 * event.timeS);
    sound.release(key);
  }
  if (event.source === "ghost") midi.play(event);
  recording.add(event);
  drawing.add(event);
}

/** The player's own touch sounds at once, whatever the ghost does. @param {Event} event */
function take(event) {
  if (event.kind === "touch") {
    if (isSounding && !sound.isOn) startSound();
    stayAwake();
    playsNow = true;
  }
  played(event);
  stage.submit(event);
}

listenToPointers(canvas, {
  touch: (finger, x, y, moving, pressure, timeMs) =>
    take(touch(timeMs / 1000, "player", finger, x, y, moving, pressure)),
  release: (finger) => take(release(stage.nowS, "player", finger)),
});

/** @param {string} text */
function tell(text) {
  notices.tell(text);
}

function startSound() {
  sound.start().catch((error) => {
    isSounding = false;
    showPressed(soundButton, false);
    tell(`There is no sound: ${error.message}`);
  });
}

function toggleSound() {
  isSounding = !isSounding;
  showPressed(soundButton, isSounding);
  if (isSounding) startSound();
  else sound.stop();
}

function panic() {
  stage.command("panic");
  sound.silence();
  midi.silence();
}

/** Begin a new evening. @param {number} wanted the seed */
function beginAnew(wanted) {
  seed = wanted;
  stage.reseed(seed);
  painter.clear();
  sound.silence();
  recording.clear();
  drawing.clear();
}

const { switches, words } = controls;
const soundButton = makeButton("sound", "hear both sides, or not", toggleSound);
showPressed(soundButton, isSounding);
switches.append(
  soundButton,
  makeButton("reset", "the ghost forgets what it heard", () => stage.command("reset")),
  makeButton("panic", "everything that sounds stops", panic),
  ...fullscreenButtons(),
);
const SAVES = ["picture PNG", "drawing SVG", "recording CSV"];
const aboutSaving = { name: "save", label: "save", help: "what was played", default: "as …", choices: SAVES };
const saveMenu = makeChoice(aboutSaving, (as) => {
  saveMenu.set("as …");
  saveAs(as, { canvas, facts, recording, drawing }).catch((error) => tell(error.message));
});
const asked = Number(new URLSearchParams(location.search).get("seed") ?? NaN);
let seed = Number.isInteger(asked) && asked >= 0 ? asked : Math.floor(Math.random() * (MOST_SEED + 1));
words.append(saveMenu.element, makeNumberField("seed", "the same seed, the same ghost", seed, MOST_SEED, beginAnew));

settings.subscribe((name, value) => {
  if (SOUND_SETTINGS.includes(name)) sound.set(name, value);
  if (name === "mute") muted.hidden = !value;
  if (name === "model") load();
});
muted.textContent = facts.words.muted;
listenToKeys(settings, {
  r: () => stage.command("reset"),
  p: panic,
  f: toggleFullscreen,
});
const more = /** @type {HTMLElement} */ (main.querySelector(".more"));
more.addEventListener("click", () => {
  const isOpen = document.body.classList.toggle("open");
  more.setAttribute("aria-expanded", String(isOpen));
  more.textContent = isOpen ? "close" : "controls";
});
new ResizeObserver(() => painter.resize()).observe(canvas);

let notice = "";
const pace = new Pace();
/** @param {number} nowMs */
function frame(nowMs) {
  requestAnimationFrame(frame);
  if (!pace.begins()) return;
  const { status, nowS } = stage;
  const state = { turn: status.turn, mode: status.mode, pause: settings.get("pause") };
  turns.frame(state, playsNow, status.silenceLeftS, settings.get("threshold_s"), nowS);
  playsNow = false;
  if (status.notice !== notice) tell((notice = status.notice));
  painter.frame(Math.max(nowMs, performance.now()));
}
requestAnimationFrame(frame);

const loading = /** @type {HTMLElement} */ (main.querySelector(".loading"));
const [said, bar] = /** @type {[HTMLElement, HTMLProgressElement]} */ ([...loading.children]);
const coming = said.textContent;

async function load() {
  loading.hidden = bar.hidden = false;
  said.textContent = coming;
  delete document.body.dataset.ready;
  try {
    await stage.load(seed, (share) => (bar.value = share));
    loading.hidden = true;
    document.body.dataset.ready = "";
  } catch (error) {
    bar.hidden = true;
    said.textContent = `The ghost cannot come: ${error instanceof Error ? error.message : error} You can play alone.`;
  }
}

await load();
