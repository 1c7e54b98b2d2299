// Exact decimal numbers as texts. Money, prices and quantities never become floating-point numbers here: they
// are read into BigInt units of some number of decimals, and written back. Charts alone use `approximate`.

const pattern = /^([+-]?)(\d{1,60})(?:\.(\d{1,40}))?$/;

/** Reads a decimal text as { units: BigInt, scale: number of decimals }; null when it is none. */
export function parse(text) {
  const match = pattern.exec(String(text).trim());
  if (!match) return null;
  const [, sign, whole, fraction = ""] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === "-" ? -units : units, scale: fraction.length };
}

/** What a person typed: a comma or blanks between groups are dropped, and `.5` is `0.5`. */
export function normalize(input) {
  let text = String(input).replace(/[\s,_']/g, "");
  if (text.startsWith(".")) text = "0" + text;
  if (text.endsWith(".")) text = text.slice(0, -1);
  return text;
}

const power = (exponent) => 10n ** BigInt(exponent);

/** The units of a text at a number of decimals; null when it is no number or has more decimals than that. */
export function toUnits(text, scale) {
  const value = parse(text);
  if (!value) return null;
  if (value.scale <= scale) return value.units * power(scale - value.scale);
  const divisor = power(value.scale - scale);
  return value.units % divisor === 0n ? value.units / divisor : null;
}

/** The text of units at a number of decimals, with exactly that many decimals. */
export function fromUnits(units, scale) {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Two texts as units at their common number of decimals. */
function aligned(left, right) {
  const a = parse(left);
  const b = parse(right);
  if (!a || !b) throw new TypeError(`not a decimal number: ${a ? right : left}`);
  const scale = Math.max(a.scale, b.scale);
  return { a: a.units * power(scale - a.scale), b: b.units * power(scale - b.scale), scale };
}

export function add(left, right) {
  const { a, b, scale } = aligned(left, right);
  return fromUnits(a + b, scale);
}

export function subtract(left, right) {
  const { a, b, scale } = aligned(left, right);
  return fromUnits(a - b, scale);
}

export function multiply(left, right) {
  const a = parse(left);
  const b = parse(right);
  if (!a || !b) throw new TypeError(`not a decimal number: ${a ? right : left}`);
  return fromUnits(a.units * b.units, a.scale + b.scale);
}

/** The quotient with a number of decimals, rounded towards zero; null for a division by zero. */
export function divide(left, right, scale) {
  const { a, b } = aligned(left, right);
  return b === 0n ? null : fromUnits((a * power(scale)) / b, scale);
}

/** -1, 0 or 1. */
export function compare(left, right) {
  const { a, b } = aligned(left, right);
  return a < b ? -1 : a > b ? 1 : 0;
}

export function isZero(text) {
  const value = parse(text);
  return value !== null && value.units === 0n;
}

/** Whether a text is a whole multiple of a step, for example of a tick. */
export function isMultiple(text, step) {
  const { a, b } = aligned(text, step);
  return b !== 0n && a % b === 0n;
}

/** The largest multiple of a step that is not above a text that is not negative. */
export function floorTo(text, step) {
  const { a, b, scale } = aligned(text, step);
  return fromUnits((a / b) * b, scale);
}

/** The same number with at least so many decimals, and no zeros behind them. */
export function fixed(text, decimals) {
  const value = parse(text);
  if (!value) return String(text);
  let { units, scale } = value;
  while (scale > decimals && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  return scale < decimals
    ? fromUnits(units * power(decimals - scale), decimals)
    : fromUnits(units, scale);
}

/** The number cut to so many decimals, for places that are too narrow for all of them. */
export function cut(text, decimals) {
  const value = parse(text);
  if (!value) return String(text);
  if (value.scale <= decimals) return fixed(text, decimals);
  return fromUnits(value.units / power(value.scale - decimals), decimals);
}

/** The text with a comma between groups of three digits before the point. */
export function grouped(text) {
  const [, sign, whole, rest] = /^([+-]?)(\d+)(.*)$/.exec(String(text)) ?? [];
  if (whole === undefined) return String(text);
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ",") + rest;
}

/** Parts per hundred of a change, with two decimals and its sign; null without a base. */
export function percentChange(from, to) {
  const difference = multiply(subtract(to, from), "100");
  const result = divide(difference, from, 2);
  return result === null || result.startsWith("-") ? result : "+" + result;
}

/** A floating-point number for pictures, never for money. */
export const approximate = (text) => Number(text);
