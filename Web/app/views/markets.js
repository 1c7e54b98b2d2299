// The choice of a market: a list with last prices that is narrowed by typing.

import { html, useLayoutEffect, useRef, useState } from "/vendor/preact-htm.js";
import * as decimal from "../decimal.js";
import * as format from "../format.js";
import { useStore } from "../store.js";

function MarketRow({ instrument, ticker, isChosen, isCurrent, onChoose }) {
  const last = ticker?.last_price ?? null;
  const open = ticker?.open ?? null;
  const change = last && open && !decimal.isZero(open) ? decimal.percentChange(open, last) : null;
  return html`
    <li role="option" id=${"market-" + instrument.symbol} aria-selected=${isChosen}
        class=${isChosen ? "chosen" : ""} onMouseDown=${onChoose}>
      <span class="symbol">${instrument.symbol}${isCurrent ? html`<span class="muted"> ·</span>` : null}
        ${instrument.settlement === "service" ? html`<span class="tag">service</span>` : null}</span>
      <span class="number">${format.price(last, instrument)}</span>
      <span class=${"number " + (change?.startsWith("-") ? "sell" : "buy")}>${change === null ? "" : change + " %"}</span>
    </li>`;
}

function MarketList({ terminal, onClose }) {
  const instruments = useStore(terminal.store, (all) => all.instruments);
  const tickers = useStore(terminal.store, (all) => all.tickers);
  const symbol = useStore(terminal.store, (all) => all.symbol);
  const [filter, setFilter] = useState("");
  const [index, setIndex] = useState(0);
  const field = useRef();
  useLayoutEffect(() => field.current.focus(), []);
  const shown = instruments.filter((item) => item.symbol.toLowerCase().includes(filter.trim().toLowerCase()));
  const choose = (item) => {
    if (item) terminal.selectMarket(item.symbol);
    onClose();
  };
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) {
      event.preventDefault();
      setIndex((index + step + shown.length) % shown.length);
    } else if (event.key === "Enter") {
      choose(shown[index]);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
  };
  return html`
    <div class="popover markets">
      <input ref=${field} type="search" placeholder="Find a market" aria-label="Find a market" role="combobox"
          aria-expanded="true"
        aria-controls="market-list" aria-activedescendant=${shown[index] ? "market-" + shown[index].symbol : undefined}
        value=${filter} onInput=${(event) => { setFilter(event.target.value); setIndex(0); }} onKeyDown=${onKeyDown}
            onBlur=${onClose} />
      <ul role="listbox" id="market-list" aria-label="Markets">
        ${shown.map((item, position) => html`<${MarketRow} key=${item.symbol} instrument=${item}
            ticker=${tickers[item.symbol]}
          isChosen=${position === index} isCurrent=${item.symbol === symbol} onChoose=${() => choose(item)} />`)}
      </ul>
      ${shown.length ? null : html`<p class="empty">No market of this name.</p>`}
    </div>`;
}

export function MarketPicker({ terminal }) {
  const symbol = useStore(terminal.store, (all) => all.symbol);
  const isOpen = useStore(terminal.store, (all) => all.overlay?.name === "markets");
  const close = () => {
    if (terminal.state.overlay?.name === "markets") terminal.close();
  };
  return html`
    <div class="picker">
      <button type="button" class="market" aria-haspopup="listbox" aria-expanded=${isOpen}
          aria-label=${`Market ${symbol ?? ""}, choose another`}
        onClick=${() => (isOpen ? close() : terminal.open("markets"))}>
        <strong>${symbol ?? "…"}</strong><span aria-hidden="true" class="muted">▾</span>
      </button>
      ${isOpen ? html`<${MarketList} terminal=${terminal} onClose=${close} />` : null}
    </div>`;
}
