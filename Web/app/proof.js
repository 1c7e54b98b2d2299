// Whether a verified bundle is about the trade that it is shown for. The verifier says that a statement is genuine;
// that it is this trade, with these numbers and this side, only the one who traded can tell.

import * as decimal from "./decimal.js";

const same = (left, right) => decimal.compare(left, right) === 0;

/**
 * What of a bundle is not as the account has it, in words; empty when all of it agrees.
 *
 * statement and disclosure: as the verifier returns them; fill: the own side of the trade; instrument: as listed.
 */
export function differences(statement, disclosure, fill, instrument) {
  const found = [];
  if (statement?.type !== "trade") return ["The bundle is not about a trade."];
  if (statement.trade !== String(fill.trade_id)) found.push(`The bundle is about trade ${statement.trade}.`);
  const side = String(fill.side).toLowerCase();
  if (disclosure && disclosure.side !== side) found.push("The bundle discloses the other side of the trade.");
  const contract = statement[side === "buy" ? "buyer" : "seller"]?.contract ?? "";
  if (!contract.endsWith(`:${fill.contract_id}`)) found.push("The bundle names another contract.");
  // Statements count in ticks and lots.
  if (instrument && !same(decimal.multiply(statement.price, instrument.tick), fill.price)) {
    found.push("The bundle has another price.");
  }
  if (instrument && !same(decimal.multiply(statement.quantity, instrument.lot), fill.quantity)) {
    found.push("The bundle has another quantity.");
  }
  return found;
}
