// @ts-check
/** The ghost of stub_ghost.py, for the engine under Node.js. */

import { defaultRng } from "../../../assets/web/ghost/rng.js";

export class StubGhost {
  /** @param {number} seed */
  constructor(seed) {
    this.columns = ["x", "y", "dt", "moving"];
    this.guideSlices = { seconds: [0, 2], places: [2, 6], flag: [6, 7] };
    this.nProposals = 5;
    this.seed = seed;
    this.noise = defaultRng(seed);
    this.reset();
  }

  reset() {
    this.state = { heard: 0, x: 0.5, y: 0.5 };
  }

  rng(number) {
    return defaultRng(1000 * this.seed + number);
  }

  async feed(rows) {
    for (let i = 0; i < rows.length; i += 4) this.hear(rows.subarray(i, i + 4));
  }

  hear(row) {
    const heard = (0.5 * this.state.heard + row[0] + 2 * row[1] + row[2] + row[3]) % 1;
    this.state = { heard: heard < 0 ? heard + 1 : heard, x: row[0], y: row[1] };
  }

  async generate(nEvents, { guide, sigmaTemperature }) {
    return this.made(this.noise.standardNormal32(nEvents * 3), 1, 0, guide, sigmaTemperature);
  }

  async propose(states, nEvents, { guides, sigmaTemperature, rng }) {
    const noise = rng.standardNormal32(nEvents * states.length * 3);
    const events = new Float32Array(states.length * nEvents * 4);
    const after = states.map((state, i) => {
      this.state = state;
      const guide = guides && guides.subarray(i * nEvents * 7, (i + 1) * nEvents * 7);
      events.set(this.made(noise, states.length, i, guide, sigmaTemperature), i * nEvents * 4);
      return this.state;
    });
    return { events, states: after };
  }

  made(noise, stride, offset, guide, loose) {
    const n = noise.length / 3 / stride;
    const rows = new Float32Array(4 * n);
    for (let i = 0; i < n; i++) {
      const [a, b, c] = noise.subarray(3 * (i * stride + offset));
      const toward = guide ? guide.subarray(7 * i, 7 * i + 7) : new Float32Array(7);
      const { heard, x, y } = this.state;
      const share = toward[5] / (toward[5] + 400);
      const kept = toward[4] * share + 1 - share;
      rows[4 * i] = share * toward[2] + kept * x + 0.03 * loose * a;
      rows[4 * i + 1] = share * toward[3] + kept * y + 0.03 * loose * b;
      rows[4 * i + 2] = 0.001 + 0.05 * Math.abs(c) + 0.1 * heard * (1 - share) - 0.01 * share * toward[0];
      rows[4 * i + 3] = Number(toward[6] + 3 * c > -2);
      this.hear(rows.subarray(4 * i, 4 * i + 4));
    }
    return rows;
  }
}
