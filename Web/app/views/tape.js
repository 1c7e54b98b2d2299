// The tape: what was traded, the newest first, in the colour of the side that came and took.

import { html } from "/vendor/preact-htm.js";
import * as format from "../format.js";
import { useStore } from "../store.js";
import { Empty } from "./parts.js";

export function Tape({ terminal }) {
  const tape = useStore(terminal.store, (all) => all.tape);
  useStore(terminal.store, (all) => all.instruments);
  const instrument = terminal.instrument;
  return html`
    <section class="panel tape" aria-label="Trades of everybody">
      <div class="panel-head"><h2>Trades</h2></div>
      <div class="levels-head" aria-hidden="true"><span>Price</span><span>Quantity</span><span>Time</span></div>
      <div class="scroll" tabindex="0" role="group" aria-label="Latest trades">
        ${tape.length === 0 ? html`<${Empty}>No trade yet.<//>` : null}
        <table class="levels"><tbody>
          ${tape.map((trade) => html`
            <tr key=${trade.trade_id} class=${format.sideClass(trade.taker_side)} data-trade=${trade.trade_id}>
              <td class="price">${format.price(trade.price, instrument)}</td>
              <td>${format.quantity(trade.quantity, instrument)}</td>
              <td class="muted">${format.clock(trade.time)}</td>
            </tr>`)}
        </tbody></table>
      </div>
    </section>`;
}
