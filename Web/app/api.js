// The venue's REST interface (docs/api.md). Paths and member names are here and nowhere else in the terminal.

import { APIError } from "./errors.js";

const answerWithin = 15_000;

const query = (values) => {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return pairs.length ? "?" + new URLSearchParams(pairs) : "";
};

/** Reads an answer, or throws the error that it carries. */
async function readAnswer(response, as) {
  if (response.ok) {
    if (as === "bytes") return new Uint8Array(await response.arrayBuffer());
    if (as === "text") return response.text();
    return response.status === 204 ? null : response.json();
  }
  let error = null;
  try {
    ({ error } = await response.json());
  } catch {
    // A proxy's page, say: the status alone has to do.
  }
  throw new APIError(error?.code ?? `http_${response.status}`, error?.message ?? response.statusText, {
    status: response.status,
    details: error?.details ?? null,
  });
}

export class API {
  #fetch;
  #session;
  #refreshing = null;

  /** session: { accessToken, refreshToken, renewed(tokens), ended() }. */
  constructor({ session, fetch: fetcher = (...words) => fetch(...words) }) {
    this.#session = session;
    this.#fetch = fetcher;
  }

  async #once(method, path, { body, as, headers = {}, token }) {
    const options = { method, headers: { ...headers }, signal: AbortSignal.timeout(answerWithin), cache: "no-store" };
    if (token) options.headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) {
      options.headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    let response;
    try {
      response = await this.#fetch(path, options);
    } catch (error) {
      throw new APIError(error.name === "TimeoutError" ? "timeout" : "network", error.message);
    }
    return readAnswer(response, as);
  }

  /** Asks, and once more with a renewed token when the old one has run out. */
  async #ask(method, path, options = {}) {
    if (options.isPublic) return this.#once(method, path, options);
    try {
      return await this.#once(method, path, { ...options, token: this.#session.accessToken });
    } catch (error) {
      if (error.status !== 401 || !this.#session.refreshToken) throw error;
      await this.refresh();
      return this.#once(method, path, { ...options, token: this.#session.accessToken });
    }
  }

  /** Renews the tokens; all who ask meanwhile share one renewal. */
  refresh() {
    this.#refreshing ??= this.#once("POST", "/auth/refresh", { body: { refresh_token: this.#session.refreshToken } })
      .then(
        (tokens) => this.#session.renewed(tokens),
        (error) => {
          if (error.status >= 400 && error.status < 500 && error.status !== 429) this.#session.ended();
          throw error;
        },
      )
      .finally(() => {
        this.#refreshing = null;
      });
    return this.#refreshing;
  }

  // Who is there
  registrationOptions = (username) =>
    this.#ask("POST", "/auth/passkey/register/options", { body: { username }, isPublic: true });
  register = (username, credential) =>
    this.#ask("POST", "/auth/passkey/register/verify", { body: { username, credential }, isPublic: true });
  loginOptions = (username) =>
    this.#ask("POST", "/auth/passkey/login/options", { body: username ? { username } : {}, isPublic: true });
  login = (credential) => this.#ask("POST", "/auth/passkey/login/verify", { body: { credential }, isPublic: true });
  logout = () => this.#ask("POST", "/auth/logout");
  profile = () => this.#ask("GET", "/api/user/profile");

  keys = () => this.#ask("GET", "/api/v1/keys");
  keyOptions = () => this.#ask("POST", "/api/v1/keys/passkey/options", { body: {} });
  addKey = (credential, label) => this.#ask("POST", "/api/v1/keys/passkey", { body: { credential, label } });
  revokeKey = (id) => this.#ask("DELETE", `/api/v1/keys/${id}`);

  // What is traded
  venue = () => this.#ask("GET", "/api/v1/venue", { isPublic: true });
  instruments = () => this.#ask("GET", "/api/v1/instruments", { isPublic: true });
  candles = (symbol, interval, limit = 500) =>
    this.#ask("GET", `/market/candles/${symbol}${query({ interval, limit })}`, { isPublic: true });
  tape = (symbol, limit = 100) => this.#ask("GET", `/market/trades/${symbol}${query({ limit })}`, { isPublic: true });

  // Orders
  place = (order, key) => this.#ask("POST", "/api/v1/orders", { body: order, headers: { "Idempotency-Key": key } });
  amend = (id, changes) => this.#ask("PATCH", `/api/v1/orders/${id}`, { body: changes });
  cancel = (id) => this.#ask("DELETE", `/api/v1/orders/${id}`);
  cancelAll = (instrument) => this.#ask("DELETE", `/api/v1/orders${query({ instrument })}`);

  // What the account has
  orders = (status, cursor, limit = 100) => this.#ask("GET", `/api/v1/orders${query({ status, cursor, limit })}`);
  trades = (cursor, limit = 100) => this.#ask("GET", `/api/v1/trades${query({ cursor, limit })}`);
  balances = () => this.#ask("GET", "/api/v1/balances");
  contracts = (cursor, limit = 100) => this.#ask("GET", `/api/v1/contracts${query({ cursor, limit })}`);
  deposit = (asset, amount, key) =>
    this.#ask("POST", "/api/v1/faucet", { body: { asset, amount }, headers: { "Idempotency-Key": key } });

  // Proof
  bundle = (trade) => this.#ask("GET", `/api/v1/trades/${trade}/bundle`, { as: "bytes" });
  trust = () => this.#ask("GET", "/api/v1/trust", { as: "bytes", isPublic: true });
  checkpoint = () => this.#ask("GET", "/log/checkpoint", { as: "text", isPublic: true });
}

/** A name for one request of a person, so that repeating it cannot do the same twice. */
export const newKey = () => crypto.randomUUID();
