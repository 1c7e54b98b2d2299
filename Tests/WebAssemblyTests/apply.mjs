// Applies the commands of each given file to a fresh instance of the re-execution component and prints
// one JSON object a file: imports, outcome, sequence, trades, hash.
//
// usage: node apply.mjs ReExecution.wasm FILE…

import { readFileSync } from "node:fs";

const [component, ...files] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(component));
const imports = WebAssembly.Module.imports(module).length;

for (const file of files) {
  const { exports } = new WebAssembly.Instance(module, {});
  const commands = readFileSync(file);
  const address = exports.allocate(commands.length);
  new Uint8Array(exports.memory.buffer, address, commands.length).set(commands);
  const outcome = exports.apply(address, commands.length);
  const digest = exports.allocate(32);
  exports.hash(digest);
  console.log(
    JSON.stringify({
      imports,
      outcome,
      sequence: Number(exports.sequence()),
      trades: Number(exports.trades()),
      hash: Buffer.from(exports.memory.buffer, digest, 32).toString("hex"),
    }),
  );
}
