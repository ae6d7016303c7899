// The model, which the server sends once as bytes: a length, a header in JSON, then arrays and modules, each on 8 bytes.
function readFeed(bytes) {
  const at = new DataView(bytes.buffer, bytes.byteOffset);
  const length = at.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const body = bytes.slice(Math.ceil((4 + length) / 8) * 8);
  const doubles = ([place, count]) => new Float64Array(body.buffer, place, count).slice();
  const raw = ([place, count]) => body.slice(place, place + count);
  const floats = ([place, count]) => new Float32Array(body.buffer, place, count).slice();
  const rows = (all, count) => { return Array.from({ length: all.length / count }, (_, i) => all.slice(i * count, (i + 1) * count)); };
  const members = rows((head.single ? floats : doubles)(head.members), head.met.length);
  const base = rows(doubles(head.base), head.met.length + 1);
  return {
    ...head,
    shared: doubles(head.shared), base: base.map((row) => row.slice(0, -1)), own_base: base.map((row) => row[row.length - 1]),
    members: head.member_rows.map((row, i) => [row, members[i]]),
    saves: BigInt64Array.from(head.saves, BigInt),
    quick: { module: raw(head.quick[0]), uniform: doubles(head.quick[1]) }, strict: { module: raw(head.strict[0]), uniform: doubles(head.strict[1]) },
  };
}

// A module of one function that uses a vector: what every browser since 2021 runs.
const SIMD = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);

function missing(words) {
  if (typeof WebAssembly !== "object" || typeof Worker !== "function") return words.no_wasm;
  return WebAssembly.validate(SIMD) ? "" : words.no_simd;
}
