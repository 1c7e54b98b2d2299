import assert from "node:assert/strict";
import { test } from "node:test";
import * as books from "../../../Web/app/book.js";
import { crc32 } from "../../../Web/app/crc32.js";

const snapshot = () => ({
  type: "snapshot", channel: "book", instrument: "BTC-USD", sequence: 7,
  bids: [["100.00", "1.5", 2], ["99.50", "2.0", 1]],
  asks: [["100.50", "0.5", 1], ["101.00", "4.0", 3]],
});

const delta = (fields) => ({ type: "delta", instrument: "BTC-USD", sequence: 8, previous: 7, bids: [], asks: [], ...fields });

const prices = (levels) => levels.map(({ price }) => price);

/** A book that is kept without any of the code under test. */
class Naive {
  constructor({ bids, asks }) {
    this.bids = new Map(bids.map(([price, quantity]) => [price, quantity]));
    this.asks = new Map(asks.map(([price, quantity]) => [price, quantity]));
  }
  apply(side, price, quantity) {
    if (Number(quantity) === 0) this[side].delete(price);
    else this[side].set(price, quantity);
  }
  text() {
    const side = (levels, sign) =>
      [...levels].sort((a, b) => sign * (Number(a[0]) - Number(b[0]))).slice(0, 10).map(([price, quantity]) => `${price}:${quantity}`).join("|");
    return `${side(this.bids, -1)}#${side(this.asks, 1)}`;
  }
}

test("the checksum is the CRC-32 of zlib over the documented text", () => {
  assert.equal(crc32("123456789"), 0xcbf43926);
  assert.equal(crc32(""), 0);
  const book = books.fromSnapshot(snapshot());
  assert.equal(books.checksumText(book), "100.00:1.5|99.50:2.0#100.50:0.5|101.00:4.0");
  assert.equal(books.checksumText(books.emptyBook("X")), "#");
});

test("a snapshot is sorted, and its checksum is looked at", () => {
  const message = snapshot();
  message.bids.reverse();
  const book = books.fromSnapshot(message);
  assert.deepEqual(prices(book.bids), ["100.00", "99.50"]);
  assert.equal(books.snapshotHolds(book, { ...message, checksum: books.checksum(book) }), true);
  assert.equal(books.snapshotHolds(book, { ...message, checksum: 1 }), false);
});

test("deltas add, change and remove levels on both sides", () => {
  const book = books.fromSnapshot(snapshot());
  const changes = { bids: [["99.75", "3.0", 1], ["100.00", "0.0", 0]], asks: [["100.50", "0.7", 2], ["100.40", "1.0", 1]] };
  assert.equal(books.applyDelta(book, delta(changes)), "applied");
  assert.deepEqual(prices(book.bids), ["99.75", "99.50"]);
  assert.deepEqual(prices(book.asks), ["100.40", "100.50", "101.00"]);
  assert.equal(book.asks[1].quantity, "0.7");
  assert.equal(book.sequence, 8n);
  assert.equal(books.applyDelta(book, delta({ sequence: 9, previous: 8, bids: [["1.00", "0.0", 0]] })), "applied");
});

test("a message that is missing is a gap, one that was seen is old, a wrong checksum is told", () => {
  const book = books.fromSnapshot(snapshot());
  assert.equal(books.applyDelta(book, delta({ sequence: 7, previous: 6 })), "old");
  assert.equal(books.applyDelta(book, delta({ sequence: 10, previous: 9 })), "gap");
  assert.equal(book.sequence, 7n);
  assert.equal(books.applyDelta(books.emptyBook("BTC-USD"), delta({})), "gap");
  assert.equal(books.applyDelta(book, delta({ bids: [["99.00", "1.0", 1]], checksum: 12345 })), "checksum");
});

test("a thousand random deltas give the book that a naive one has", () => {
  let seed = 42;
  const random = (count) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * count);
  };
  const start = snapshot();
  const book = books.fromSnapshot(start);
  const naive = new Naive(start);
  for (let sequence = 8; sequence < 1008; sequence += 1) {
    const message = delta({ sequence, previous: sequence - 1 });
    for (let count = random(4); count >= 0; count -= 1) {
      const side = random(2) ? "bids" : "asks";
      const ticks = side === "bids" ? 10000 - random(60) : 10001 + random(60);
      const price = `${Math.floor(ticks / 100)}.${String(ticks % 100).padStart(2, "0")}`;
      const quantity = random(3) ? `${random(50)}.${random(10)}` : "0.0";
      message[side].push([price, quantity, 1]);
      naive.apply(side, price, quantity);
    }
    message.checksum = crc32(naive.text());
    assert.equal(books.applyDelta(book, message), "applied", `delta ${sequence}`);
  }
  assert.equal(books.checksumText(book), naive.text());
});

test("levels are grouped away from the middle, and totals add up", () => {
  const book = books.fromSnapshot({
    ...snapshot(), bids: [["100.07", "1", 1], ["100.01", "2", 1], ["99.99", "4", 2]], asks: [["100.11", "1", 1], ["100.20", "2", 1], ["100.21", "4", 1]],
  });
  const quantities = (levels) => levels.map(({ quantity }) => quantity);
  assert.deepEqual(quantities(books.groupLevels(book.bids, "0.1", false, 9)), ["3", "4"]);
  assert.deepEqual(quantities(books.groupLevels(book.asks, "0.1", true, 9)), ["3", "4"]);
  assert.deepEqual(books.withTotals(book.asks).map(({ total }) => total), ["1", "3", "7"]);
  assert.equal(books.groupLevels(book.bids, "0.1", false, 1).length, 1);
});
