// The keys, and what this page is made of.

import { html } from "/vendor/preact-htm.js";
import { shortcuts } from "../shortcuts.js";
import { Dialog } from "./parts.js";

export const Help = ({ terminal }) => html`
  <${Dialog} label="Keyboard shortcuts" onClose=${() => terminal.close()}>
    <dl class="keys">
      ${shortcuts.map(({ keys, text, name }) => html`
        <div key=${name}><dt>${keys.map((key) => html`<kbd key=${key}>${key}</kbd>`)}</dt><dd>${text}</dd></div>`)}
    </dl>
    <p class="muted small">Made with Preact and uPlot (MIT licence), htm and${" "}
      <a href="https://www.tradingview.com/" target="_blank"
          rel="noopener noreferrer">TradingView</a> Lightweight Charts™,
      © 2026 TradingView, Inc. (Apache License 2.0).</p>
  <//>`;
