// @ts-check
/** The word that chooses a MIDI port for the ghost's notes: off, until a person asks for ports. */

import { makeChoice } from "../shared/choice.js";
import { HAS_MIDI, MidiOut } from "./midi_out.js";

/** @import { Settings } from "../shared/settings.js" */

const [OFF, LOOK] = ["off", "look for ports"];

/**
 * @param {HTMLElement} parent
 * @param {any} facts
 * @param {Settings} settings
 * @param {(text: string) => void} tell
 * @returns {Pick<MidiOut, "play" | "silence">}
 */
export function addMidi(parent, facts, settings, tell) {
  if (!HAS_MIDI) return { play() {}, silence() {} };
  const midi = new MidiOut(facts, settings);
  /** @type {{id: string, name: string}[]} */
  let ports = [];
  const choices = [OFF, LOOK];
  const look = async () => {
    ports = await midi.ports();
    choices.splice(1, Infinity, ...ports.map(({ name }) => name), LOOK);
    if (!ports.length) tell("There is no MIDI port to send to.");
  };
  const about = { name: "midi", label: "MIDI out", help: "the ghost's touches as notes", default: OFF, choices };
  const menu = makeChoice(about, (chosen) => {
    if (chosen === LOOK) {
      menu.set(OFF);
      look().then(() => ports.length && menu.element.click(), (error) => tell(`There is no MIDI: ${error.message}`));
    }
    midi.choose(ports.find(({ name }) => name === chosen)?.id ?? "");
  });
  parent.append(menu.element);
  return midi;
}
