// A ghost for tests of the page, in the place of the real one: it draws what the test put into `takes.json`.
const DRAWING = { box: 109, epsilon: 1.0057742023807508, first: [0, 0], frames: [[-28, -39, 62, 78]], longest: 80 };

export async function loadGhost(name, { seed, onProgress = () => {} }) {
  const takes = await (await fetch(new URL("takes.json", import.meta.url))).json();
  for (let share = 0; share <= 1; share += 0.25) onProgress(share);
  return new Stub(name, seed, takes);
}

class Stub {
  constructor(name, seed, takes) {
    this.takes = takes;
    this.count = seed;
    const corpus = { name: "a test", credit: "nobody", licence: "" };
    this.manifest = { name, drawing: DRAWING, pi_temperature: 1, sigma_temperature: 1, corpus, layers: 2, units: 64 };
    this.columns = ["dx", "dy", "pen"];
    this.reset();
  }
  reset() { this.state = { take: this.count++ % this.takes.length, at: 0, tensor: this.#tensor() }; }
  choice() { return 0; }
  #tensor() { return Float32Array.from({ length: 3 * 2 * 64 }, (_, i) => Math.sin(i * 1.7 + this.count)); }
  async feed() { this.state = { ...this.state, take: this.count++ % this.takes.length, tensor: this.#tensor() }; }
  async generate(n) {
    const { take, at } = this.state, rows = this.takes[take].slice(at, at + n);
    this.state = { ...this.state, at: at + rows.length };
    return Float32Array.from(rows.flat());
  }
  async fan(n, nEvents) {
    const found = new Float32Array(n * nEvents * 3);
    for (let i = 0; i < n; i++) {
      const angle = 0.4 + 1.4 * Math.sin(12.9898 * i) ** 2;
      for (let k = 0; k < nEvents; k++) {
        const turn = angle + 0.08 * k * Math.sin(78.233 * i + 1);
        found.set([4 * Math.cos(turn), 4 * Math.sin(turn), k % 7 === 6 ? 1 : 0], 3 * (i * nEvents + k));
      }
    }
    return found;
  }
  async mixture() {
    return { pi: [0.7, 0.3], mean: [10, 0, 0, 20], covariance: [9, 2, 2, 5, 25, 0, 0, 25], pen: [0.2, 0.7, 0.1, 0.2, 0.7, 0.1] };
  }
}
