// The own orders: those that are live, which can be changed and cancelled, and those that ended lately.

import { html, useState } from "/vendor/preact-htm.js";
import { isLive } from "../account.js";
import * as decimal from "../decimal.js";
import * as format from "../format.js";
import { useStore } from "../store.js";
import { Choice, Dialog, Empty } from "./parts.js";

const endedShown = 100;

/** New terms for a live order: quantity, and whichever prices it has. */
export function Amend({ terminal, order }) {
  const [quantity, setQuantity] = useState(order.remaining_qty ?? order.quantity);
  const [price, setPrice] = useState(order.price ?? "");
  const [trigger, setTrigger] = useState(order.trigger_price ?? "");
  const [isBusy, setIsBusy] = useState(false);
  const hasTrigger = Boolean(order.trigger_price) && order.status === "pending_trigger" && order.type !== "TRAILING_STOP";
  const send = async (event) => {
    event.preventDefault();
    const changes = { quantity: decimal.normalize(quantity) };
    if (order.price && decimal.normalize(price) !== order.price) changes.price = decimal.normalize(price);
    if (hasTrigger && decimal.normalize(trigger) !== order.trigger_price) changes.trigger_price = decimal.normalize(trigger);
    setIsBusy(true);
    const isDone = await terminal.amend(order, changes);
    setIsBusy(false);
    if (isDone) terminal.close();
  };
  const field = (name, label, value, set) => html`
    <div class="field"><label for=${"amend-" + name}>${label}</label>
      <input id=${"amend-" + name} name=${name} inputmode="decimal" autocomplete="off" value=${value}
          onInput=${(event) => set(event.target.value)} /></div>`;
  return html`
    <${Dialog} label=${`Change the order on ${order.instrument}`} onClose=${() => terminal.close()}>
      <form class="stack" onSubmit=${send} data-test="amend-form">
        <p class="muted">A smaller quantity keeps the order's place in the queue; anything else sends it to the end.</p>
        ${field("quantity", "Open quantity", quantity, setQuantity)}
        ${order.price ? field("price", "Price", price, setPrice) : null}
        ${hasTrigger ? field("trigger", "Trigger price", trigger, setTrigger) : null}
        <button type="submit" class="primary" disabled=${isBusy} data-test="amend-send">Change the order</button>
      </form>
    <//>`;
}

function OrderRow({ terminal, order }) {
  const instrument = terminal.state.instruments.find(({ symbol }) => symbol === order.instrument) ?? null;
  const filled = order.filled_qty ?? "0";
  const canChange = isLive(order);
  return html`
    <tr data-test="order" data-order=${order.order_id} data-status=${order.status}>
      <td data-name="Time">${format.moment(order.time)}</td>
      <td data-name="Market">${order.instrument}</td>
      <td data-name="Side" class=${format.sideClass(order.side)}>${format.sideName(order.side)}</td>
      <td data-name="Type">${format.words(order.type)}</td>
      <td data-name="Price" class="number">${order.price ? format.price(order.price, instrument) : "–"}</td>
      <td data-name="Trigger"
          class="number">${order.trigger_price ? format.price(order.trigger_price, instrument) : "–"}</td>
      <td data-name="Filled" class="number">${format.quantity(filled, instrument)} <span
          class="muted">/ ${format.quantity(order.quantity, instrument)}</span></td>
      <td data-name="Time in force">${order.time_in_force ?? "–"}</td>
      <td data-name="State"><span class=${"state " + order.status}>${format.words(order.status)}</span>
        ${order.reason && !canChange ? html` <span
            class="muted">${format.words(order.reason).toLowerCase()}</span>` : null}</td>
      <td class="actions">${canChange ? html`
        <button type="button" class="secondary small" data-test="amend"
            aria-label=${`Change the order of ${order.quantity} ${order.instrument}`}
            onClick=${() => terminal.open("amend", { order })}>Change</button>
        <button type="button" class="secondary small" data-test="cancel"
            aria-label=${`Cancel the order of ${order.quantity} ${order.instrument}`}
            onClick=${() => terminal.cancel(order)}>Cancel</button>` : null}</td>
    </tr>`;
}

export function Orders({ terminal }) {
  const orders = useStore(terminal.store, (all) => all.orders);
  const [which, setWhich] = useState("live");
  const shown = which === "live" ? orders.filter(isLive) : orders.slice(0, endedShown);
  return html`
    <div class="filter"><${Choice} label="Which orders" chosen=${which} className="plain" onChoose=${setWhich}
      options=${[{ id: "live", name: "Live" }, { id: "all", name: "All" }]} />
      ${orders.some(isLive) ? html`<button type="button" class="quiet" data-test="cancel-all"
          onClick=${() => terminal.cancelAll()}>Cancel all</button>` : null}</div>
    ${shown.length === 0 ? html`<${Empty}>${which === "live" ? "No order of yours is live." : "You have placed no order yet."}<//>` : html`
      <table class="list" aria-label="My orders">
        <thead><tr><th>Time</th><th>Market</th><th>Side</th><th>Type</th><th class="number">Price</th><th
            class="number">Trigger</th>
          <th class="number">Filled</th><th>Until</th><th>State</th><th><span class="hidden">Actions</span></th>
              </tr></thead>
        <tbody>${shown.map((order) => html`<${OrderRow} key=${order.order_id} terminal=${terminal} order=${order}
            />`)}</tbody>
      </table>`}`;
}
