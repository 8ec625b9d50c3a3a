// @ts-check
/**
 * The room that all voices sound in and the limiter at the end, as `app/sound/mixer.py`, from the browser's
 * own nodes:
 *
 *     voices -> dry ------------------------------> sum -> volume -> levelling -> soft clip
 *          \-> send -> high-pass -> echo -> reverb --/
 * @module audio_mixer
 */

const NOISE_S = 4; // length of the noise that goes round
const REVERB_LENGTH_S = 2.2; // of its answer to a click; what comes later is 45 dB below
const RMS_S = 0.0029; // time constant in which loudness is measured: half a block of the program
const LOUDEST = 2; // RMS that the levelling follows
const STEEPEST = 4; // level that the soft clip follows
const CURVE = 8192; // points of a curve
const RATIOS = [1, 1.19, 1.41, 1.67, 1.97, 2.27, 2.59, 2.97]; // of the delays of the reverb, before they are moved nearer

/** Everything after the voices. */
export class AudioMixer {
  /** @param {BaseAudioContext} context @param {any} facts @param {number} seed  of the noise */
  constructor(context, facts, seed = 20170501) {
    this.context = context;
    this.facts = facts;
    this.graph = facts.sound.graph;
    this.dry = gainNode(context, 1);
    this.send = gainNode(context, 1);
    this.volume = gainNode(context, 0, this.dry);
    this.reverb = reverbAnswer(context, this.graph);
    this.room = this.makeRoom();
    this.limit(this.volume).connect(context.destination);
    this.noise = this.makeNoise(seed);
    const none = new Float32Array(2);
    this.cosine = context.createPeriodicWave(new Float32Array([0, 1]), none, { disableNormalization: true });
    /** @type {Map<number, PeriodicWave>} */
    this.waves = new Map();
    /** @param {number} row */
    this.wave = (row) => this.makeWave(Math.round(4 * row) / 4);
  }

  /** Linear gain of the whole mix. @param {number} gain */
  setVolume(gain) {
    this.volume.gain.setTargetAtTime(gain * this.graph.level, this.context.currentTime, this.graph.volume_glide_s);
  }

  /** Turn the mix down, and let nothing come back from the room. */
  hush() {
    this.setVolume(0);
    const { room } = this;
    this.room = this.makeRoom();
    this.send.disconnect(room.input);
    setTimeout(() => room.output.disconnect(), 100);
  }

  makeRoom() {
    const { context, graph } = this;
    const Q = 20 * Math.log10(0.5);
    const highs = new BiquadFilterNode(context, { type: "highpass", frequency: graph.highs_hz, Q });
    this.send.connect(highs);
    const bright = new BiquadFilterNode(context, { type: "lowpass", frequency: graph.bright_hz, Q });
    const echo = gainNode(context, 1, highs);
    const delay = new DelayNode(context, { delayTime: graph.echo_s });
    echo.connect(delay);
    gainNode(context, graph.echo, delay).connect(echo);
    gainNode(context, 1 - graph.echo_share, highs).connect(bright);
    gainNode(context, graph.echo_share, echo).connect(bright);
    const reverb = new ConvolverNode(context, { buffer: this.reverb, disableNormalization: true });
    bright.connect(reverb).connect(this.volume);
    return { input: highs, output: reverb };
  }

  /** @param {AudioNode} mix */
  limit(mix) {
    const { context, graph } = this;
    const split = context.createChannelSplitter(2);
    const merge = context.createChannelMerger(2);
    // A mono mix would leave one side empty.
    const stereo = gainNode(context, 1, mix);
    stereo.channelCount = 2;
    stereo.channelCountMode = "explicit";
    stereo.connect(split);
    for (let channel = 0; channel < 2; channel++) {
      const one = gainNode(context, 1);
      split.connect(one, channel);
      const square = gainNode(context, 0, one);
      one.connect(square.gain);
      const power = onePole(context, gainNode(context, 1 / LOUDEST ** 2, square), RMS_S);
      const rms = shaper(context, power, (x) => Math.sqrt(Math.max(0, x)));
      const [slowS, fastS] = graph.levelling_s;
      const slow = onePole(context, rms, slowS);
      const struck = gainNode(context, graph.struck, onePole(context, rms, fastS));
      const difference = gainNode(context, -1, struck);
      const sum = gainNode(context, 1);
      slow.connect(sum);
      slow.connect(sum);
      const apart = gainNode(context, 1, slow);
      difference.connect(apart);
      // The greater one is (a + b + |a - b|) / 2.
      const twice = gainNode(context, 0.5, slow);
      struck.connect(twice);
      shaper(context, apart, Math.abs).connect(twice);
      const reduction = shaper(context, twice, (x) => graph.levelling_rms / Math.max(x * LOUDEST, graph.levelling_rms));
      const levelled = gainNode(context, 0, one);
      reduction.connect(levelled.gain);
      const scaled = gainNode(context, 1 / STEEPEST, levelled);
      shaper(context, scaled, (x) => graph.ceiling * Math.tanh(x * STEEPEST)).connect(merge, 0, channel);
    }
    return merge;
  }

