// @ts-check
/** The one module that touches LiteRT.js: loads the runtime, opens models and calls their signatures. */

import { counted } from "./fetching.js";

const FOLDER = new URL("../litert/", import.meta.url);

/** @typedef {{dtype: string, shape: number[]}} Details */
/** @typedef {Record<string, {inputs: Record<string, Details>, outputs: string[]}>} Signatures */

/** @type {any} */
let litert = null;
/** @type {any[]} */
const models = [];

/** @returns {Promise<URL>} of the WebAssembly this browser is fastest with */
async function script() {
  const fast = await litert.supportsFeature("relaxedSimd");
  return new URL(fast ? "litert_wasm_internal.js" : "litert_wasm_compat_internal.js", FOLDER);
}

/**
 * Load the runtime: one thread, because more need a server that sends headers of its own.
 * @returns {Promise<{answer: null}>}
 */
export async function load() {
  litert = await import(new URL("litert.js", FOLDER).href);
  const loader = await script();
  const wasm = new URL(loader.pathname.replace(/\.js$/, ".wasm"), loader);
  await new Promise((resolve, reject) => {
    // Emscripten's own hooks: how the WebAssembly gets here, and where its lines go.
    Object.assign(self, {
      Module: {
        /** @param {any} imports @param {(instance: any, module: any) => void} done */
        instantiateWasm(imports, done) {
          instantiated(wasm, imports).then(({ instance, module }) => done(instance, module), reject);
          return {};
        },
        print: () => {},
        printErr: (/** @type {string} */ line) => /^(INFO|WARNING): /.test(line) || console.warn(line),
      },
    });
    withoutGpu(() => litert.loadLiteRt(loader.href)).then(resolve, reject);
  });
  return { answer: null };
}

/** @param {URL} url @param {any} imports @returns {Promise<any>} */
async function instantiated(url, imports) {
  const response = await counted(url, (bytes) => self.postMessage({ bytes }), "application/wasm");
  return WebAssembly.instantiateStreaming(response, imports);
}

/**
 * Models this small are slower on a GPU. The runtime looks for one all the same, and warns if there is none.
 * @param {() => Promise<unknown>} load
 */
async function withoutGpu(load) {
  const { warn } = console;
  Object.defineProperty(navigator, "gpu", { value: undefined, configurable: true });
  console.warn = (...words) => String(words[0]).includes("WebGPU device") || warn(...words);
  try {
    await load();
  } finally {
    console.warn = warn;
  }
}

/**
 * @param {{data: Uint8Array}} given a whole model file
 * @returns {Promise<{answer: {model: number, signatures: Signatures}}>}
 */
export async function open({ data }) {
  const model = await litert.loadAndCompile(data, { accelerator: "wasm" });
  /** @type {Signatures} */
  const signatures = {};
  for (const [name, runner] of Object.entries(model.signatures)) {
    /** @type {(Details & {name: string})[]} */
    const inputs = runner.getInputDetails();
    /** @type {{name: string}[]} */
    const outputs = runner.getOutputDetails();
    signatures[name] = {
      inputs: Object.fromEntries(
        inputs.map((each) => [each.name, { dtype: each.dtype, shape: [...each.shape] }]),
      ),
      outputs: outputs.map((each) => each.name),
    };
  }
  models.push(model);
  return { answer: { model: models.length - 1, signatures } };
}

/**
 * @param {{model: number, signature: string, inputs: Record<string, Float32Array | Int32Array>}} given
 * @returns {Promise<{answer: Record<string, Float32Array | Int32Array>, buffers: ArrayBuffer[]}>}
 */
export async function call({ model, signature, inputs }) {
  const runner = models[model].signatures[signature];
  /** @type {Record<string, any>} */
  const tensors = {};
  /** @type {Record<string, any>} */
  let outputs = {};
  try {
    for (const { name, shape } of runner.getInputDetails())
      tensors[name] = new litert.Tensor(inputs[name], [...shape]);
    outputs = await runner.run(tensors);
    const answer = Object.fromEntries(
      Object.entries(outputs).map(([name, each]) => [name, each.toTypedArray()]),
    );
    return { answer, buffers: Object.values(answer).map((each) => each.buffer) };
  } finally {
    for (const tensor of [...Object.values(tensors), ...Object.values(outputs)]) tensor.delete();
  }
}
