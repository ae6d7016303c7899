// A worker: holds some of the members, runs them and the scenario, and counts what becomes of each target.
// The kernels' arguments are those of engine/emit.py: SIGNATURE. The members' kernel may be of floats; the strict one, of
// doubles, runs the scenario itself, and the members that the other refuses, two columns at a time.
"use strict";

const big = BigInt;
const PAIR = 2;
let model, memory, at, kernels, width, Real;

self.onmessage = async ({ data }) => {
  try {
    if (data.begin) await begin(data.begin);
    else self.postMessage(answer(data));
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};

async function begin(received) {
  model = received;
  Real = model.single ? Float32Array : Float64Array;
  const size = Real.BYTES_PER_ELEMENT;
  const lanes = 16 / size;
  width = Math.max(lanes, Math.ceil(model.met.length / lanes) * lanes);
  const saved = model.variables * model.years;
  reserve({
    constants: size * model.rows * width, out: size * saved * width, status: size * width, quick: size * model.quick.uniform.length,
    strict_constants: 8 * model.rows * PAIR, strict_out: 8 * saved * PAIR, strict_status: 8 * PAIR, strict: 8 * model.strict.uniform.length,
    saves: 8 * model.saves.length,
  });
  reals(at.quick, model.quick.uniform.length).set(model.quick.uniform);
  doubles(at.strict, model.strict.uniform.length).set(model.strict.uniform);
  new BigInt64Array(memory.buffer, at.saves, model.saves.length).set(model.saves);
  for (let row = 0; row < model.rows; row++) constants(row).fill(model.shared[row]);
  for (const [row, values] of model.members) constants(row).set(values);
  kernels = { quick: await kernel(model.quick.module), strict: await kernel(model.strict.module) };
  self.postMessage({ ready: true });
}

// Memory for everything, each part on 64 bytes.
function reserve(sizes) {
  at = {};
  let top = 1024;
  for (const [name, size] of Object.entries(sizes)) {
    at[name] = top;
    top += Math.ceil(size / 64) * 64;
  }
  memory = new WebAssembly.Memory({ initial: Math.ceil(top / 65536) + 1 });
}

async function kernel(module) {
  const made = await WebAssembly.instantiate(module, { env: { __linear_memory: memory } });
  return (made.instance || made).exports.kernel;
}

const reals = (place, length) => new Real(memory.buffer, place, length);
const doubles = (place, length) => new Float64Array(memory.buffer, place, length);
const constants = (row) => reals(at.constants + Real.BYTES_PER_ELEMENT * row * width, width);
const values = (variable, year) => reals(at.out + Real.BYTES_PER_ELEMENT * (variable * model.years + year) * width, width);

function answer({ levers, members, steps, years, own }) {
  const count = Math.min(members, model.met.length);
  for (let i = 0; i < levers.length; i += 2) constants(levers[i]).fill(levers[i + 1]);
  const scenario = own ? ownRun(levers) : null;
  const blocks = Math.ceil(count / (16 / Real.BYTES_PER_ELEMENT));
  kernels.quick(at.constants, big(width), big(blocks), at.out, big(width), at.quick, at.saves, big(steps), big(model.years), at.status, 0n, 0n, 0);
  const status = reals(at.status, width);
  for (let member = 0; member < count; member++) if (Number.isNaN(status[member])) again(member, steps);
  const sound = soundMembers(count, status);
  return { counts: judged(sound), curves: sorted(sound, years), sound: sound.length, failed: count - sound.length, own: scenario };
}

// The strict kernel on the constants that `of` gives by row; what it saves is at [place][0].
function strict(of, steps) {
  const pair = doubles(at.strict_constants, model.rows * PAIR);
  for (let row = 0; row < model.rows; row++) pair[PAIR * row] = pair[PAIR * row + 1] = of(row);
  kernels.strict(at.strict_constants, big(PAIR), 1n, at.strict_out, big(PAIR), at.strict, at.saves, big(steps), big(model.years), at.strict_status, 0n, 0n, 0);
  return doubles(at.strict_out, model.variables * model.years * PAIR);
}

function ownRun(levers) {
  const set = new Map();
  for (let i = 0; i < levers.length; i += 2) set.set(levers[i], levers[i + 1]);
  const out = strict((row) => set.get(row) ?? model.shared[row], model.saves.length - 1);
  const failed = Number.isNaN(doubles(at.strict_status, PAIR)[0]);
  return Float64Array.from({ length: model.variables * model.years }, (_, place) => (failed ? NaN : out[PAIR * place]));
}

// A member that the quick kernel refuses.
function again(member, steps) {
  const out = strict((row) => constants(row)[member], steps);
  for (let place = 0; place < model.variables * model.years; place++) reals(at.out, (place + 1) * width)[place * width + member] = out[PAIR * place];
  reals(at.status, width)[member] = doubles(at.strict_status, PAIR)[0];
}

function soundMembers(count, status) {
  const found = [];
  for (let member = 0; member < count; member++) if (model.met[member] && !Number.isNaN(status[member])) found.push(member);
  return found;
}

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
  const out = new Real(model.variables * years * sound.length);
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
