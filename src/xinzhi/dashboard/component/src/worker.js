// A worker: holds some of the members, runs them and the scenario, and counts what becomes of each target.
// The kernel's arguments are those of engine/emit.py: SIGNATURE. Two members a block.
"use strict";

const big = BigInt;
let model, memory, at, kernels, width, pair;

self.onmessage = async ({ data }) => {
  try {
    if (data.begin) await begin(data.begin);
    else self.postMessage(answer(data));
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
};

async function begin(given) {
  model = given;
  const count = model.met.length;
  pair = count + (count % 2); // the scenario's own run stands in the last two columns
  width = pair + 2;
  const sizes = {
    constants: 8 * model.rows * width, out: 8 * model.variables * model.years * width, status: 8 * width,
    saves: 8 * model.saves.length, fast: 8 * model.fast.uniform.length, strict: 8 * model.strict.uniform.length,
  };
  at = {};
  let top = 1024;
  for (const [name, size] of Object.entries(sizes)) {
    at[name] = top;
    top += Math.ceil(size / 64) * 64;
  }
  memory = new WebAssembly.Memory({ initial: Math.ceil(top / 65536) + 1 });
  doubles(at.fast, model.fast.uniform.length).set(model.fast.uniform);
  doubles(at.strict, model.strict.uniform.length).set(model.strict.uniform);
  new BigInt64Array(memory.buffer, at.saves, model.saves.length).set(model.saves);
  for (let row = 0; row < model.rows; row++) constants(row).fill(model.shared[row]);
  for (const [row, values] of model.members) constants(row).set(values);
  const imports = { env: { __linear_memory: memory } };
  kernels = {};
  for (const kind of ["fast", "strict"]) {
    const made = await WebAssembly.instantiate(model[kind].module, imports);
    kernels[kind] = (made.instance || made).exports.kernel;
  }
  self.postMessage({ ready: true });
}

const doubles = (place, length) => new Float64Array(memory.buffer, place, length);
const constants = (row) => doubles(at.constants + 8 * row * width, width);

function call(kind, first, blocks, steps) {
  kernels[kind](
    at.constants + 8 * first, big(width), big(blocks), at.out + 8 * first, big(width), at[kind], at.saves,
    big(steps), big(model.years), at.status + 8 * first, 0n, 0n, 0,
  );
}

// Members that the fast kernel refuses are run again by the strict one.
function compute(first, members, steps) {
  call("fast", first, Math.ceil(members / 2), steps);
  const status = doubles(at.status, width);
  for (let member = first; member < first + members; member += 2) {
    if (Number.isNaN(status[member] + status[member + 1])) call("strict", member, 1, steps);
  }
}

function answer({ id, levers, members, steps, years }) {
  for (const [row, value] of levers) constants(row).fill(value);
  const count = Math.min(members, model.met.length);
  compute(pair, 2, model.saves.length - 1);
  compute(0, count, steps);
  const sound = soundMembers(count);
  const counts = judged(sound);
  const curves = sorted(sound, years);
  const reply = { id, counts, curves, sound: sound.length, failed: count - sound.length, own: ownRun() };
  return reply;
}

function soundMembers(count) {
  const status = doubles(at.status, width);
  const found = [];
  for (let member = 0; member < count; member++) {
    if (model.met[member] && !Number.isNaN(status[member])) found.push(member);
  }
  return found;
}

const values = (variable, year) => doubles(at.out + 8 * (variable * model.years + year) * width, width);

// How many meet each target, and (last) all of them.
function judged(sound) {
  const counts = new Float64Array(model.targets.length + 1);
  const rows = model.targets.map((target) => [target, model.base[target.variable], values(target.variable, target.row)]);
  for (const member of sound) {
    let all = 1;
    rows.forEach(([target, base, final], i) => {
      const met = meets(target, measured(target, base[member], final[member]));
      counts[i] += met;
      all &= met;
    });
    counts[rows.length] += all;
  }
  return counts;
}

// Each variable in each of the first years, members in order of size: [variable][year][member].
function sorted(sound, years) {
  const out = new Float64Array(model.variables * years * sound.length);
  let place = 0;
  for (let variable = 0; variable < model.variables; variable++) {
    for (let year = 0; year < years; year++) {
      const row = values(variable, year);
      const part = out.subarray(place, (place += sound.length));
      for (let i = 0; i < sound.length; i++) part[i] = row[sound[i]];
      part.sort();
    }
  }
  return out;
}

function ownRun() {
  const out = new Float64Array(model.variables * model.years);
  for (let variable = 0; variable < model.variables; variable++) {
    for (let year = 0; year < model.years; year++) out[variable * model.years + year] = values(variable, year)[pair];
  }
  return out;
}
