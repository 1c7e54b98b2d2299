// The depth of the book: how much waits up to each price, on both sides.

import { html, useEffect, useRef } from "/vendor/preact-htm.js";
import { withTotals } from "../book.js";
import * as decimal from "../decimal.js";
import { useStore } from "../store.js";
import { themeColours } from "./chart.js";
import { Empty } from "./parts.js";

// Levels farther from the middle than this share of the price say little and flatten the rest.
const widthMax = 0.02;
const drawEvery = 200;
const legendHeight = 28;

/** Columns of x, bids and asks as the plotting library wants them, with x ascending. */
export function depthColumns(book) {
  const middle = book.bids.length && book.asks.length
    ? (decimal.approximate(book.bids[0].price) + decimal.approximate(book.asks[0].price)) / 2
    : decimal.approximate((book.bids[0] ?? book.asks[0])?.price ?? "0");
  const points = (levels) =>
    withTotals(levels)
      .map(({ price, total }) => [decimal.approximate(price), decimal.approximate(total)])
      .filter(([price]) => Math.abs(price - middle) <= middle * widthMax);
  const bids = points(book.bids).reverse();
  const asks = points(book.asks);
  return [
    [...bids.map(([price]) => price), ...asks.map(([price]) => price)],
    [...bids.map(([, total]) => total), ...asks.map(() => null)],
    [...bids.map(() => null), ...asks.map(([, total]) => total)],
  ];
}

function options(place, colours, instrument) {
  const { stepped } = window.uPlot.paths;
  const axis = {
    stroke: colours.text,
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
    font: "11px " + getComputedStyle(document.body).fontFamily,
  };
  const series = (label, stroke, fill, align) => ({
    label, stroke, fill, width: 1.5, paths: stepped({ align }), points: { show: false },
  });
  return {
    width: place.clientWidth,
    height: place.clientHeight - legendHeight,
    legend: { live: true },
    cursor: { y: false, points: { size: 7 } },
    scales: { x: { time: false }, y: { range: (_, low, high) => [0, high * 1.05 || 1] } },
    axes: [{ ...axis }, { ...axis, side: 1, size: 64 }],
    series: [
      { label: `Price (${instrument?.quote ?? ""})` },
      series(`Bids (${instrument?.base ?? ""})`, colours.buy, colours.buySoft, -1),
      series(`Asks (${instrument?.base ?? ""})`, colours.sell, colours.sellSoft, 1),
    ],
  };
}

export function Depth({ terminal }) {
  const place = useRef();
  const plot = useRef(null);
  const theme = useStore(terminal.store, (all) => all.theme);
  const symbol = useStore(terminal.store, (all) => all.symbol);
  const book = useStore(terminal.store, (all) => all.book);
  const version = useStore(terminal.store, (all) => all.bookVersion);
  const instrument = terminal.instrument;
  const isEmpty = book.bids.length === 0 && book.asks.length === 0;
  useEffect(() => {
    if (!window.uPlot || isEmpty) return undefined;
    plot.current = new window.uPlot(options(place.current, themeColours(), instrument), depthColumns(book), place.current);
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = place.current ?? {};
      if (width) plot.current.setSize({ width, height: height - legendHeight });
    });
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      plot.current.destroy();
      plot.current = null;
    };
  }, [theme, symbol, isEmpty]);
  const drawnAt = useRef(0);
  useEffect(() => {
    // The whole book is summed up for this picture, so it is not drawn with every message.
    const pause = Math.max(0, drawnAt.current + drawEvery - performance.now());
    const timer = setTimeout(() => {
      drawnAt.current = performance.now();
      plot.current?.setData(depthColumns(terminal.state.book));
    }, pause);
    return () => clearTimeout(timer);
  }, [book, version]);
  return html`
    <div class="chart-place depth" role="img" aria-label=${`Depth of the book of ${symbol}`}>
      ${isEmpty ? html`<${Empty}>Nothing waits in this book.<//>` : null}
      <div class="canvas" ref=${place}></div>
    </div>`;
}
