// The chart: candles with volume and the own orders' prices, or the depth of the book.

import { html, useEffect, useRef, useState } from "/vendor/preact-htm.js";
import { isLive } from "../account.js";
import * as decimal from "../decimal.js";
import * as format from "../format.js";
import { intervals } from "../market.js";
import { useStore } from "../store.js";
import { Depth } from "./depth.js";
import { Choice } from "./parts.js";

// How many candles are in view at first; and with fewer than this drawn, nobody has moved the view yet.
const candlesShown = 110;
const freshMax = 20;

/** The theme's colours, which only the style sheet knows. */
export function themeColours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    text: read("--muted"), line: read("--grid"), border: read("--line"), buy: read("--buy"), sell: read("--sell"),
    buySoft: read("--buy-soft"), sellSoft: read("--sell-soft"), accent: read("--accent"), panel: read("--panel"),
  };
}

function chartOptions(colours, hasSeconds, decimals) {
  return {
    autoSize: true,
    layout: {
      background: { color: "transparent" },
      textColor: colours.text,
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: 11,
      // The notice that its licence asks for stands below the chart; the logo would bring an inline style.
      attributionLogo: false,
    },
    grid: { vertLines: { color: colours.line }, horzLines: { color: colours.line } },
    rightPriceScale: { borderColor: colours.border, scaleMargins: { top: 0.08, bottom: 0.22 } },
    timeScale: { borderColor: colours.border, timeVisible: true, secondsVisible: hasSeconds, rightOffset: 4 },
    crosshair: { mode: 0 },
    localization: { locale: "en-GB", priceFormatter: (value) => decimal.grouped(value.toFixed(decimals)) },
  };
}

const candlePoint = ({ time, open, high, low, close }) => ({
  time,
  open: decimal.approximate(open),
  high: decimal.approximate(high),
  low: decimal.approximate(low),
  close: decimal.approximate(close),
});

const volumePoint = (candle, colours) => ({
  time: candle.time,
  value: decimal.approximate(candle.volume),
  color: decimal.compare(candle.close, candle.open) < 0 ? colours.sellSoft : colours.buySoft,
});

/** Keeps the library's chart outside of Preact: it draws on its own canvas. */
class CandleChart {
  #chart;
  #candles;
  #volume;
  #colours;
  #lines = [];
  #drawn = [];

  constructor(place, instrument, interval, onHover) {
    const library = window.LightweightCharts;
    this.#colours = themeColours();
    const colours = this.#colours;
    this.#chart = library.createChart(place, chartOptions(colours, interval.endsWith("s"), format.decimalsOf(instrument?.tick)));
    const minMove = decimal.approximate(instrument?.tick ?? "0.01");
    this.#candles = this.#chart.addSeries(library.CandlestickSeries, {
      upColor: colours.buy, downColor: colours.sell, borderVisible: false,
      wickUpColor: colours.buy, wickDownColor: colours.sell,
      priceFormat: { type: "price", precision: format.decimalsOf(instrument?.tick), minMove },
    });
    this.#volume = this.#chart.addSeries(library.HistogramSeries, {
      priceScaleId: "", priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false,
    });
    this.#volume.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.#chart.subscribeCrosshairMove((event) => onHover(event.time ?? null));
  }

  /** Draws all candles anew, or only the ones at the end that changed. */
  show(candles) {
    const colours = this.#colours;
    const last = this.#drawn.at(-1)?.time ?? null;
    const news = last === null ? null : candles.filter(({ time }) => time >= last);
    const isContinued = news !== null && news.length > 0 && news[0].time === last && candles[0]?.time === this.#drawn[0]?.time;
    if (isContinued) {
      for (const candle of news) {
        this.#candles.update(candlePoint(candle));
        this.#volume.update(volumePoint(candle, colours));
      }
    } else {
      this.#candles.setData(candles.map(candlePoint));
      this.#volume.setData(candles.map((candle) => volumePoint(candle, colours)));
      // A lone first candle may come before the answer with all the others; then the view begins anew.
      if (this.#drawn.length < freshMax && candles.length) {
        this.#chart.timeScale().setVisibleLogicalRange({ from: candles.length - candlesShown, to: candles.length + 3 });
      }
    }
    this.#drawn = candles;
  }

  /** Shows where the own orders wait. */
  mark(orders) {
    for (const line of this.#lines) this.#candles.removePriceLine(line);
    this.#lines = orders.map((order) =>
      this.#candles.createPriceLine({
        price: decimal.approximate(order.price ?? order.trigger_price),
        color: format.sideClass(order.side) === "buy" ? this.#colours.buy : this.#colours.sell,
        lineStyle: order.price ? 2 : 1,
        lineWidth: 1,
        title: `${format.sideName(order.side)} ${order.remaining_qty ?? order.quantity}`,
      }),
    );
  }

  remove() {
    this.#chart.remove();
  }
}

