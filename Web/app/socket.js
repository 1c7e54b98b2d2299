// One WebSocket connection that carries every channel. It comes back by itself with growing pauses, asks for
// everything again that was subscribed, and says in which state it is. Clock, socket and randomness are passed
// in, so that tests need none of the real ones.

const pauseFirst = 500;
const pauseMax = 15_000;
// A connection that said nothing for this long is taken for dead; pings keep a quiet one talking.
const pingEvery = 15_000;
const silenceMax = 40_000;

/** How long to wait before attempt n, counted from 0: doubling, with a random part so that not all come at once. */
export function pauseBefore(attempt, random) {
  const full = Math.min(pauseMax, pauseFirst * 2 ** Math.min(attempt, 10));
  return Math.round(full / 2 + (full / 2) * random());
}

/** What names a subscription: a channel, its instrument and its interval. */
export const subscriptionKey = ({ channel, instrument, interval }) =>
  [channel, instrument ?? "", interval ?? ""].join("/");

export class Connection {
  #options;
  #socket = null;
  #attempt = 0;
  #timer = null;
  #pulse = null;
  #heard = 0;
  #subscriptions = new Map();
  #token = null;
  #isWanted = false;

  /** options: url, open(url) -> WebSocket, onMessage, onState, now, setTimer, clearTimer, random. */
  constructor(options) {
    this.#options = {
      open: (url) => new WebSocket(url),
      now: () => Date.now(),
      setTimer: (body, milliseconds) => setTimeout(body, milliseconds),
      clearTimer: (timer) => clearTimeout(timer),
      random: Math.random,
      ...options,
    };
  }

  start() {
    this.#isWanted = true;
    if (!this.#socket && this.#timer === null) this.#connect();
  }

  stop() {
    this.#isWanted = false;
    this.#cancelTimers();
    this.#socket?.close();
    this.#socket = null;
    this.#say("closed");
  }

  /** Tries at once instead of after the pause: the network is back, or a person asked for it. */
  retryNow() {
    if (!this.#isWanted || this.#socket) return;
    this.#cancelTimers();
    this.#attempt = 0;
    this.#connect();
  }

  /** From now on, and after every return, the connection speaks for the holder of this token; null for nobody. */
  authenticate(token) {
    const isLost = this.#token !== null && token === null;
    this.#token = token;
    if (isLost) this.#reconnect();
    else if (token !== null) this.#send({ type: "auth", token });
  }

  subscribe(subscription) {
    this.#subscriptions.set(subscriptionKey(subscription), subscription);
    this.#send({ type: "subscribe", ...subscription });
  }

  unsubscribe(subscription) {
    if (this.#subscriptions.delete(subscriptionKey(subscription))) {
      this.#send({ type: "unsubscribe", ...subscription });
    }
  }

  get isOpen() {
    return this.#socket?.readyState === 1;
  }

  #say(state, details = {}) {
    this.#options.onState?.({ state, ...details });
  }

  #send(message) {
    if (this.isOpen) this.#socket.send(JSON.stringify(message));
  }

  #connect() {
    this.#timer = null;
    this.#say("connecting", { attempt: this.#attempt });
    const socket = this.#options.open(this.#options.url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#heard = this.#options.now();
      if (this.#token !== null) this.#send({ type: "auth", token: this.#token });
      for (const subscription of this.#subscriptions.values()) this.#send({ type: "subscribe", ...subscription });
      this.#beat();
      this.#say("open");
    };
    socket.onmessage = (event) => {
      this.#heard = this.#options.now();
      // Only what the venue says proves that it is well: one that accepts and closes at once is not.
      this.#attempt = 0;
      this.#receive(event.data);
    };
    socket.onclose = (event) => {
      if (this.#socket === socket) this.#lost(event?.code);
    };
    // A close follows every error; without a handler some runtimes would stop the program.
    socket.onerror = () => {};
  }

  #receive(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      this.#options.onMessage({ type: "error", code: "invalid_message", message: "The venue sent what is no JSON." });
      return;
    }
    if (message.type !== "pong") this.#options.onMessage(message);
  }

  #beat() {
    this.#pulse = this.#options.setTimer(() => {
      if (this.#options.now() - this.#heard > silenceMax) return this.#reconnect();
      this.#send({ type: "ping" });
      this.#beat();
    }, pingEvery);
  }

  #reconnect() {
    const socket = this.#socket;
    if (!socket) return;
    socket.onclose = null;
    socket.close();
    this.#lost();
  }

  #lost(code) {
    this.#cancelTimers();
    this.#socket = null;
    if (!this.#isWanted) return;
    const pause = pauseBefore(this.#attempt, this.#options.random);
    this.#attempt += 1;
    this.#say("waiting", { pause, code });
    this.#timer = this.#options.setTimer(() => this.#connect(), pause);
  }

  #cancelTimers() {
    if (this.#timer !== null) this.#options.clearTimer(this.#timer);
    if (this.#pulse !== null) this.#options.clearTimer(this.#pulse);
    this.#timer = null;
    this.#pulse = null;
  }
}
