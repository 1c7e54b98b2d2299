// The order ticket: every order type of the venue, with what an order costs and what the account has for it.

import { html, useEffect, useRef } from "/vendor/preact-htm.js";
import { top } from "../book.js";
import * as decimal from "../decimal.js";
import * as format from "../format.js";
import * as rules from "../order.js";
import { useStore } from "../store.js";
import { Choice } from "./parts.js";

/** A number with its unit; the arrow keys move it by a step, by ten with Shift. */
function NumberField({ name, label, unit, value, step, error, onChange, placeholder }) {
  const onKeyDown = (event) => {
    const direction = { ArrowUp: "1", ArrowDown: "-1" }[event.key];
    if (!direction || !step) return;
    event.preventDefault();
    const current = decimal.parse(decimal.normalize(value)) ? decimal.normalize(value) : "0";
    const moved = decimal.add(current, decimal.multiply(step, event.shiftKey ? direction + "0" : direction));
    onChange(moved.startsWith("-") ? decimal.fixed("0", format.decimalsOf(step)) : decimal.fixed(moved, format.decimalsOf(step)));
  };
  const errorID = `error-${name}`;
  return html`
    <div class=${"field" + (error ? " wrong" : "")}>
      <label for=${"ticket-" + name}>${label}</label>
      <div class="input">
        <input id=${"ticket-" + name} name=${name} inputmode="decimal" autocomplete="off" spellcheck="false"
          enterkeyhint="send" placeholder=${placeholder} value=${value} aria-invalid=${Boolean(error)}
          aria-describedby=${error ? errorID : undefined}
          onInput=${(event) => onChange(event.target.value)} onKeyDown=${onKeyDown} />
        <span class="unit" aria-hidden="true">${unit}</span>
      </div>
      ${error ? html`<p class="error" id=${errorID} role="alert">${error}</p>` : null}
    </div>`;
}

function SelectField({ name, label, value, options, onChange, disabled }) {
  return html`
    <div class="field">
      <label for=${"ticket-" + name}>${label}</label>
      <select id=${"ticket-" + name} name=${name} value=${value} disabled=${disabled}
          onChange=${(event) => onChange(event.target.value)}>
        ${options.map(({ id, name: text }) => html`<option value=${id} key=${id}>${text}</option>`)}
      </select>
    </div>`;
}

/** How many decimals of an asset are worth their room: those of the lot, or cents. */
const decimalsOf = (asset, instrument) => (asset === instrument.quote ? 2 : format.decimalsOf(instrument.lot));

/** The price that an estimate is made with: the order's own, or the best opposite one. */
function estimatePrice(ticket, book) {
  const has = rules.parts(ticket);
  if (has.price) return decimal.normalize(ticket.price);
  if (has.trigger) return decimal.normalize(ticket.trigger);
  const { bid, ask } = top(book);
  return (ticket.side === "BUY" ? ask : bid)?.price ?? "";
}

function Money({ terminal, ticket, instrument }) {
  const balances = useStore(terminal.store, (all) => all.balances);
  const user = useStore(terminal.store, (all) => all.user);
  const book = useStore(terminal.store, (all) => all.book);
  useStore(terminal.store, (all) => all.bookVersion);
  const asset = ticket.side === "BUY" ? instrument.quote : instrument.base;
  const available = balances.find((balance) => balance.asset === asset)?.available ?? "0";
  const price = estimatePrice(ticket, book);
  const total = rules.notional(ticket, price);
  // The venue writes rates in millionths.
  const feeRate = decimal.fromUnits(BigInt(instrument.taker_fee_rate ?? 0), 6);
  const decimals = decimalsOf(asset, instrument);
  const fill = (percent) => {
    const quantity = rules.affordable({ side: ticket.side, available, price, lot: instrument.lot, percent, feeRate });
    if (quantity !== null) terminal.changeTicket({ quantity: decimal.fixed(quantity, format.decimalsOf(instrument.lot)) });
  };
  return html`
    <div class="shares" role="group" aria-label="Share of what is available">
      ${[25, 50, 75, 100].map((percent) => html`<button type="button" key=${percent} disabled=${!user}
          onClick=${() => fill(percent)}>${percent}%</button>`)}
    </div>
    <dl class="money">
      <div><dt>Available</dt>
        <dd data-test="available">${user ? `${format.shortAmount(available, decimals)} ${asset}` : "–"}</dd></div>
      <div><dt>${rules.parts(ticket).price ? "Order value" : "About"}</dt>
        <dd>${total === null ? "–" : `${format.shortAmount(total)} ${instrument.quote}`}</dd></div>
    </dl>`;
}

function Options({ ticket, instrument, errors, set }) {
  const has = rules.parts(ticket);
  const times = rules.timesInForce.filter(({ id }) => has.timesInForce.includes(id));
  return html`
    <${SelectField} name="time_in_force" label="Time in force" value=${ticket.timeInForce} options=${times}
        onChange=${(timeInForce) => set({ timeInForce })} />
    ${has.expiry ? html`
      <div class=${"field" + (errors.expiresAt ? " wrong" : "")}>
        <label for="ticket-expires">Until</label>
        <input id="ticket-expires" name="expires_at" type="datetime-local" step="1" value=${ticket.expiresAt}
            onInput=${(event) => set({ expiresAt: event.target.value })} />
        ${errors.expiresAt ? html`<p class="error" role="alert">${errors.expiresAt}</p>` : null}
      </div>` : null}
    <details class="options" open=${ticket.postOnly !== "OFF" || ticket.display !== "" || Boolean(errors.display)}>
      <summary>More options</summary>
      <${SelectField} name="post_only" label="Post only" value=${ticket.postOnly} options=${rules.postOnlyModes}
          disabled=${!has.postOnly} onChange=${(postOnly) => set({ postOnly })} />
      ${has.display ? html`<${NumberField} name="display" label="Displayed part (iceberg)" unit=${instrument.base}
          value=${ticket.display} step=${instrument.lot}
        error=${errors.display} placeholder="all" onChange=${(display) => set({ display })} />` : null}
      <${SelectField} name="self_trade" label="If it meets my own order" value=${ticket.selfTrade}
          options=${rules.selfTradeModes} onChange=${(selfTrade) => set({ selfTrade })} />
    </details>`;
}

