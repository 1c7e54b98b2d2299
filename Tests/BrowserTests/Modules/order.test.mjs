import assert from "node:assert/strict";
import { test } from "node:test";
import * as orders from "../../../Web/app/order.js";

const instrument = { symbol: "BTC-USD", base: "BTC", quote: "USD", tick: "0.05", lot: "0.001" };
const now = Date.UTC(2026, 0, 1);

const ticket = (fields) => ({ ...orders.emptyTicket(), quantity: "1", price: "100", ...fields });
const read = (fields) => orders.read(ticket(fields), instrument, now);

test("every order type has its own members and no others", () => {
  const members = (fields) => Object.keys(read(fields).order).filter((name) => /price|trail/.test(name)).sort();
  assert.deepEqual(members({ type: "LIMIT" }), ["price"]);
  assert.deepEqual(members({ type: "MARKET", timeInForce: "IOC" }), []);
  assert.deepEqual(members({ type: "STOP", trigger: "90" }), ["trigger_price"]);
  assert.deepEqual(members({ type: "STOP_LIMIT", trigger: "90" }), ["price", "trigger_price"]);
  assert.deepEqual(members({ type: "TRAILING_STOP", trail: "5" }), ["trail"]);
});

test("another type begins with its usual time in force, and without options it has not", () => {
  const market = orders.changed(ticket({ postOnly: "REJECT" }), { type: "MARKET" });
  assert.equal(market.timeInForce, "IOC");
  assert.equal(market.postOnly, "OFF");
  assert.equal(orders.changed(market, { type: "LIMIT" }).timeInForce, "GTC");
  assert.equal(orders.changed(ticket({ postOnly: "REPRICE" }), { timeInForce: "FOK" }).postOnly, "OFF");
  assert.equal(orders.changed(ticket({ timeInForce: "DAY" }), { price: "3" }).timeInForce, "DAY");
});

test("options travel under the names of the interface", () => {
  const { order } = read({ postOnly: "REPRICE", display: "0.25", timeInForce: "GTT", expiresAt: "2026-06-01T00:00:00Z", selfTrade: "NONE" });
  assert.deepEqual(order, {
    instrument: "BTC-USD", side: "BUY", type: "LIMIT", quantity: "1", price: "100", time_in_force: "GTT",
    expires_at: "2026-06-01T00:00:00.000Z", display_quantity: "0.25", post_only: "REPRICE", self_trade_prevention: "NONE",
  });
});

test("what cannot be sent is said at its field", () => {
  const field = (fields) => Object.keys(read(fields).errors);
  assert.deepEqual(field({ quantity: "" }), ["quantity"]);
  assert.deepEqual(field({ quantity: "abc" }), ["quantity"]);
  assert.deepEqual(field({ quantity: "-1" }), ["quantity"]);
  assert.deepEqual(field({ quantity: "0.0005" }), ["quantity"]);
  assert.deepEqual(field({ price: "100.01" }), ["price"]);
  assert.deepEqual(field({ price: "0" }), ["price"]);
  assert.deepEqual(field({ type: "STOP", trigger: "" }), ["trigger"]);
  assert.deepEqual(field({ type: "TRAILING_STOP", trail: "0.01" }), ["trail"]);
  assert.deepEqual(field({ display: "2" }), ["display"]);
  assert.deepEqual(field({ timeInForce: "GTT", expiresAt: "" }), ["expiresAt"]);
  assert.deepEqual(field({ timeInForce: "GTT", expiresAt: "2025-12-31T23:59:59Z" }), ["expiresAt"]);
  assert.deepEqual(field({ price: "1,234.05" }), []);
});

test("a share of what is available is a whole number of lots that can be paid for", () => {
  const buy = { side: "BUY", available: "1000", price: "333", lot: "0.001", percent: 100 };
  assert.equal(orders.affordable(buy), "3.003");
  assert.equal(orders.affordable({ ...buy, feeRate: "0.01" }), "2.973");
  assert.equal(orders.affordable({ ...buy, percent: 25 }), "0.75");
  assert.equal(orders.affordable({ ...buy, price: "" }), null);
  assert.equal(orders.affordable({ side: "SELL", available: "1.23456", lot: "0.001", percent: 50 }), "0.617");
});

test("an order is said in a line, and its value is exact", () => {
  const { order } = read({ side: "SELL", type: "STOP_LIMIT", trigger: "1000", price: "999.95", quantity: "2" });
  assert.equal(orders.describe(order, instrument), "Sell 2 BTC, stop limit at 999.95 USD, once 1,000 trades");
  assert.equal(orders.notional(ticket({ quantity: "0.001" }), "64123.45"), "64.12345");
  assert.equal(orders.notional(ticket({ quantity: "" }), "1"), null);
});
