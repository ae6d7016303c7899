// The page's own scripts in Node, for tests/test_wasm.py and the benchmark: node run_page.mjs JOB. Only the browser's Worker, Blob and
// addresses of blobs are stood in for: a Worker is a thread of Node.
import fs from "node:fs";
import vm from "node:vm";
import { Worker as Thread } from "node:worker_threads";

const job = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const source = (name) => fs.readFileSync(new URL(`../src/xinzhi/dashboard/component/src/${name}`, import.meta.url), "utf8");
const SELF = `const { parentPort } = require("node:worker_threads");
globalThis.self = { postMessage: (data) => parentPort.postMessage(data) };
parentPort.on("message", (data) => self.onmessage({ data }));
`;

globalThis.Worker = class {
  constructor(text) {
    this.thread = new Thread(SELF + text, { eval: true });
    this.thread.on("message", (data) => this.onmessage({ data }));
    this.thread.on("error", (error) => this.onerror(error));
  }
  postMessage(data) { this.thread.postMessage(data); }
  terminate() { return this.thread.terminate(); }
};
globalThis.Blob = class { constructor([text]) { this.text = text; } };
URL.createObjectURL = (blob) => blob.text;
URL.revokeObjectURL = () => undefined;

const names = vm.runInThisContext(`${source("verdict.js")}\n${source("feed.js")}\n${source("pool.js")}\n({ readFeed, Pool, missing })`);
const model = names.readFeed(new Uint8Array(fs.readFileSync(job.feed)));
const kept = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
const read = {
  missing: names.missing({ no_wasm: "no wasm", no_simd: "no simd" }),
  rows: model.rows, variables: model.variables, years: model.years, first: model.first, key: model.key, met: model.met,
  levers: model.levers, horizon_step: model.horizon_step, saves: kept(model.saves), shared: kept(model.shared),
  members: model.members.map(([row, values]) => [row, kept(values)]), base: model.base.map(kept), own_base: model.own_base,
  quick: [kept(model.quick.module), kept(model.quick.uniform)], strict: [kept(model.strict.module), kept(model.strict.uniform)],
};
const targets = job.targets.map((target) => ({ ...target, row: target.year - model.first }));
const began = performance.now();
const pool = new names.Pool(`${source("verdict.js")}\n${source("worker.js")}`, { ...model, targets }, job.size);
await pool.ready;
const ready = performance.now() - began;
const answers = [];
for (const { levers, steps, years, used } of job.runs) {
  pool.used = used ?? pool.members;
  const start = performance.now();
  const found = await pool.run(levers, steps, years);
  const took = performance.now() - start;
  answers.push({ ...found, own: Array.from(found.own), took });
}
pool.close();
process.stdout.write(JSON.stringify({ read: job.brief ? null : read, ready, answers }));
