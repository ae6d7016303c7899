// Kernels in Node, for tests/wasm_node.py: node run_wasm.mjs INPUT OUTPUT [REPEATS]. As the page's worker.js: blocks of
// two members, and the modules in turn, each for the blocks that the one before it has refused.
import fs from "node:fs";

const [input, output, repeats = "1"] = process.argv.slice(2);
const given = fs.readFileSync(input);
const bytes = given.buffer.slice(given.byteOffset, given.byteOffset + given.length);
const length = given.readUInt32LE(0);
const cases = JSON.parse(given.toString("utf8", 4, 4 + length));
const body = Math.ceil((4 + length) / 8) * 8;
const doubles = ([place, count]) => new Float64Array(bytes, body + place, count);
const raw = ([place, count]) => new Uint8Array(bytes, body + place, count);
const big = BigInt;
const file = fs.openSync(output, "w");
const about = [];

for (const it of cases) {
  let top = 1024;
  const room = (count) => {
    const place = top;
    top += Math.ceil((8 * count) / 64) * 64;
    return place;
  };
  const steps = it.saves.length - 1;
  const out = room(it.saved * it.times * it.members);
  const status = room(it.members);
  const constants = room(it.constants[1]);
  const uniforms = it.uniforms.map(([, count]) => room(count));
  const saves = room(it.saves.length);
  const scratch = room(2 * it.delayed * it.saves.length);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(top / 65536) + 1 });
  const view = (place, count) => new Float64Array(memory.buffer, place, count);
  view(constants, it.constants[1]).set(doubles(it.constants));
  it.uniforms.forEach((part, i) => view(uniforms[i], part[1]).set(doubles(part)));
  new BigInt64Array(memory.buffer, saves, it.saves.length).set(BigInt64Array.from(it.saves, BigInt));
  const compiled = [];
  const modules = it.modules.map((part) => {
    const start = performance.now();
    const module = new WebAssembly.Module(raw(part));
    compiled.push(performance.now() - start);
    return module;
  });
  const marks = [];
  const times = [];
  modules.forEach((module, i) => {
    const { kernel } = new WebAssembly.Instance(module, { env: { __linear_memory: memory } }).exports;
    const run = (first, blocks) =>
      kernel(constants + 8 * first, big(it.members), big(blocks), out + 8 * first, big(it.members), uniforms[i], saves,
        big(steps), big(it.times), status + 8 * first, big(first), big(it.seed), scratch);
    const before = marks.at(-1);
    if (!before) {
      for (let turn = 0; turn < Number(repeats); turn++) {
        const start = performance.now();
        run(0, it.members / 2);
        times.push(performance.now() - start);
      }
    } else for (let first = 0; first < it.members; first += 2) if (Number.isNaN(before[first] + before[first + 1])) run(first, 1);
    marks.push(view(status, it.members).slice());
  });
  const { imports, exports } = WebAssembly.Module;
  about.push({ imports: modules.map((module) => imports(module)), exports: modules.map((module) => exports(module)), compiled, times });
  for (const part of [view(out, it.saved * it.times * it.members), ...marks]) fs.writeSync(file, Buffer.from(part.buffer, part.byteOffset, part.byteLength));
}
fs.closeSync(file);
process.stdout.write(JSON.stringify(about));
