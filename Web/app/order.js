// What the order ticket holds, whether it makes an order, and the order it makes. The venue checks all of it again
// (docs/rules.md); saying it here is quicker and kinder.

import * as decimal from "./decimal.js";

export const types = [
  { id: "LIMIT", name: "Limit", hint: "Trades at your price or better; the rest waits in the book." },
  { id: "MARKET", name: "Market", hint: "Trades at once at the best prices there are; never waits." },
  { id: "STOP", name: "Stop", hint: "Waits until the trigger price trades, then acts as a market order." },
  { id: "STOP_LIMIT", name: "Stop limit", hint: "Waits until the trigger price trades, then acts as a limit order." },
  { id: "TRAILING_STOP", name: "Trailing stop", hint: "A stop whose trigger follows the market at a fixed distance." },
];

export const timesInForce = [
  { id: "GTC", name: "Good till cancelled" },
  { id: "DAY", name: "Day: until the market closes" },
  { id: "GTT", name: "Good till time" },
  { id: "IOC", name: "Immediate or cancel" },
  { id: "FOK", name: "Fill or kill" },
];

export const postOnlyModes = [
  { id: "OFF", name: "May take" },
  { id: "REJECT", name: "Post only: refuse if it would take" },
  { id: "REPRICE", name: "Post only: move to a price that does not take" },
];

export const selfTradeModes = [
  { id: "CANCEL_NEWEST", name: "Cancel the new order" },
  { id: "CANCEL_OLDEST", name: "Cancel the resting order" },
  { id: "CANCEL_BOTH", name: "Cancel both" },
  { id: "DECREMENT", name: "Reduce both" },
  { id: "NONE", name: "Allow trades with myself" },
];

/** An empty ticket for a market. */
export const emptyTicket = () => ({
  side: "BUY",
  type: "LIMIT",
  timeInForce: "GTC",
  price: "",
  quantity: "",
  trigger: "",
  trail: "",
  display: "",
  postOnly: "OFF",
  selfTrade: "CANCEL_NEWEST",
  expiresAt: "",
});

const rests = (ticket) => !["IOC", "FOK"].includes(ticket.timeInForce);

const allowedTimes = { MARKET: ["IOC", "FOK"], LIMIT: ["GTC", "DAY", "GTT", "IOC", "FOK"] };

/** Which parts of the ticket an order type has. */
export function parts(ticket) {
  const { type } = ticket;
  return {
    price: type === "LIMIT" || type === "STOP_LIMIT",
    trigger: type === "STOP" || type === "STOP_LIMIT",
    trail: type === "TRAILING_STOP",
    timesInForce: allowedTimes[type] ?? ["GTC", "DAY", "GTT"],
    postOnly: type === "LIMIT" && rests(ticket),
    display: (type === "LIMIT" || type === "STOP_LIMIT") && rests(ticket),
    expiry: ticket.timeInForce === "GTT",
  };
}

/** The ticket with its changed fields, and the others put to what goes with them. */
export function changed(ticket, fields) {
  const next = { ...ticket, ...fields };
  const { timesInForce: allowed } = parts(next);
  // Another type begins with its own usual time in force: an order that was to rest must not turn immediate.
  const isOtherType = next.type !== ticket.type;
  if (isOtherType || !allowed.includes(next.timeInForce)) next.timeInForce = allowed[0];
  if (!parts(next).postOnly) next.postOnly = "OFF";
  return next;
}

function checkSteps(errors, field, text, step, name, stepName) {
  const value = decimal.normalize(text);
  const parsed = decimal.parse(value);
  if (value === "") errors[field] = `Enter the ${name}.`;
  else if (!parsed) errors[field] = `The ${name} is not a number.`;
  else if (parsed.units <= 0n) errors[field] = `The ${name} must be above zero.`;
  else if (!decimal.isMultiple(value, step)) errors[field] = `The ${name} must be a multiple of ${stepName} ${step}.`;
  return errors[field] ? null : value;
}

function expiry(errors, ticket, now) {
  const milliseconds = Date.parse(ticket.expiresAt);
  if (Number.isNaN(milliseconds)) errors.expiresAt = "Enter when the order ends.";
  else if (milliseconds <= now) errors.expiresAt = "The end of the order must lie in the future.";
  else return new Date(milliseconds).toISOString();
  return undefined;
}

/**
 * Reads a ticket for an instrument: the request that the API takes, or the errors by field.
 *
 * instrument: { symbol, tick, lot }; now: milliseconds since 1970.
 */
export function read(ticket, instrument, now, clientOrderID) {
  const errors = {};
  const has = parts(ticket);
  const order = { instrument: instrument.symbol, side: ticket.side, type: ticket.type };
  order.quantity = checkSteps(errors, "quantity", ticket.quantity, instrument.lot, "quantity", "the smallest step");
  if (has.price) order.price = checkSteps(errors, "price", ticket.price, instrument.tick, "price", "the tick");
  if (has.trigger) {
    order.trigger_price = checkSteps(errors, "trigger", ticket.trigger, instrument.tick, "trigger price", "the tick");
  }
  if (has.trail) order.trail = checkSteps(errors, "trail", ticket.trail, instrument.tick, "distance", "the tick");
  order.time_in_force = ticket.timeInForce;
  if (has.expiry) order.expires_at = expiry(errors, ticket, now);
  if (has.display && decimal.normalize(ticket.display) !== "") {
    const { lot } = instrument;
    const display = checkSteps(errors, "display", ticket.display, lot, "displayed part", "the smallest step");
    order.display_quantity = display;
    if (display && order.quantity && decimal.compare(display, order.quantity) > 0) {
      errors.display = "The displayed part cannot be larger than the quantity.";
    }
  }
  if (has.postOnly && ticket.postOnly !== "OFF") order.post_only = ticket.postOnly;
  order.self_trade_prevention = ticket.selfTrade;
  if (clientOrderID) order.client_order_id = clientOrderID;
  return Object.keys(errors).length ? { errors } : { order, errors };
}

/** What an order would cost or bring at its price, without fees; null while the ticket is not complete. */
export function notional(ticket, price) {
  const quantity = decimal.normalize(ticket.quantity);
  const at = decimal.normalize(price);
  return decimal.parse(quantity) && decimal.parse(at) ? decimal.multiply(quantity, at) : null;
}

/**
 * The largest quantity that a share of what is available pays for.
 *
 * percent: 1 … 100. A buy is divided by its price and by one plus the fee; a sell takes the base asset itself.
 */
export function affordable({ side, available, price, lot, percent, feeRate = "0" }) {
  const part = decimal.divide(decimal.multiply(available, String(percent)), "100", 18);
  if (side === "SELL") return decimal.fixed(decimal.floorTo(part, lot), 0);
  if (!price || decimal.isZero(price)) return null;
  const cost = decimal.multiply(price, decimal.add("1", feeRate));
  return decimal.fixed(decimal.floorTo(decimal.divide(part, cost, 18), lot), 0);
}

/** One line that says what the order does, for the confirmation and for screen readers. */
export function describe(order, instrument) {
  const side = order.side === "BUY" ? "Buy" : "Sell";
  const type = types.find(({ id }) => id === order.type)?.name.toLowerCase() ?? order.type;
  const at = order.price ? ` at ${decimal.grouped(order.price)} ${instrument.quote}` : "";
  const trigger = order.trigger_price ? `, once ${decimal.grouped(order.trigger_price)} trades` : "";
  const trail = order.trail ? `, ${decimal.grouped(order.trail)} behind the market` : "";
  return `${side} ${order.quantity} ${instrument.base}, ${type}${at}${trigger}${trail}`;
}
