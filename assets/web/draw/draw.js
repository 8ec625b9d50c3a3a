// @ts-check
/** The drawing page: a canvas on which a ghost draws with you, without an install. */
import { loadGhost } from "../ghost/ghost.js";
import { download } from "../shared/download.js";
import { element, makeNumberField } from "../shared/elements.js";
import { Notices } from "../shared/notices.js";
import { applyPalette } from "../shared/style.js";
import { TurnWord } from "../shared/turn_view.js";
import { stayAwake } from "../shared/wake_lock.js";
import { DrawController } from "../sketch/draw_controller.js";
import { facts, useFacts } from "../sketch/facts.js";
import { openPage, titleOf } from "../sketch/opening.js";
import { ModelQueue } from "../sketch/model_queue.js";
import { PreviewRequests } from "../sketch/preview_requests.js";
import { DrawSettings } from "../sketch/settings.js";
import { Sketcher } from "../sketch/sketcher.js";
import { turnOf } from "../sketch/status_text.js";
import { Cells } from "./cells.js";
import { button, control, KEYS, modeButtons } from "./controls.js";
import { Ears } from "./ears.js";
import { Inside } from "./inside.js";
import { Paper } from "./paper.js";
import { followPens } from "./pens.js";
import { paperSide, shapeOf } from "./place.js";
import { canShare, pngFile, svgFile } from "./save.js";

const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const now = () => performance.now() / 1e3;
const NOTICE_MS = 4000, LEAST_BESIDE = 84, MOST_SEED = 1e15 - 1;

class DrawPage {
  /**
   * @param {any} known the facts of all pages
   * @param {Sketcher} sketcher
   * @param {DrawSettings} settings
   * @param {number} seed
   */
  constructor(known, sketcher, settings, seed) {
    [this.settings, this.seed] = [settings, seed];
    this.ears = new Ears(known, settings, (text) => this.tell(text));
    this.model = new ModelQueue(sketcher);
    this.controller = new DrawController(settings, this.model, sketcher.scale, this.ears);
    this.previews = new PreviewRequests(this.controller, this.model, settings);
    this.inside = new Inside($("beside"));
    this.paper = new Paper(/** @type {HTMLCanvasElement} */ ($("sheet")), this.controller, this.previews, this.inside);
    this.cells = new Cells($("beside"), this.controller, (number) => this.tap(number));
    this.turnWord = new TurnWord($("turn"));
    this.notices = new Notices($("notices"), NOTICE_MS);
    this.loads = 0;
    this.makeControls();
    this.followPerson();
    settings.subscribe((name) => this.followSetting(name));
    this.lay();
    new ResizeObserver(() => this.lay()).observe($("stage"));
    requestAnimationFrame(() => this.frame());
  }

  /** One frame. */
  frame() {
    requestAnimationFrame(() => this.frame()); // first: whatever goes wrong in one frame, the next comes
    const nowS = now();
    this.controller.step(nowS);
    this.paper.frame(nowS);
    this.cells.frame();
    const { big, small, left } = turnOf(this.controller, this.settings, nowS);
    this.turnWord.show(big, small, big === "you" ? "player" : big, left);
    $("seal").classList.toggle("shows", this.controller.page.end === "end");
    const { ghostTurn } = this.controller;
    if (ghostTurn.fault) this.tell(ghostTurn.fault);
    ghostTurn.fault = "";
  }

  /** Everything finds its place. */
  lay() {
    const stage = $("stage"), { clientWidth: width, clientHeight: height } = stage, shape = shapeOf(width, height);
    const isStrip = this.controller.mode.side === "strip", isOpen = stage.classList.contains("opened");
    stage.className = [shape, isStrip ? "strip" : "", isOpen ? "opened" : ""].join(" ").trim();
    const style = getComputedStyle(stage), px = (/** @type {string} */ name) => parseFloat(style.getPropertyValue(name));
    const room = { width: width - px("padding-left") - px("padding-right"), height: height - px("padding-top") - px("padding-bottom") };
    const taken = { turn: $("turn").offsetHeight, bar: $("bar").offsetHeight, gap: px("row-gap") };
    const side = Math.max(64, paperSide(shape, room, taken, isStrip, isStrip ? LEAST_BESIDE : 2.2 * LEAST_BESIDE));
    stage.style.setProperty("--side", `${side}px`);
    const key = [side, devicePixelRatio].join();
    if (key !== this.paperKey) this.paper.lay(side);
    this.paperKey = key;
    this.cells.lay();
    this.inside.lay(this.controller.mode.side === "units");
  }

