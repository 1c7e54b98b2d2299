// Checks the runtime of the components: its 128-bit arithmetic against BigInt, and its memory. Prints one
// JSON object: how many results were compared, and the first few that were wrong.
//
// usage: node runtime.mjs runtime.wasm

import { readFileSync } from "node:fs";

const { exports } = new WebAssembly.Instance(
  new WebAssembly.Module(readFileSync(process.argv[2])),
  {},
);
let compared = 0;
const wrong = [];

function expect(what, actual, expected) {
  compared += 1;
  if (actual !== expected && wrong.length < 5) wrong.push(`${what}: ${actual}, not ${expected}`);
}

// SplitMix64, so that every run is the same.
let state = 1n;
function random() {
  state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
  let mixed = BigInt.asUintN(64, (state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n);
  mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
  return mixed ^ (mixed >> 31n);
}

const result = exports.malloc(16);
function call(name, ...words) {
  exports[name](result, ...words);
  const [low, high] = new BigUint64Array(exports.memory.buffer, result, 2);
  return (high << 64n) | low;
}
const low = (value) => BigInt.asIntN(64, value);
const high = (value) => BigInt.asIntN(64, value >> 64n);
const signed = (value) => BigInt.asIntN(128, value);
const unsigned = (value) => BigInt.asUintN(128, value);

function compareArithmetic(a, b) {
  const words = [low(a), high(a), low(b), high(b)];
  expect(`${a} * ${b}`, call("__multi3", ...words), unsigned(a * b));
  if (b === 0n) return;
  expect(`${a} / ${b}`, call("__udivti3", ...words), a / b);
  expect(`${a} % ${b}`, call("__umodti3", ...words), a % b);
  const quotient = unsigned(signed(a) / signed(b));
  expect(`signed ${a} / ${b}`, call("__divti3", ...words), quotient);
  const remainder = unsigned(signed(a) % signed(b));
  expect(`signed ${a} % ${b}`, call("__modti3", ...words), remainder);
}

function compareShifts(a) {
  for (let count = 0; count < 128; count += 1) {
    const by = BigInt(count);
    const words = [low(a), high(a), count];
    expect(`${a} << ${count}`, call("__ashlti3", ...words), unsigned(a << by));
    expect(`${a} >> ${count}`, call("__lshrti3", ...words), a >> by);
    expect(`signed ${a} >> ${count}`, call("__ashrti3", ...words), unsigned(signed(a) >> by));
  }
}

const edges = [0n, 1n, 2n, 3n, 10n, 1n << 32n, 1n << 63n, 1n << 64n, 1n << 127n]
  .flatMap((value) => [value, unsigned(value - 1n), unsigned(-value)]);
for (const a of edges) {
  compareShifts(a);
  for (const b of edges) compareArithmetic(a, b);
}
for (let round = 0; round < 2000; round += 1) {
  const a = ((random() << 64n) | random()) >> (random() & 127n);
  const b = ((random() << 64n) | random()) >> (random() & 127n);
  compareArithmetic(a, b);
  if (round < 50) compareShifts(a);
}

// Comparing bytes: by the first that differs, as numbers without a sign.
const pair = exports.malloc(16);
for (const [left, right, order] of [[7, 7, 0], [6, 7, -1], [255, 1, 1]]) {
  new Uint8Array(exports.memory.buffer, pair, 16).set([1, 2, left, 9, 9, 9, 9, 9, 1, 2, right, 3]);
  expect(`${left} against ${right}`, exports.memcmp(pair, pair + 8, 3), order);
}
exports.free(pair);

// Memory: each live block is aligned, keeps its own byte everywhere, and freed memory is used again.
const live = [];
function allocate(size, round) {
  const address = exports.malloc(size) >>> 0;
  expect(`alignment of ${size} bytes`, address % 16, 0);
  exports.memset(address, round & 255, size);
  live.push({ address, size, byte: round & 255 });
}
function release(index) {
  const [{ address, size, byte }] = live.splice(index, 1);
  const bytes = new Uint8Array(exports.memory.buffer, address, size);
  expect(`contents of ${size} bytes`, bytes.every((value) => value === byte), true);
  exports.free(address);
}
for (let size = 0; size < 2000; size += 1) allocate(size, size);
for (let round = 0; round < 20000; round += 1) {
  if (live.length > 0 && random() & 1n) release(Number(random() % BigInt(live.length)));
  else allocate(Number(random() % (1n << (random() % 18n))), round);
}
while (live.length > 0) release(live.length - 1);
const pages = exports.memory.buffer.byteLength;
for (let round = 0; round < 10000; round += 1) exports.free(exports.malloc(100000));
expect("memory after using it again", exports.memory.buffer.byteLength, pages);

console.log(JSON.stringify({ compared, wrong }));
