import assert from "node:assert/strict";
import { test } from "node:test";
import { merged, withNews } from "../../../Web/app/account.js";
import * as base64url from "../../../Web/app/base64url.js";
import { readCheckpoint } from "../../../Web/app/checkpoint.js";
import { APIError, plainWords } from "../../../Web/app/errors.js";
import * as format from "../../../Web/app/format.js";
import { mergeCandles, readCandle } from "../../../Web/app/market.js";
import * as passkey from "../../../Web/app/passkey.js";
import { differences } from "../../../Web/app/proof.js";
import { Session } from "../../../Web/app/session.js";
import { shortcutOf, shortcuts } from "../../../Web/app/shortcuts.js";

test("base64url goes both ways for every length, and refuses what it is not", () => {
  for (let count = 0; count < 70; count += 1) {
    const bytes = Uint8Array.from({ length: count }, (_, index) => (index * 37 + count * 251) & 255);
    assert.deepEqual(base64url.decode(base64url.encode(bytes)), bytes);
    assert.equal(base64url.encode(bytes), Buffer.from(bytes).toString("base64url"));
  }
  for (const text of ["a+b", "a/b", "a b", "ä"]) assert.throws(() => base64url.decode(text), TypeError);
});

test("passkey options become buffers, and credentials become JSON", () => {
  const created = passkey.creationOptions({ challenge: "AQID", user: { id: "BAU", name: "a" }, excludeCredentials: [{ id: "Bg", type: "public-key" }], rp: { id: "x" } });
  assert.deepEqual([created.challenge, created.user.id, created.excludeCredentials[0].id], [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5), Uint8Array.of(6)]);
  assert.equal(created.rp.id, "x");
  assert.deepEqual(passkey.requestOptions({ challenge: "AQID" }).allowCredentials, []);
  const buffer = (...bytes) => Uint8Array.from(bytes).buffer;
  const credential = { id: "Bg", rawId: buffer(6), type: "public-key", getClientExtensionResults: () => ({}) };
  const assertion = passkey.assertionJSON({ ...credential, response: { clientDataJSON: buffer(1), authenticatorData: buffer(2), signature: buffer(3), userHandle: null } });
  assert.deepEqual(assertion.response, { clientDataJSON: "AQ", authenticatorData: "Ag", signature: "Aw", userHandle: undefined });
  const made = passkey.registrationJSON({ ...credential, response: { clientDataJSON: buffer(1), attestationObject: buffer(2) } });
  assert.deepEqual(made.response, { clientDataJSON: "AQ", attestationObject: "Ag", transports: [] });
});

test("every error is said in words, whoever made it", () => {
  assert.match(plainWords(new APIError("insufficientFunds", "x", { status: 422 })), /not have enough/);
  assert.match(plainWords(new APIError("WOULD_TAKE", "x", { status: 422 })), /post-only/);
  assert.match(plainWords(new APIError("never_heard_of", "the moon is wrong", { status: 422 })), /moon/);
  assert.match(plainWords(new APIError("http_502", "", { status: 502 })), /cannot be reached/);
  assert.match(plainWords(Object.assign(new Error("x"), { name: "NotAllowedError" })), /passkey was not used/);
  assert.match(plainWords(new Error("strange")), /strange/);
});

test("older news about an order changes nothing, newer news all of it", () => {
  const known = { order_id: "1", status: "filled", sequence: 9, quantity: "1" };
  assert.equal(withNews(known, { order_id: "1", status: "open", sequence: "8", price: "5" }).status, "filled");
  assert.equal(withNews(known, { order_id: "1", status: "open", sequence: "8", price: "5" }).price, "5");
  assert.equal(withNews(known, { order_id: "1", status: "cancelled", sequence: 10 }).status, "cancelled");
  assert.deepEqual(merged([{ id: "9" }, { id: "1" }], [{ id: "10" }, { id: "9", n: 1 }], "id"), [{ id: "10" }, { id: "9", n: 1 }, { id: "1" }]);
});

test("candles are merged by their start, the later word wins", () => {
  const candle = readCandle({ bucket_start: "2026-01-01T00:00:05.000000000Z", open: "1", high: "2", low: "1", close: "2", volume: "3", trades: 1 });
  assert.equal(candle.time, Date.UTC(2026, 0, 1, 0, 0, 5) / 1000);
  const list = mergeCandles([{ time: 2, close: "a" }, { time: 3, close: "b" }], [{ time: 3, close: "c" }, { time: 1, close: "d" }]);
  assert.deepEqual(list.map(({ time, close }) => `${time}${close}`), ["1d", "2a", "3c"]);
});