  /** Fill the bar. */
  makeControls() {
    const { settings, controller } = this, make = (/** @type {string} */ name) => control(settings, name);
    const same = "the same seed is the same ghost, here and on the desktop";
    const seed = makeNumberField("seed", same, this.seed, MOST_SEED, (wanted) => this.useSeed(wanted));
    seed.querySelector("input").id = "seed";
    $("modes").append(...modeButtons(settings));
    $("knobs").append(
      ...["pi_temperature", "sigma_temperature", "model"].map(make),
      button("toggle", "more", "seed, pace, sound, saving", () => this.open(!$("stage").classList.contains("opened"))),
    );
    $("actions").append(
      button("finish", "draw on", "the ghost finishes now", () => controller.finish(now())),
      button("undo", "undo", "take back a stroke", () => controller.undo(now())),
      button("clear", "clear", "take back all of them", () => controller.clear(now())),
      button("next", "keep", "keep this drawing, begin another", () => controller.next(now())),
    );
    const saving = element("div", { className: "row" },
      button("save-svg", "save SVG", "curves, for editors and for ghostjam draw", () => this.save("svg", download)),
      button("save-png", "save PNG", "a picture", () => this.save("png", download)));
    const files = element("input", { type: "file", accept: ".svg,image/svg+xml", hidden: true, id: "file" });
    files.addEventListener("change", () => files.files[0] && this.openFile(files.files[0]));
    saving.prepend(files, button("open", "open", "a saved SVG, to draw on", () => files.click()));
    if (canShare()) {
      saving.append(button("share", "share", "send the picture", () => this.save("png", (file) => navigator.share({ files: [file] }))));
    }
    this.credit = element("p", { className: "credit" });
    $("more").append(
      make("timescale"), make("threshold_s"), seed, make("instrument"),
      element("div", { className: "row" }, ...["hear", "fast", "pause"].map(make)),
      saving, this.credit, button("close", "close", "back to the paper", () => this.open(false)),
    );
    this.showCredit();
  }

