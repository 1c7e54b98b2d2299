// What everybody may see of a market: book, tape, ticker and candles, from the connection into the store.

import { applyDelta, emptyBook, fromSnapshot, snapshotHolds } from "./book.js";
import { milliseconds } from "./format.js";

export const intervals = ["1s", "5s", "15s", "1m", "5m", "15m", "1h", "4h", "1d"];

const tapeMax = 120;
const candlesMax = 1_000;
const candlesMin = 12;
const intervalYoung = "5s";

/** Merges candles by their start; the later word about a candle wins. */
export function mergeCandles(candles, news) {
  const byStart = new Map(candles.map((candle) => [candle.time, candle]));
  for (const candle of news) byStart.set(candle.time, candle);
  return [...byStart.values()].sort((a, b) => a.time - b.time).slice(-candlesMax);
}

/** A candle as the venue writes it: its start in seconds, and its prices as texts. */
export function readCandle(message) {
  const { open, high, low, close, volume, trades } = message;
  return { time: Math.floor(milliseconds(message.bucket_start) / 1000), open, high, low, close, volume, trades };
}

export class Market {
  #store;
  #api;
  #connection;
  #symbol = null;
  #interval = null;
  #tickers = new Set();

  constructor({ store, api, connection }) {
    this.#store = store;
    this.#api = api;
    this.#connection = connection;
  }

  /** Follows the tickers of all markets, for the list of markets. */
  followTickers(symbols) {
    for (const symbol of symbols) {
      this.#tickers.add(symbol);
      this.#connection.subscribe({ channel: "ticker", instrument: symbol });
    }
  }

  /** Follows another market. */
  select(symbol) {
    if (symbol === this.#symbol) return;
    const before = this.#symbol;
    this.#symbol = symbol;
    this.#store.set({ symbol, book: emptyBook(symbol), bookVersion: 0, isBookLive: false, tape: [] });
    for (const channel of ["book", "trades"]) {
      if (before) this.#connection.unsubscribe({ channel, instrument: before });
      this.#connection.subscribe({ channel, instrument: symbol });
    }
    this.#loadTape();
    this.#followCandles(this.#interval ?? this.#store.get().interval, before);
  }

  setInterval(interval) {
    if (interval === this.#interval) return;
    this.#followCandles(interval, this.#symbol);
  }

  /** After the connection came back: what was missed comes with snapshots, or is fetched. */
  reconnected() {
    if (!this.#symbol) return;
    this.#loadTape();
    this.#loadCandles();
  }

  /** The connection is gone: what is shown is old. */
  disconnected() {
    const { book } = this.#store.get();
    if (book) book.sequence = null;
    this.#store.set({ isBookLive: false });
  }

  #followCandles(interval, before) {
    if (before && this.#interval) {
      this.#connection.unsubscribe({ channel: "candles", instrument: before, interval: this.#interval });
    }
    this.#interval = interval;
    this.#store.set({ interval, candles: [], candlesVersion: this.#store.get().candlesVersion + 1 });
    this.#connection.subscribe({ channel: "candles", instrument: this.#symbol, interval });
    this.#loadCandles();
  }

  async #loadCandles() {
    const [symbol, interval] = [this.#symbol, this.#interval];
    try {
      const answer = await this.#api.candles(symbol, interval);
      if (symbol !== this.#symbol || interval !== this.#interval) return;
      const { candles } = this.#store.get();
      // What the connection said meanwhile is newer than the answer.
      this.#setCandles(mergeCandles(answer.candles.map(readCandle), candles));
      this.#suitYoungMarket();
    } catch {
      // The connection goes on bringing candles; the next return asks again.
    }
  }

  /** A market that began a moment ago has hardly a candle of a minute: until somebody chooses, they are shorter. */
  #suitYoungMarket() {
    const { candles, isIntervalChosen } = this.#store.get();
    if (!isIntervalChosen && candles.length < candlesMin && this.#interval !== intervalYoung) {
      this.#followCandles(intervalYoung, this.#symbol);
    }
  }

  async #loadTape() {
    const symbol = this.#symbol;
    try {
      const answer = await this.#api.tape(symbol);
      if (symbol !== this.#symbol) return;
      this.#addTrades(answer.trades ?? []);
    } catch {
      // As above.
    }
  }

  #setCandles(candles) {
    this.#store.set({ candles, candlesVersion: this.#store.get().candlesVersion + 1 });
  }

  /** Puts trades into the tape, the newest first, each once. */
  #addTrades(trades) {
    const { tape } = this.#store.get();
    const known = new Map([...tape, ...trades].map((trade) => [String(trade.trade_id), trade]));
    const sorted = [...known.values()].sort((a, b) => (BigInt(a.trade_id) < BigInt(b.trade_id) ? 1 : -1));
    this.#store.set({ tape: sorted.slice(0, tapeMax) });
  }

  /** Takes a message of the connection; whether it was one of these channels. */
  receive(message) {
    switch (message.channel) {
      case "book":
        if (message.instrument === this.#symbol) this.#receiveBook(message);
        return true;
      case "trades":
        if (message.instrument === this.#symbol) this.#addTrades(message.trades);
        return true;
      case "ticker":
        this.#store.set(({ tickers }) => ({ tickers: { ...tickers, [message.instrument]: message } }));
        return true;
      case "candles":
        if (message.instrument === this.#symbol && message.interval === this.#interval) {
          this.#setCandles(mergeCandles(this.#store.get().candles, message.candles.map(readCandle)));
        }
        return true;
      default:
        return false;
    }
  }

  #receiveBook(message) {
    const state = this.#store.get();
    if (message.type === "snapshot") {
      const book = fromSnapshot(message);
      if (!snapshotHolds(book, message)) return this.#askAgain("checksum");
      this.#store.set({ book, bookVersion: state.bookVersion + 1, isBookLive: true });
      return;
    }
    // Deltas that were under way when the book was asked for again are of no use.
    if (state.book.sequence === null) return;
    const result = applyDelta(state.book, message);
    if (result === "applied") this.#store.set({ bookVersion: state.bookVersion + 1 });
    else if (result !== "old") this.#askAgain(result);
  }

  #askAgain(reason) {
    const { book, bookGaps } = this.#store.get();
    book.sequence = null;
    this.#store.set({ isBookLive: false, bookGaps: bookGaps + 1, bookGapReason: reason });
    // Subscribing to a channel that one has brings a new snapshot.
    this.#connection.subscribe({ channel: "book", instrument: this.#symbol });
  }
}