function Form({ terminal, instrument }) {
  const ticket = useStore(terminal.store, (all) => all.ticket);
  const errors = useStore(terminal.store, (all) => all.ticketErrors);
  const user = useStore(terminal.store, (all) => all.user);
  const isSending = useStore(terminal.store, (all) => all.isSending);
  const form = useRef();
  const has = rules.parts(ticket);
  const set = (fields) => terminal.changeTicket(fields);
  const send = (event) => {
    event.preventDefault();
    terminal.sendTicket();
  };
  useEffect(() => {
    if (Object.keys(errors).length) form.current.querySelector("[aria-invalid=true]")?.focus();
  }, [errors]);
  const isBuy = ticket.side === "BUY";
  const type = rules.types.find(({ id }) => id === ticket.type);
  return html`
    <form class="ticket-form" ref=${form} onSubmit=${send} noValidate aria-label="New order" data-test="ticket">
      <${Choice} label="Side" chosen=${ticket.side} className=${"sides " + (isBuy ? "buy" : "sell")}
          onChoose=${(side) => set({ side })}
        options=${[{ id: "BUY", name: "Buy" }, { id: "SELL", name: "Sell" }]} />
      <${Choice} label="Order type" chosen=${ticket.type} className="plain types" onChoose=${(id) => set({ type: id })}
        options=${rules.types.map(({ id, name, hint }) => ({ id, name, title: hint }))} />
      <p class="hint">${type.hint}</p>
      ${has.trigger ? html`<${NumberField} name="trigger" label="Trigger price" unit=${instrument.quote}
          value=${ticket.trigger} step=${instrument.tick} error=${errors.trigger}
          onChange=${(trigger) => set({ trigger })} />` : null}
      ${has.trail ? html`<${NumberField} name="trail" label="Distance from the market" unit=${instrument.quote}
          value=${ticket.trail} step=${instrument.tick} error=${errors.trail} onChange=${(trail) => set({ trail })}
          />` : null}
      ${has.price ? html`<${NumberField} name="price" label="Price" unit=${instrument.quote} value=${ticket.price}
          step=${instrument.tick} error=${errors.price} onChange=${(price) => set({ price })} />` : null}
      <${NumberField} name="quantity" label="Quantity" unit=${instrument.base} value=${ticket.quantity}
          step=${instrument.lot} error=${errors.quantity} onChange=${(quantity) => set({ quantity })} />
      <${Money} terminal=${terminal} ticket=${ticket} instrument=${instrument} />
      <${Options} ticket=${ticket} instrument=${instrument} errors=${errors} set=${set} />
      <button type="submit" class=${"send " + (isBuy ? "buy" : "sell")} disabled=${isSending} data-test="send">
        ${!user ? "Log in to trade" : isSending ? "Sending…" : `${isBuy ? "Buy" : "Sell"} ${instrument.base}`}</button>
    </form>`;
}

/** What the account has of both assets of the market. */
function Assets({ terminal, instrument }) {
  const balances = useStore(terminal.store, (all) => all.balances);
  const user = useStore(terminal.store, (all) => all.user);
  const venue = useStore(terminal.store, (all) => all.venue);
  if (!user) return null;
  const row = (asset) => {
    const { available = "0", locked = "0" } = balances.find((balance) => balance.asset === asset) ?? {};
    return html`
      <tr key=${asset}><th scope="row">${asset}</th>
          <td>${format.shortAmount(available, decimalsOf(asset, instrument))}</td>
        <td class="muted">${format.shortAmount(locked, decimalsOf(asset, instrument))}</td></tr>`;
  };
  return html`
    <div class="assets">
      <table aria-label="My assets in this market">
        <thead><tr><th>Asset</th><th>Available</th><th>Locked</th></tr></thead>
        <tbody>${[instrument.base, instrument.quote].map(row)}</tbody>
      </table>
      ${venue?.test_funds ? html`<button type="button" class="secondary small" data-test="to-funds"
          onClick=${() => terminal.store.set({ tab: "balances", pane: "activity" })}>Get test funds</button>` : null}
    </div>`;
}

export function Ticket({ terminal }) {
  useStore(terminal.store, (all) => all.symbol);
  useStore(terminal.store, (all) => all.instruments);
  const { instrument } = terminal;
  return html`
    <section class="panel ticket" aria-label="Order ticket">
      <div class="panel-head"><h2>Order</h2>${instrument ? html`<span
          class="muted">${instrument.symbol}</span>` : null}</div>
      ${instrument ? html`<${Form} terminal=${terminal} instrument=${instrument} /><${Assets} terminal=${terminal}
          instrument=${instrument} />` : null}
    </section>`;
}
