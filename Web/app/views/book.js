// The order book: asks above, bids below, the spread between them, and bars for how much waits up to each price.

import { html, useEffect, useRef, useState } from "/vendor/preact-htm.js";
import { groupLevels, comparisonScale, top, withTotals } from "../book.js";
import * as decimal from "../decimal.js";
import * as format from "../format.js";
import { useStore } from "../store.js";

const rowHeight = 20;

/** The steps that prices can be grouped to: the tick and powers of ten of it. */
const groupings = (tick) => ["1", "10", "100", "1000"].map((factor) => decimal.fixed(decimal.multiply(tick, factor), 0));

/** How many rows a side has room for. */
function useRows(place) {
  const [rows, setRows] = useState(10);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const room = entry.contentRect.height - 36;
      setRows(Math.max(4, Math.floor(room / 2 / rowHeight)));
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return rows;
}

function Row({ level, side, share, instrument, decimals, isOwn, onPick }) {
  const price = decimal.grouped(decimal.fixed(level.price, decimals));
  return html`
    <tr class=${side + (isOwn ? " own" : "")} onClick=${() => onPick(level)}>
      <td class="price"><span class="bar" style=${{ transform: `scaleX(${share})` }}></span>
        <button type="button" tabindex="-1" aria-label=${`Take the price ${price}`}>${price}</button></td>
      <td>${format.quantity(level.quantity, instrument)}</td>
      <td class="muted">${format.quantity(level.total, instrument)}</td>
    </tr>`;
}

/** Levels of one side as they are drawn. */
function prepare(levels, step, tick, ascending, limit) {
  const grouped =
    step === tick
      ? levels.slice(0, limit).map(({ units, quantity, orders }) => ({ units, quantity, orders }))
      : groupLevels(levels, step, ascending, limit);
  return withTotals(grouped.map((level) => ({ ...level, price: decimal.fromUnits(level.units, comparisonScale) })));
}

function Spread({ book, instrument, last, tickDirection }) {
  const { bid, ask } = top(book);
  const spread = bid && ask ? decimal.subtract(ask.price, bid.price) : null;
  return html`
    <div class="spread" aria-label="Last price and spread">
      <strong class=${tickDirection}>${format.price(last, instrument)}</strong>
      <span class="muted">Spread ${spread === null ? "–" : format.price(spread, instrument)}</span>
    </div>`;
}

function Side({ rows, side, most, instrument, decimals, owned, onPick, label }) {
  return html`
    <table class=${"levels " + side} aria-label=${label}>
      <tbody>
        ${rows.map((level) => html`<${Row} key=${level.units} level=${level} side=${side} instrument=${instrument}
            decimals=${decimals}
          share=${most ? Math.min(1, decimal.approximate(level.total) / most) : 0}
          isOwn=${owned.has(level.units)} onPick=${onPick} />`)}
      </tbody>
    </table>`;
}

export function Book({ terminal }) {
  const place = useRef();
  const book = useStore(terminal.store, (all) => all.book);
  useStore(terminal.store, (all) => all.bookVersion);
  const isLive = useStore(terminal.store, (all) => all.isBookLive);
  const orders = useStore(terminal.store, (all) => all.orders);
  const newest = useStore(terminal.store, (all) => all.tape[0]);
  const symbol = useStore(terminal.store, (all) => all.symbol);
  useStore(terminal.store, (all) => all.instruments);
  const instrument = terminal.instrument;
  const [factor, setFactor] = useState(0);
  const rows = useRows(place);
  const tick = instrument?.tick ?? "1";
  const step = groupings(tick)[factor];
  const bids = prepare(book.bids, step, tick, false, rows);
  const asks = prepare(book.asks, step, tick, true, rows);
  const most = Math.max(...[bids.at(-1), asks.at(-1)].map((level) => (level ? decimal.approximate(level.total) : 0)));
  const owned = new Set(
    orders
      .filter((order) => order.instrument === symbol && order.price && ["open", "partial"].includes(order.status))
      .map((order) => decimal.toUnits(order.price, comparisonScale)),
  );
  const pick = (level) => terminal.changeTicket({ price: decimal.fixed(level.price, format.decimalsOf(tick)) });
  const decimals = factor === 0 ? format.decimalsOf(tick) : format.decimalsOf(step);
  const shared = { most, instrument, decimals, owned, onPick: pick };
  const direction = newest ? format.sideClass(newest.taker_side) : "";
  return html`
    <section class=${"panel book" + (isLive ? "" : " stale")} aria-label="Order book" aria-busy=${!isLive}>
      <div class="panel-head">
        <h2>Book</h2>
        <label class="inline">Group <select aria-label="Group prices by" value=${factor}
            onChange=${(event) => setFactor(Number(event.target.value))}>
          ${groupings(tick).map((text, index) => html`<option value=${index}
              key=${text}>${text}</option>`)}</select></label>
      </div>
      <div class="levels-head" aria-hidden="true"><span>Price</span><span>Quantity</span><span>Total</span></div>
      <div class="levels-place" ref=${place}>
        <${Side} rows=${[...asks].reverse()} side="sell" label="Asks, the best one last" ...${shared} />
        <${Spread} book=${book} instrument=${instrument} last=${newest?.price} tickDirection=${direction} />
        <${Side} rows=${bids} side="buy" label="Bids, the best one first" ...${shared} />
      </div>
    </section>`;
}