  followPerson() {
    const { controller } = this, box = () => controller.box;
    followPens($("paper"), {
      down: (x, y, timeS, pressure) => {
        this.open(false);
        stayAwake();
        controller.penDown(x * box(), y * box(), timeS, pressure);
        this.previews.ask(now()); // the first stroke is answered at once
      },
      move: (x, y, timeS, pressure) => controller.penMove(x * box(), y * box(), timeS, pressure),
      up: (timeS) => controller.penUp(timeS),
      cancel: (timeS) => controller.undo(timeS),
    });
    document.addEventListener("click", ({ detail, target }) => { // a button that was tapped leaves the keys to the page
      const pressed = detail ? /** @type {HTMLElement} */ (target).closest("button") : null;
      if (pressed && pressed === document.activeElement) pressed.blur();
    });
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer?.files[0]) this.openFile(event.dataTransfer.files[0]);
    });
    document.addEventListener("keydown", (event) => {
      const target = /** @type {HTMLElement} */ (event.target), presses = ["Enter", " "].includes(event.key);
      if (target instanceof HTMLInputElement || event.altKey || (presses && target.matches("button:focus-visible"))) return;
      const mode = facts.modes[Number(event.key) - 1], what = KEYS[event.key.length > 1 ? event.key : event.key.toLowerCase()];
      if (event.key === "Escape") this.open(false);
      else if (mode) this.settings.set("mode", mode.name);
      else if (what && (!(event.ctrlKey || event.metaKey) || what === "undo")) $(what).click();
      else return;
      event.preventDefault();
    });
  }

  /** Show or hide what stands behind "more". @param {boolean} isOpen */
  open(isOpen) {
    $("stage").classList.toggle("opened", isOpen);
    $("toggle").setAttribute("aria-expanded", `${isOpen}`);
  }

  /** A cell was tapped. @param {number} number */
  tap(number) {
    if (this.controller.mode.side === "endings") this.controller.choose(number, now());
    else this.controller.reopen(number, now());
  }

  /** @param {string} name */
  followSetting(name) {
    if (name === "mode") this.lay();
    if (name === "model" && this.settings.get("model") !== this.controller.model) this.loading = this.load();
  }

  /** Put a saved drawing on the paper, and the model it was drawn with. @param {File} file */
  async openFile(file) {
    try {
      const text = await file.text(), title = titleOf(text);
      if (this.settings.parameters.get("model").choices.includes(title) && title !== this.controller.model) {
        this.settings.set("model", title);
        await this.loading;
      }
      const page = openPage(text, this.controller.scale);
      this.controller.next(now());
      this.controller.open(page, now());
    } catch (error) {
      this.tell(`${file.name}: ${/** @type {Error} */ (error).message}`);
    }
  }

  /** Another seed: another ghost of the same model. @param {number} seed */
  useSeed(seed) {
    this.seed = seed;
    this.loading = this.load();
  }

  /** Load the model that is wanted; the old one draws on until it is there. */
  async load() {
    const name = this.settings.get("model"), number = ++this.loads;
    try {
      const sketcher = new Sketcher(await loadGhost(name, { seed: this.seed }));
      if (number !== this.loads) return; // somebody chose again meanwhile
      this.model.use(sketcher);
      this.controller.useModel(name, sketcher.scale, now());
      this.showCredit();
    } catch (error) {
      if (number !== this.loads) return;
      this.settings.set("model", this.controller.model);
      this.tell(`${name} cannot draw: ${/** @type {Error} */ (error).message}`);
    }
  }

  /** Whose drawings the model learned from, and under which licence. */
  showCredit() {
    const { credit, licence } = this.model.sketcher.ghost.manifest.corpus;
    this.credit.textContent = `The ghost learned from drawings of ${[credit, licence].filter(Boolean).join("; ")}.`;
  }

  /**
   * @param {"svg" | "png"} kind
   * @param {(file: File) => unknown} send
   */
  async save(kind, send) {
    const { page, box, model } = this.controller;
    if (!page.marks.length) return this.tell("Nothing to save: the paper is empty.");
    try {
      await send(kind === "svg" ? svgFile(page, box, model) : await pngFile(page, box, model));
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "AbortError") this.tell(`Not saved: ${/** @type {Error} */ (error).message}`);
    }
  }

  /** What a person should know. @param {string} text */
  tell(text) {
    this.notices.tell(text);
  }
}

/** Load what is needed, and begin. */
async function begin() {
  const known = await (await fetch(new URL("../facts.json", import.meta.url))).json();
  useFacts(known.draw);
  applyPalette(known.draw);
  const wanted = new URLSearchParams(location.search), settings = new DrawSettings(known.draw.models);
  for (const name of ["model", "mode"]) {
    if (settings.parameters.get(name).choices.includes(wanted.get(name))) settings.set(name, wanted.get(name));
  }
  const given = wanted.get("seed"), seed = given && /^\d{1,15}$/.test(given) ? Number(given) : Math.floor(Math.random() * 1e6);
  const bar = /** @type {HTMLElement} */ ($("progress").firstElementChild);
  const onProgress = (/** @type {number} */ share) => (bar.style.width = `${100 * share}%`);
  const sketcher = new Sketcher(await loadGhost(settings.get("model"), { seed, onProgress }));
  settings.set("pi_temperature", sketcher.piTemperature);
  settings.set("sigma_temperature", sketcher.sigmaTemperature);
  $("stage").hidden = false;
  const page = new DrawPage(known, sketcher, settings, seed);
  $("loading").classList.add("over");
  Object.assign(window, { ghostjam: page }); // for the console, and for tests
}

begin().catch((error) => {
  $("progress").hidden = true;
  /** @type {HTMLElement} */ ($("loading").querySelector("p")).textContent = `The page could not start: ${error.message}`;
});