function Legend({ candle, instrument }) {
  if (!candle) return null;
  const kind = decimal.compare(candle.close, candle.open) < 0 ? "sell" : "buy";
  const figure = (name, text) => html`<span><span class="muted">${name}</span> <span class=${kind}>${text}</span>
      </span>`;
  return html`
    <div class="legend" data-test="legend">
      ${figure("O", format.price(candle.open, instrument))} ${figure("H", format.price(candle.high, instrument))}
      ${figure("L", format.price(candle.low, instrument))} ${figure("C", format.price(candle.close, instrument))}
      <span class="hide-small">${figure("V", format.compact(candle.volume))}</span>
    </div>`;
}

function Candles({ terminal }) {
  const place = useRef();
  const chart = useRef(null);
  const [hovered, setHovered] = useState(null);
  const theme = useStore(terminal.store, (all) => all.theme);
  const symbol = useStore(terminal.store, (all) => all.symbol);
  const interval = useStore(terminal.store, (all) => all.interval);
  const candles = useStore(terminal.store, (all) => all.candles);
  const orders = useStore(terminal.store, (all) => all.orders);
  const instrument = terminal.instrument;
  const own = orders.filter((order) => order.instrument === symbol && isLive(order) && (order.price || order.trigger_price));
  useEffect(() => {
    if (!window.LightweightCharts || !instrument) return undefined;
    chart.current = new CandleChart(place.current, instrument, interval, setHovered);
    chart.current.show(terminal.state.candles);
    chart.current.mark(own);
    return () => {
      chart.current.remove();
      chart.current = null;
    };
  }, [symbol, interval, theme, instrument !== null]);
  useEffect(() => chart.current?.show(candles), [candles]);
  const marks = own.map((order) => [order.order_id, order.price, order.trigger_price, order.remaining_qty].join()).join(";");
  useEffect(() => chart.current?.mark(own), [marks]);
  const shown = candles.find(({ time }) => time === hovered) ?? candles.at(-1);
  return html`
    <div class="chart-place" role="img" aria-label=${`Candles of ${symbol}, interval ${interval}`}
        data-candles=${candles.length}>
      <${Legend} candle=${shown} instrument=${instrument} />
      <div class="canvas" ref=${place}></div>
      <a class="attribution" href="https://www.tradingview.com/" target="_blank"
          rel="noopener noreferrer">Charts by TradingView</a>
    </div>`;
}

export function Chart({ terminal }) {
  const chart = useStore(terminal.store, (all) => all.chart);
  const interval = useStore(terminal.store, (all) => all.interval);
  return html`
    <section class="panel chart" aria-label="Chart">
      <div class="panel-head">
        <${Choice} label="Kind of chart" chosen=${chart} className="plain"
            onChoose=${(id) => terminal.store.set({ chart: id })}
          options=${[{ id: "candles", name: "Candles" }, { id: "depth", name: "Depth" }]} />
        ${chart === "candles" ? html`<${Choice} label="Interval" chosen=${interval} className="plain intervals"
            onChoose=${(id) => terminal.setInterval(id)}
          options=${intervals.map((id) => ({ id, name: id }))} />` : null}
      </div>
      ${chart === "candles" ? html`<${Candles} terminal=${terminal} />` : html`<${Depth} terminal=${terminal} />`}
    </section>`;
}
