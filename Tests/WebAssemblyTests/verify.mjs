// Verifies each bundle in the verifier component and prints its verdict, one line a bundle; the first line
// says how many imports the module has.
//
// usage: node verify.mjs Verifier.wasm trust.json BUNDLE…

import { readFileSync } from "node:fs";

const [component, trustFile, ...files] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(component));
const { exports } = new WebAssembly.Instance(module, {});

const give = (bytes) => {
  const address = exports.allocate(bytes.length);
  new Uint8Array(exports.memory.buffer, address, bytes.length).set(bytes);
  return address;
};

console.log(WebAssembly.Module.imports(module).length);
const trust = readFileSync(trustFile);
for (const file of files) {
  const bundle = readFileSync(file);
  const bundleAddress = give(bundle);
  const trustAddress = give(trust);
  const answer = exports.verify(bundleAddress, bundle.length, trustAddress, trust.length);
  const count = new DataView(exports.memory.buffer).getUint32(answer, true);
  console.log(Buffer.from(exports.memory.buffer, answer + 4, count).toString("utf8"));
  for (const address of [answer, bundleAddress, trustAddress]) exports.release(address);
}