test("a checkpoint is read, and what is none is not", () => {
  const root = Buffer.alloc(32, 7).toString("base64");
  const note = (bytes) => `— log.example ${Buffer.from(bytes).toString("base64")}\n`;
  const cosignature = new Uint8Array(76);
  new DataView(cosignature.buffer).setBigUint64(4, 1_700_000_000n);
  const text = `log.example\n1234\n${root}\n\n${note(new Uint8Array(68))}${note(cosignature)}`;
  const checkpoint = readCheckpoint(text);
  assert.equal(checkpoint.size, 1234n);
  assert.equal(checkpoint.rootHex, "07".repeat(32));
  assert.deepEqual(checkpoint.signatures.map(({ time }) => time), [null, 1_700_000_000_000]);
  for (const wrong of ["", "a\nb\n\n", text.replace("1234", "01"), text.replace(root, "AAAA"), text.replace("— log", "- log")]) {
    assert.equal(readCheckpoint(wrong), null, wrong);
  }
});

test("numbers and times are written for people", () => {
  const instrument = { tick: "0.01", lot: "0.0001" };
  assert.equal(format.price("1234567.5", instrument), "1,234,567.50");
  assert.equal(format.quantity("12", instrument), "12.0000");
  assert.equal(format.price(null, instrument), "–");
  assert.equal(format.compact("12345678.9"), "12.34M");
  assert.equal(format.compact("999.999"), "999.99");
  assert.equal(format.milliseconds("2026-01-01T00:00:00.123456789Z"), Date.UTC(2026, 0, 1) + 123);
  assert.equal(format.words("pending_trigger"), "Pending trigger");
});

test("each key has one meaning, and none while something is typed", () => {
  const keys = shortcuts.flatMap(({ keys: list }) => list);
  assert.equal(new Set(keys).size, keys.length);
  const event = (key, fields) => ({ key, target: { closest: () => null }, ...fields });
  assert.equal(shortcutOf(event("b")), "buy");
  assert.equal(shortcutOf(event("X")), "cancelAll");
  assert.equal(shortcutOf(event("b", { ctrlKey: true })), null);
  assert.equal(shortcutOf(event("b", { target: { closest: () => ({}) } })), null);
  assert.equal(shortcutOf(event("Escape", { target: { closest: () => ({}) } })), "close");
});

test("a genuine bundle of another trade, side, price or quantity is told apart", () => {
  const statement = {
    type: "trade", trade: "125", price: "58219", quantity: "3",
    buyer: { contract: "did:orbit:contract:demo:250" }, seller: { contract: "did:orbit:contract:demo:251" },
  };
  const fill = { trade_id: "125", contract_id: "250", side: "BUY", price: "582.190", quantity: "0.03" };
  const instrument = { tick: "0.01", lot: "0.01" };
  const found = (changes, disclosure = { side: "buy" }) => differences(statement, disclosure, { ...fill, ...changes }, instrument).length;
  assert.equal(found({}), 0);
  assert.equal(found({ side: "SELL", contract_id: "251" }, { side: "sell" }), 0);
  assert.equal(found({ trade_id: "126" }), 1);
  assert.equal(found({ contract_id: "251" }), 1);
  assert.equal(found({}, { side: "sell" }), 1);
  assert.equal(found({ price: "582.2" }), 1);
  assert.equal(found({ quantity: "3" }), 1);
  assert.deepEqual(differences({ type: "settlement" }, null, fill, instrument), ["The bundle is not about a trade."]);
});

test("a session keeps what renews it in the tab, never the token itself", () => {
  const kept = new Map();
  const storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text), removeItem: (name) => kept.delete(name) };
  let changes = 0;
  const session = new Session({ storage, onChange: () => { changes += 1; } });
  assert.equal(session.restore(), false);
  session.begin({ token: "short", refresh_token: "long", expires_in: 900 });
  session.rename("ada");
  assert.equal([...kept.values()].join().includes("short"), false);
  const other = new Session({ storage });
  assert.equal(other.restore(), true);
  assert.deepEqual([other.refreshToken, other.username, other.accessToken], ["long", "ada", null]);
  session.ended();
  assert.deepEqual([session.accessToken, kept.size, changes], [null, 0, 2]);
  kept.set("parallax.session", "{");
  assert.equal(new Session({ storage }).restore(), false);
});
