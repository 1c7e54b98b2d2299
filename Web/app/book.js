// The order book as the venue publishes it: a snapshot, then deltas, each with a sequence number, the number of
// the message before it, and a checksum of the best levels afterwards. A book that misses a message, or whose
// checksum differs, is of no use and must be asked for again. Nothing here touches the page or the network.

import { add, toUnits } from "./decimal.js";
import { crc32 } from "./crc32.js";

// Prices are compared as units of this many decimals, more than any listing has.
const comparisonScale = 24;
// How many levels a side the checksum covers.
const checksumDepth = 10;

const units = (price) => {
  const value = toUnits(price, comparisonScale);
  if (value === null) throw new TypeError(`not a price: ${price}`);
  return value;
};

/** A level as it is kept: the texts that the venue sent, and the price in units to sort by. */
function level(message) {
  const [price, quantity, orders] = Array.isArray(message)
    ? message
    : [message.price, message.quantity, message.order_count];
  return { price, quantity, orders: orders ?? 0, units: units(price) };
}

/** An empty book that waits for its snapshot. */
export function emptyBook(instrument) {
  return { instrument, sequence: null, bids: [], asks: [] };
}

/** The book that a snapshot describes. */
export function fromSnapshot(message) {
  const best = (direction) => (a, b) => (a.units === b.units ? 0 : (a.units < b.units) === direction ? -1 : 1);
  return {
    instrument: message.instrument,
    sequence: BigInt(message.sequence),
    bids: message.bids.map(level).sort(best(false)),
    asks: message.asks.map(level).sort(best(true)),
  };
}

/** Where a price is, or belongs, in a side that has its best price first. */
function position(levels, price, ascending) {
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const isBefore = ascending ? levels[middle].units < price : levels[middle].units > price;
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts one level into a side, or takes it out when nothing is left of it. */
function change(levels, ascending, message) {
  const changed = level(message);
  const index = position(levels, changed.units, ascending);
  const isThere = index < levels.length && levels[index].units === changed.units;
  if (toUnits(changed.quantity, comparisonScale) === 0n) {
    if (isThere) levels.splice(index, 1);
  } else {
    levels.splice(index, isThere ? 1 : 0, changed);
  }
}

/**
 * Applies a delta to a book, in place, and says what came of it: `applied`; `old` when the book already has it; `gap`
 * when a message is missing before it; `checksum` when the book is another one than the venue's.
 */
export function applyDelta(book, message) {
  const sequence = BigInt(message.sequence);
  if (book.sequence === null) return "gap";
  if (sequence <= book.sequence) return "old";
  if (BigInt(message.previous) !== book.sequence) return "gap";
  for (const item of message.bids) change(book.bids, false, item);
  for (const item of message.asks) change(book.asks, true, item);
  book.sequence = sequence;
  if (message.checksum !== undefined && message.checksum !== checksum(book)) return "checksum";
  return "applied";
}

/** The text whose CRC-32 is the checksum: the best bids as `price:quantity` between bars, `#`, the best asks. */
export function checksumText(book) {
  const side = (levels) =>
    levels
      .slice(0, checksumDepth)
      .map(({ price, quantity }) => `${price}:${quantity}`)
      .join("|");
  return `${side(book.bids)}#${side(book.asks)}`;
}

export const checksum = (book) => crc32(checksumText(book));

/** Whether the snapshot's own checksum holds; one without a checksum is taken as it is. */
export function snapshotHolds(book, message) {
  return message.checksum === undefined || message.checksum === checksum(book);
}

/** Levels grouped to multiples of a step, bids down and asks up, the best first. */
export function groupLevels(levels, step, ascending, limit) {
  const width = units(step);
  const groups = [];
  for (const item of levels) {
    const below = (item.units / width) * width;
    const key = ascending && below !== item.units ? below + width : below;
    const last = groups.at(-1);
    if (last && last.units === key) {
      last.quantity = add(last.quantity, item.quantity);
      last.orders += item.orders;
    } else {
      if (groups.length === limit) break;
      groups.push({ units: key, price: null, quantity: item.quantity, orders: item.orders });
    }
  }
  return groups;
}

/** Levels with the sum of the quantities from the best one to each: what the depth bars show. */
export function withTotals(levels) {
  let total = "0";
  return levels.map((item) => {
    total = add(total, item.quantity);
    return { ...item, total };
  });
}

/** The best bid and ask and what lies between them; null where a side is empty. */
export function top(book) {
  return { bid: book.bids[0] ?? null, ask: book.asks[0] ?? null };
}

export { comparisonScale };
