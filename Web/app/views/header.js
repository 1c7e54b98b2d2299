// The bar at the top: market, its figures, the connection, and who is logged in.

import { html, useEffect, useState } from "/vendor/preact-htm.js";
import * as decimal from "../decimal.js";
import * as format from "../format.js";
import { useStore } from "../store.js";
import { Icon } from "./icons.js";
import { MarketPicker } from "./markets.js";

const states = {
  open: ["Live", "good"],
  connecting: ["Connecting", "waiting"],
  waiting: ["Offline", "bad"],
  closed: ["Closed", "bad"],
};

/** Whether the page hears the venue, and when it tries again. */
export function ConnectionState({ terminal }) {
  const { state, until } = useStore(terminal.store, (all) => all.connection);
  const isBookLive = useStore(terminal.store, (all) => all.isBookLive);
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (state !== "waiting") return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [state]);
  const [name, kind] = state === "open" && !isBookLive ? ["Syncing", "waiting"] : states[state];
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return html`
    <div class=${"connection " + kind} data-state=${state}>
      <span class="dot" aria-hidden="true"></span>
      <span role="status" aria-label=${"Connection: " + name}>${name}</span>
      ${state === "waiting" ? html`
        <span class="muted hide-small" aria-hidden="true">again in ${seconds} s</span>
        <button type="button" class="quiet" onClick=${() => terminal.connection.retryNow()}>Now</button>` : null}
    </div>`;
}

/** The chosen market's last price and what happened in the last day. */
function Figures({ terminal }) {
  const symbol = useStore(terminal.store, (all) => all.symbol);
  const ticker = useStore(terminal.store, (all) => all.tickers[all.symbol]);
  const instrument = terminal.instrument;
  const last = ticker?.last_price ?? null;
  const open = ticker?.open ?? null;
  const change = last && open && !decimal.isZero(open) ? decimal.percentChange(open, last) : null;
  const isDown = change?.startsWith("-");
  useEffect(() => {
    document.title = last ? `${format.price(last, instrument)} ${symbol} · Parallax` : "Parallax";
  }, [last, symbol]);
  return html`
    <div class="figures" aria-label=${"Figures of " + symbol}>
      <strong class=${"last " + (change === null ? "" : isDown ? "sell" : "buy")}
          data-test="last-price">${format.price(last, instrument)}</strong>
      <dl>
        <div><dt>24h change</dt><dd
            class=${change === null ? "" : isDown ? "sell" : "buy"}>${change === null ? "–" : change + " %"}</dd></div>
        <div><dt>24h high</dt><dd>${format.price(ticker?.high, instrument)}</dd></div>
        <div><dt>24h low</dt><dd>${format.price(ticker?.low, instrument)}</dd></div>
        <div><dt>24h volume${instrument ? ` (${instrument.base})` : ""}</dt>
            <dd>${format.compact(ticker?.volume)}</dd></div>
      </dl>
    </div>`;
}

function Person({ terminal }) {
  const user = useStore(terminal.store, (all) => all.user);
  const isResuming = useStore(terminal.store, (all) => all.isResuming);
  if (!user) {
    return html`<button type="button" class="primary small" disabled=${isResuming} data-test="open-login"
      onClick=${() => terminal.open("login")}>${isResuming ? "…" : "Log in"}</button>`;
  }
  return html`
    <button type="button" class="person" data-test="user" aria-label=${`Account of ${user.username}`}
        onClick=${() => terminal.open("person")}>
      <span class="initial" aria-hidden="true">${(user.username ?? "?").charAt(0).toUpperCase()}</span>
      <span class="hide-small">${user.username}</span>
    </button>`;
}

export function Header({ terminal }) {
  const page = useStore(terminal.store, (all) => all.page);
  const theme = useStore(terminal.store, (all) => all.theme);
  return html`
    <header class="top">
      <a class="brand" href="#" aria-label="Parallax, to the trading page" onClick=${() => terminal.setPage("trade")}>
        <img src="/icon.svg" alt="" width="26" height="26" /><span class="hide-medium">Parallax</span>
      </a>
      <${MarketPicker} terminal=${terminal} />
      <${Figures} terminal=${terminal} />
      <div class="top-end">
        <${ConnectionState} terminal=${terminal} />
        <nav class="hide-small" aria-label="Pages">
          <button type="button" class="quiet" aria-pressed=${page === "log"} data-test="log-page"
            onClick=${() => terminal.setPage(page === "log" ? "trade" : "log")}>${page === "log" ? "Trade" : "Log"}</button>
        </nav>
        <button type="button" class="icon" aria-label=${theme === "dark" ? "Light colours" : "Dark colours"}
            onClick=${() => terminal.toggleTheme()}>
          <${Icon} name=${theme === "dark" ? "sun" : "moon"} /></button>
        <button type="button" class="icon hide-small" aria-label="Keyboard shortcuts"
            onClick=${() => terminal.open("help")}><${Icon} name="help" /></button>
        <${Person} terminal=${terminal} />
      </div>
    </header>`;
}
