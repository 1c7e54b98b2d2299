// The venue's verifier of bundles as WebAssembly: the code that `parallax verify` runs. It imports nothing, so it
// can reach nothing; it gets two files and answers with a verdict (docs/bundle.md).

let loaded = null;

async function instantiate(source) {
  const { instance } =
    source instanceof Response
      ? await WebAssembly.instantiateStreaming(source, {})
      : await WebAssembly.instantiate(source, {});
  return instance.exports;
}

/** Makes the function (bundle, trust) -> verdict of a module's bytes or of a response that brings them. */
export async function makeVerifier(source) {
  const exports = await instantiate(source);
  const give = (bytes) => {
    const address = exports.allocate(bytes.length);
    new Uint8Array(exports.memory.buffer, address, bytes.length).set(bytes);
    return address;
  };
  return (bundle, trust) => {
    const bundleAddress = give(bundle);
    const trustAddress = give(trust);
    const answer = exports.verify(bundleAddress, bundle.length, trustAddress, trust.length);
    // The memory may have grown, so the view is made after the call.
    const count = new DataView(exports.memory.buffer).getUint32(answer, true);
    const json = new TextDecoder().decode(new Uint8Array(exports.memory.buffer, answer + 4, count));
    for (const address of [answer, bundleAddress, trustAddress]) exports.release(address);
    return JSON.parse(json);
  };
}

/** Verifies a bundle in this page; the module is fetched once. */
export async function verify(bundle, trust) {
  loaded ??= fetch("/components/verifier.wasm").then((response) => {
    if (!response.ok) throw new Error("the venue does not serve its verifier");
    return makeVerifier(response);
  });
  try {
    return (await loaded)(bundle, trust);
  } catch (error) {
    loaded = null;
    throw error;
  }
}
