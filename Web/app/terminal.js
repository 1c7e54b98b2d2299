// Joins the parts: what the page knows (store), who uses it (session), the venue (API and connection), and what a
// person can do (the methods). Views read the store and call the methods; nothing else changes the state.

import { Account, isLive } from "./account.js";
import { API, newKey } from "./api.js";
import { emptyBook } from "./book.js";
import { APIError, isSignedOut, isUncertain, plainWords } from "./errors.js";
import { intervals, Market } from "./market.js";
import { changed, describe, emptyTicket, read } from "./order.js";
import * as passkey from "./passkey.js";
import { Session } from "./session.js";
import { Connection } from "./socket.js";
import { makeStore } from "./store.js";

// With this code the venue closes a connection whose token has run out.
const tokenEnded = 4401;
const toastFor = { good: 4_000, info: 4_000, bad: 9_000 };
const settingsPlace = "parallax.settings";

function readSettings() {
  try {
    return JSON.parse(localStorage.getItem(settingsPlace) ?? "{}");
  } catch {
    return {};
  }
}

const preferredTheme = () => (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
const socketURL = () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;

function initialState() {
  const settings = readSettings();
  return {
    theme: settings.theme ?? preferredTheme(),
    connection: { state: "connecting" },
    page: location.hash === "#log" ? "log" : "trade",
    overlay: null,
    toasts: [],
    user: null,
    isResuming: false,
    isSending: false,
    venue: null,
    instruments: [],
    symbol: settings.symbol ?? null,
    tickers: {},
    book: emptyBook(null),
    bookVersion: 0,
    bookGaps: 0,
    bookGapReason: null,
    isBookLive: false,
    tape: [],
    interval: intervals.includes(settings.interval) ? settings.interval : "1m",
    isIntervalChosen: intervals.includes(settings.interval),
    candles: [],
    candlesVersion: 0,
    chart: "candles",
    tab: "orders",
    pane: "chart",
    ticket: emptyTicket(),
    ticketErrors: {},
    orders: [],
    fills: [],
    fillsCursor: null,
    balances: [],
    contracts: [],
  };
}

export class Terminal {
  store = makeStore(initialState());
  #nextToast = 1;

  constructor() {
    this.session = new Session({
      onChange: () => this.#sessionChanged(),
      onDue: () => this.api.refresh().catch(() => {}),
    });
    this.api = new API({ session: this.session });
    this.connection = new Connection({
      url: socketURL(),
      onMessage: (message) => this.#receive(message),
      onState: (state) => this.#connectionChanged(state),
    });
    this.market = new Market(this);
    this.account = new Account(this);
  }

  get state() {
    return this.store.get();
  }

  get instrument() {
    return this.state.instruments.find(({ symbol }) => symbol === this.state.symbol) ?? null;
  }

  // Start and connection

  async start() {
    this.#applyTheme();
    addEventListener("online", () => this.connection.retryNow());
    addEventListener("hashchange", () => this.store.set({ page: location.hash === "#log" ? "log" : "trade" }));
    this.session.restore();
    this.connection.start();
    await this.#loadInstruments();
  }

  async #loadInstruments() {
    for (let pause = 500; ; pause = Math.min(pause * 2, 10_000)) {
      try {
        const [venue, { instruments }] = await Promise.all([this.api.venue(), this.api.instruments()]);
        this.store.set({ venue, instruments });
        this.market.followTickers(instruments.map(({ symbol }) => symbol));
        const isKnown = instruments.some(({ symbol }) => symbol === this.state.symbol);
        const symbol = isKnown ? this.state.symbol : instruments[0]?.symbol;
        if (symbol) this.market.select(symbol);
        return;
      } catch {
        // The connection's state says what is the matter; this goes on until the venue answers.
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  #connectionChanged(connection) {
    const wasLost = this.state.connection.state !== "open" && this.#hasConnected;
    if (connection.state === "waiting") {
      connection.until = Date.now() + connection.pause;
      if (connection.code === tokenEnded) this.api.refresh().catch(() => {});
    }
    this.store.set({ connection });
    if (connection.state === "open") {
      if (wasLost) this.market.reconnected();
      if (wasLost && this.state.user) this.#reload();
      // Whoever was logged in in this tab is again, now or when the venue is back.
      if (!this.state.user && this.session.refreshToken) this.#resume();
      this.#hasConnected = true;
    } else {
      this.market.disconnected();
    }
  }
  #hasConnected = false;

  #receive(message) {
    if (this.market.receive(message) || this.account.receive(message)) return;
    if (message.type === "error") this.#receiveError(message);
  }

  #receiveError(message) {
    const error = message.error ?? message;
    // The token ran out while the connection was away: renewing it logs the connection in again.
    if (isSignedOut(error.code)) {
      if (this.session.refreshToken) this.api.refresh().catch(() => {});
    } else {
      this.toast("bad", plainWords(new APIError(error.code, error.message, { status: 400 })));
    }
  }

  // Who is there

  #sessionChanged() {
    const { accessToken } = this.session;
    if (accessToken) {
      this.connection.authenticate(accessToken);
      // Again with every token: the channel ends when the one before has run out.
      this.connection.subscribe({ channel: "orders" });
      return;
    }
    this.connection.unsubscribe({ channel: "orders" });
    this.connection.authenticate(null);
    this.account.clear();
    if (this.state.user) this.toast("info", "You are logged out.");
    this.store.set({ user: null, overlay: null });
  }

  async #resume() {
    if (this.state.isResuming) return;
    this.store.set({ isResuming: true });
    try {
      await this.api.refresh();
      await this.#enter();
    } catch {
      // No longer valid, or the venue is away; the log-in button remains.
    } finally {
      this.store.set({ isResuming: false });
    }
  }

  async #enter() {
    const user = await this.api.profile();
    this.session.rename(user.username);
    this.store.set({ user, overlay: null });
    await this.#reload();
  }

  async #reload() {
    try {
      await this.account.load();
    } catch (error) {
      this.toast("bad", plainWords(error));
    }
  }

  /** Makes a passkey for a new user, and logs in. */
  async register(username) {
    const options = await this.api.registrationOptions(username);
    const credential = await passkey.create(options);
    this.session.begin(await this.api.register(username, credential));
    await this.#enter();
    this.toast("good", `Welcome, ${username}. This device's passkey opens your account.`);
  }

  /** Logs in with a passkey; without a name the browser offers the ones that it has for this venue. */
  async login(username) {
    const options = await this.api.loginOptions(username);
    const credential = await passkey.get(options);
    this.session.begin(await this.api.login(credential));
    await this.#enter();
  }

  /** Adds a passkey to the own user: another device, or one for the day when this one is lost. */
  async addKey(label) {
    const credential = await passkey.create(await this.api.keyOptions());
    return this.api.addKey(credential, label);
  }

  async logout() {
    try {
      await this.api.logout();
    } catch {
      // The tokens are forgotten here all the same, and end by themselves there.
    }
    this.session.ended();
  }

  // Trading

  changeTicket(fields) {
    this.store.set({ ticket: changed(this.state.ticket, fields), ticketErrors: {} });
  }

  /** Runs something that a person asked for; what fails is shown, and the result is null. */
  async attempt(body) {
    try {
      return await body();
    } catch (error) {
      this.toast("bad", plainWords(error));
      return null;
    }
  }

  async sendTicket() {
    const { ticket, isSending, user } = this.state;
    if (isSending) return;
    if (!user) return this.open("login");
    const { order, errors } = read(ticket, this.instrument, Date.now());
    this.store.set({ ticketErrors: errors });
    if (!order) return;
    this.store.set({ isSending: true });
    const answer = await this.attempt(() => this.#once(order, (key) => this.api.place(order, key)));
    this.store.set({ isSending: false });
    if (!answer) return;
    this.account.applyOrder({ ...order, time: answer.timestamp, ...answer });
    this.toast("good", `${describe(order, this.instrument)}: ${statusWords(answer)}`);
  }

  /** Sends with a key; what may or may not have arrived is sent again with the same key, and so happens once. */
  async #once(request, send) {
    const text = JSON.stringify(request);
    const key = this.#unanswered?.text === text ? this.#unanswered.key : newKey();
    this.#unanswered = { text, key };
    try {
      const answer = await send(key);
      this.#unanswered = null;
      return answer;
    } catch (error) {
      if (!isUncertain(error)) this.#unanswered = null;
      throw error;
    }
  }
  #unanswered = null;

  cancel(order) {
    return this.attempt(async () => {
      const answer = await this.api.cancel(order.order_id);
      this.account.applyOrder({ ...order, ...answer });
    });
  }

  cancelNewest() {
    const order = this.state.orders.find(isLive);
    if (order) this.cancel(order);
  }

  async cancelAll(symbol) {
    const answer = await this.attempt(() => this.api.cancelAll(symbol));
    if (!answer) return;
    this.toast("info", `All live orders${symbol ? ` of ${symbol}` : ""} are cancelled.`);
    await this.#reload();
  }

  amend(order, changes) {
    return this.attempt(async () => {
      const answer = await this.api.amend(order.order_id, { instrument: order.instrument, ...changes });
      this.account.applyOrder({ ...order, ...answer });
      this.toast("good", "The order is changed.");
      return true;
    });
  }

  async deposit(asset, amount) {
    const answer = await this.attempt(() =>
      this.#once({ asset, amount }, (key) => this.api.deposit(asset, amount, key)),
    );
    if (answer) this.toast("good", `${amount} ${asset} of test funds arrived.`);
    await this.#reload();
    return answer;
  }

  // The page

  open(overlay, details = {}) {
    this.store.set({ overlay: { name: overlay, ...details } });
  }

  close() {
    this.store.set({ overlay: null });
  }

  toast(kind, text) {
    const toast = { id: this.#nextToast++, kind, text };
    this.store.set(({ toasts }) => ({ toasts: [...toasts.slice(-3), toast] }));
    setTimeout(() => this.dismiss(toast.id), toastFor[kind]);
  }

  dismiss(id) {
    this.store.set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
  }

  selectMarket(symbol) {
    this.market.select(symbol);
    this.store.set({ ticket: { ...this.state.ticket, price: "", trigger: "", trail: "", display: "", quantity: "" } });
    this.#keep();
  }

  setInterval(interval) {
    this.store.set({ isIntervalChosen: true });
    this.market.setInterval(interval);
    this.#keep();
  }

  stepInterval(step) {
    const interval = intervals[intervals.indexOf(this.state.interval) + step];
    if (interval) this.setInterval(interval);
  }

  setPage(page) {
    location.hash = page === "log" ? "#log" : "#";
    this.store.set({ page });
  }

  toggleTheme() {
    this.store.set({ theme: this.state.theme === "dark" ? "light" : "dark" });
    this.#applyTheme();
    this.#keep();
  }

  #applyTheme() {
    document.documentElement.dataset.theme = this.state.theme;
  }

  #keep() {
    const { theme, symbol, interval, isIntervalChosen } = this.state;
    const settings = { theme, symbol, interval: isIntervalChosen ? interval : undefined };
    localStorage.setItem(settingsPlace, JSON.stringify(settings));
  }
}

/** What an order became, in a word or two. */
export function statusWords(order) {
  const words = {
    new: "accepted",
    open: "in the book",
    partial: "partly filled",
    filled: "filled",
    cancelled: "cancelled",
    rejected: "refused",
    expired: "expired",
    pending_trigger: "waits for its trigger",
  };
  return words[order.status] ?? order.status;
}

export const makeTerminal = () => new Terminal();