  /** @param {number} seed */
  makeNoise(seed) {
    const { context } = this;
    const buffer = context.createBuffer(1, NOISE_S * context.sampleRate, context.sampleRate);
    const samples = buffer.getChannelData(0);
    let state = seed;
    for (let index = 0; index < samples.length; index++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0; // a linear congruence is random enough for the ear
      samples[index] = state / 2147483648;
    }
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    source.start();
    return source;
  }

  /** @param {number} row  of the wavetable, a quarter between rows at the finest */
  makeWave(row) {
    let wave = this.waves.get(row);
    if (wave) return wave;
    const { waves } = this.facts.sound;
    const below = waves[Math.floor(row)];
    const above = waves[Math.ceil(row)];
    const share = row - Math.floor(row);
    const sines = new Float32Array(Math.max(below.length, above.length) + 1);
    for (let n = 1; n < sines.length; n++) {
      sines[n] = (1 - share) * (below[n - 1] ?? 0) + share * (above[n - 1] ?? 0);
    }
    const none = new Float32Array(sines.length);
    wave = this.context.createPeriodicWave(none, sines, { disableNormalization: true });
    this.waves.set(row, wave);
    return wave;
  }
}

/** @param {BaseAudioContext} context @param {number} value @param {AudioNode} [from] */
function gainNode(context, value, from) {
  const node = new GainNode(context, { gain: value });
  from?.connect(node);
  return node;
}

/** What falls to 1/e of a step in this time. @param {BaseAudioContext} context @param {AudioNode} input @param {number} timeConstantS */
export function onePole(context, input, timeConstantS) {
  const kept = Math.exp(-1 / (timeConstantS * context.sampleRate));
  const filter = context.createIIRFilter([1 - kept], [1, -kept]);
  input.connect(filter);
  return filter;
}

/** @param {BaseAudioContext} context @param {AudioNode} input @param {(x: number) => number} curve  on [-1, 1] */
function shaper(context, input, curve) {
  const points = Float32Array.from({ length: CURVE + 1 }, (_, index) => curve((2 * index) / CURVE - 1));
  const node = new WaveShaperNode(context, { curve: points });
  input.connect(node);
  return node;
}

/**
 * What two feedback delay networks answer to a click, left and right: eight delays between half and the whole
 * of the longest one, mixed by a Hadamard matrix, damped, and fed back. The click enters the first four.
 *
 * Source: J.-M. Jot, A. Chaigne, "Digital delay networks for designing artificial reverberators", AES 90 (1991).
 * @param {BaseAudioContext} context @param {any} graph
 */
function reverbAnswer(context, graph) {
  const rate = context.sampleRate;
  const length = Math.round(REVERB_LENGTH_S * rate);
  const buffer = context.createBuffer(2, length, rate);
  const n = graph.n_delays;
  graph.reverb_s.forEach((/** @type {number} */ longestS, /** @type {number} */ channel) => {
    const samples = buffer.getChannelData(channel);
    const delays = RATIOS.slice(0, n).map((ratio) => Math.round(rate * longestS * (0.5 + (0.5 * ratio) / RATIOS[n - 1])));
    const lines = delays.map((delay) => new Float32Array(delay));
    const damped = new Float32Array(n);
    const outputs = new Float32Array(n);
    for (let at = 0; at < length; at++) {
      let sum = 0;
      for (let line = 0; line < n; line++) sum += outputs[line] = lines[line][at % delays[line]];
      samples[at] = (graph.room * sum) / Math.sqrt(n);
      for (let half = 1; half < n; half *= 2) {
        for (let line = 0; line < n; line++) {
          if (line & half) continue;
          const other = outputs[line | half];
          outputs[line | half] = outputs[line] - other;
          outputs[line] += other;
        }
      }
      for (let line = 0; line < n; line++) {
        const click = at === 0 && line < n / 2 ? 2 / n : 0;
        const fed = (outputs[line] * graph.reverb) / Math.sqrt(n) + click;
        damped[line] = (1 - graph.damping) * fed + graph.damping * damped[line];
        lines[line][at % delays[line]] = damped[line];
      }
    }
  });
  return buffer;
}
