// A checkpoint of the log: a signed note (C2SP signed-note and tlog-checkpoint) of origin, size and root, with a
// signature line for each signer. This reads it for people; the verifier checks it.

const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Reads a signature line: who signed, with which key, and when if it is a witness's cosignature. */
function signature(line) {
  const match = /^— (\S+) (\S+)$/.exec(line);
  if (!match) return null;
  const bytes = bytesOf(match[2]);
  const result = { name: match[1], keyID: hex(bytes.subarray(0, 4)), time: null };
  // A cosignature has eight bytes of seconds between the key's name and the 64 bytes of the signature.
  if (bytes.length === 4 + 8 + 64) {
    result.time = Number(new DataView(bytes.buffer, bytes.byteOffset + 4, 8).getBigUint64(0)) * 1000;
  }
  return result;
}

/** The parts of a checkpoint; null when the text is none. */
export function readCheckpoint(text) {
  const end = text.indexOf("\n\n");
  if (end < 0) return null;
  const [origin, size, root, ...extensions] = text.slice(0, end).split("\n");
  if (!origin || !/^(0|[1-9]\d*)$/.test(size ?? "") || !/^[A-Za-z0-9+/]{43}=$/.test(root ?? "")) return null;
  const lines = text.slice(end + 2).split("\n").filter((line) => line !== "");
  let signatures;
  try {
    signatures = lines.map(signature);
  } catch {
    return null;
  }
  if (signatures.includes(null)) return null;
  return { origin, size: BigInt(size), root, rootHex: hex(bytesOf(root)), extensions, signatures };
}
