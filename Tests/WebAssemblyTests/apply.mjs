// Has a fresh instance of the re-execution component apply the records of each given file, and prints one
// JSON object a file: imports, status, sequence, trades, hash, and what is wrong if something is.
//
// usage: node apply.mjs ReExecution.wasm FILE…

import { readFileSync } from "node:fs";

const [component, ...files] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(component));
const imports = WebAssembly.Module.imports(module).length;

for (const file of files) {
  const { exports } = new WebAssembly.Instance(module, {});
  const give = (bytes) => {
    const address = exports.input(bytes.length);
    new Uint8Array(exports.memory.buffer, address, bytes.length).set(bytes);
    return bytes.length;
  };
  const answer = () => {
    const place = exports.answer();
    const address = Number(BigInt.asUintN(64, place) >> 32n);
    return Buffer.from(exports.memory.buffer, address, Number(place & 0xffffffffn));
  };
  const begun = exports.begin(give(Buffer.concat([Buffer.alloc(32, 7), Buffer.from("venue.example")])));
  const status = begun || exports.apply(give(readFileSync(file)));
  const problem = status === 0 ? "" : answer().toString();
  if (status === 0) exports.hash();
  console.log(
    JSON.stringify({
      imports,
      status,
      sequence: Number(exports.sequence()),
      trades: Number(exports.trades()),
      hash: status === 0 ? answer().toString("hex") : "",
      problem,
    }),
  );
}
