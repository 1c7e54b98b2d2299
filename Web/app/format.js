// How numbers and times are written: exact texts with groups, decimals from the listing.

import * as decimal from "./decimal.js";

/** How many decimals a step such as a tick has. */
export const decimalsOf = (step) => decimal.parse(step ?? "1")?.scale ?? 0;

/** A price of an instrument. */
export function price(text, instrument) {
  if (text === null || text === undefined || text === "") return "–";
  return decimal.grouped(decimal.fixed(text, decimalsOf(instrument?.tick)));
}

/** A quantity of an instrument. */
export function quantity(text, instrument) {
  if (text === null || text === undefined || text === "") return "–";
  return decimal.grouped(decimal.fixed(text, decimalsOf(instrument?.lot)));
}

/** An amount of money or of an asset; what is behind the given decimals is cut off only in narrow places. */
export function amount(text, decimals = 2) {
  if (text === null || text === undefined || text === "") return "–";
  return decimal.grouped(decimal.fixed(text, decimals));
}

export const shortAmount = (text, decimals = 2) =>
  text === null || text === undefined || text === "" ? "–" : decimal.grouped(decimal.cut(text, decimals));

const compactSteps = [
  ["1000000000", "B"],
  ["1000000", "M"],
  ["1000", "k"],
];

/** A large number in three or four digits with its unit: 12.3M. */
export function compact(text) {
  if (!decimal.parse(text ?? "")) return "–";
  for (const [step, unit] of compactSteps) {
    if (decimal.compare(text, step) >= 0) return decimal.grouped(decimal.divide(text, step, 2)) + unit;
  }
  return decimal.grouped(decimal.cut(text, 2));
}

/** Milliseconds since 1970 of a time in any of the venue's forms: RFC 3339, or nanoseconds as digits. */
export function milliseconds(time) {
  if (time === null || time === undefined || time === "") return null;
  if (/^\d{16,}$/.test(String(time))) return Number(BigInt(time) / 1_000_000n);
  // Nine digits of a second are more than the standard's three, which is all that every browser reads.
  const value = typeof time === "number" ? time : Date.parse(time.replace(/(\.\d{3})\d+/, "$1"));
  return Number.isNaN(value) ? null : value;
}

const two = (number) => String(number).padStart(2, "0");

/** The time of day, to the second. */
export function clock(time) {
  const value = milliseconds(time);
  if (value === null) return "–";
  const date = new Date(value);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Day and time of day. */
export function dayAndClock(time) {
  const value = milliseconds(time);
  if (value === null) return "–";
  const date = new Date(value);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(value)}`;
}

/** The time of day, with the day before it unless that is today. */
export function moment(time) {
  const value = milliseconds(time);
  const isToday = value !== null && new Date(value).toDateString() === new Date(Date.now()).toDateString();
  return isToday ? clock(value) : dayAndClock(value);
}

/** `takerSide`, `TAKER_SIDE` or `takerside` as words: Taker side. */
export function words(code) {
  const text = String(code ?? "").replace(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const sideName = (side) => (String(side).toLowerCase() === "buy" ? "Buy" : "Sell");
export const sideClass = (side) => (String(side).toLowerCase() === "buy" ? "buy" : "sell");
