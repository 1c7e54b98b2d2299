// What the API refuses, in plain words: what happened, and what to do. The codes are the venue's own and stable.

const words = {
  unknown_account: "This account is not open at the venue yet.",
  reserved_account: "This account belongs to the house and cannot trade.",
  unknown_asset: "The venue does not know this asset.",
  unknown_instrument: "The venue does not list this instrument.",
  unknown_order: "This order is no longer live: it was filled, cancelled or has expired.",
  unknown_contract: "The venue has no contract with this number.",
  account_exists: "This account is open already.",
  instrument_closed: "The market is closed.",
  instrument_halted: "Trading in this market is halted.",
  contract_ended: "This contract has ended already.",
  invalid_order: "These settings do not go together. Change the order type or the options.",
  not_in_this_phase: "During an auction only plain limit orders are taken.",
  invalid_quantity: "The quantity is too small or too large for this market.",
  quantity_off_increment: "The quantity is not a multiple of the smallest step.",
  invalid_display: "The displayed part must be a part of the quantity, in whole steps and not too small.",
  invalid_price: "The price is out of range.",
  price_off_increment: "The price is not a multiple of the tick.",
  price_outside_band: "The price is too far from the market: it lies outside the price band.",
  invalid_trigger: "The trigger price is out of range or not a multiple of the tick.",
  invalid_trail: "The trailing distance is out of range, or the market has not traded yet.",
  invalid_expiry: "The end of the order must lie in the future.",
  invalid_amount: "The amount must be above zero and not larger than the venue takes.",
  would_lose_priority: "This change would cost the order its place in the queue.",
  duplicate_client_order_id: "You have a live order with the same name already.",
  too_many_orders: "You have as many live orders as you may. Cancel some first.",
  too_many_trailing_stops: "As many trailing stops wait in this market as may.",
  venue_full: "The venue is full and takes nothing more for now.",
  insufficient_funds: "You do not have enough available for this.",
  would_take: "A post-only order would have traded at once, so it was refused.",
  price_off_tick: "The price is not a multiple of the tick.",
  quantity_off_lot: "The quantity is not a multiple of the smallest step.",
  amount_off_unit: "The amount has more decimals than the asset.",
  idempotency_key_in_progress: "This was sent already and is still in work.",
  disabled: "This venue does not offer this.",
  not_ready: "This is not ready yet. Try again in a moment.",
  stopping: "The venue restarts. Try again in a moment.",
  outcome_unknown: "The venue failed before the outcome was known. Look at your orders before you try again.",
  unauthenticated: "Your session has ended. Log in again.",
  invalid_user_name:
    "A name has 1 to 32 letters, digits, dots, dashes or underscores, and begins with a letter or digit.",
  sign_in_failed: "The log-in did not work. Try again, or register if this device has no passkey for this name yet.",
  timestamp_out_of_range: "This device's clock is wrong. Set it, and try again.",
  key_exists: "This passkey is registered already. Log in with it.",
  too_many_keys: "You have as many passkeys as you may. Remove one first.",
  unknown_key: "The venue does not know this passkey. Register first.",
  last_key: "This is your last passkey. Add another one before you remove it.",
  user_disabled: "This user was locked out. Ask the operator of the venue.",
  not_allowed: "Your account may not do this.",
  counter_regressed: "This passkey seems to have been copied, so the venue refuses it.",
  passkey_unknown_credential: "The venue does not know this passkey. Use another one, or register.",
  passkey_wrong_challenge: "This took too long. Try again.",
  passkey_wrong_origin: "This passkey is for another address. Open the venue under its own name.",
  passkey_user_not_verified: "The passkey must be unlocked with a face, a finger or a PIN.",
  rate_limited: "Too many requests. Wait a moment and try again.",
  busy: "The venue is busy. Try again in a moment.",
  unavailable: "The venue cannot be reached just now. Try again in a moment.",
  user_exists: "This name is taken. Choose another one.",
  unknown_user: "There is no user of this name. Check it, or register.",
  not_found: "The venue does not have this.",
  network: "The venue did not answer. Check the connection; the terminal goes on trying.",
  timeout: "The venue did not answer in time. Look at your orders before you try again.",
};

/** Codes are compared without regard to how their words are joined: insufficientFunds, INSUFFICIENT_FUNDS. */
export function normalizedCode(code) {
  return String(code ?? "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[-.\s]/g, "_")
    .toLowerCase();
}

/** An answer of the API that is not what was asked for, or no answer. */
export class APIError extends Error {
  constructor(code, message, { status = 0, details = null } = {}) {
    super(message);
    this.name = "APIError";
    this.code = normalizedCode(code);
    this.status = status;
    this.details = details;
  }
}

/** The venue's own words, as a sentence. */
const sentence = (text) => (text ? text.charAt(0).toUpperCase() + text.slice(1).replace(/[.]?$/, ".") : "");

/** What a person reads when something failed. */
export function plainWords(error) {
  if (error?.name === "NotAllowedError") return "The passkey was not used: it was cancelled or took too long.";
  if (error?.name === "InvalidStateError") return "This device already has a passkey for this name. Log in with it.";
  if (error?.name === "SecurityError") {
    return "Passkeys work only on https or on localhost, under the venue's own name.";
  }
  if (!(error instanceof APIError)) {
    return error?.message ? `Something went wrong: ${error.message}` : "Something went wrong.";
  }
  if (words[error.code]) return words[error.code];
  if (error.status === 401) return words.unauthenticated;
  if (error.status === 403) return words.not_allowed;
  if (error.status === 429) return words.rate_limited;
  if (error.status >= 500) return words.unavailable;
  return sentence(error.message) || `The venue refused this (${error.code || error.status}).`;
}

/** Whether what was asked may have been done all the same, so that only the same request with the same key is safe. */
export const isUncertain = (error) =>
  error instanceof APIError &&
  (error.status === 0 || error.status >= 500 || error.code === "idempotency_key_in_progress");

const signedOut = new Set(["unauthenticated", "token_invalid", "token_expired", "token_revoked"]);

/** Whether a code says that nobody, or nobody any more, is logged in. */
export const isSignedOut = (code) => signedOut.has(normalizedCode(code));
