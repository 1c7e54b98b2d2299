// What the account has and did: orders, trades, contracts and balances, each behind a tab.

import { html, useState } from "/vendor/preact-htm.js";
import { isLive } from "../account.js";
import * as decimal from "../decimal.js";
import * as format from "../format.js";
import { useStore } from "../store.js";
import { Orders } from "./orders.js";
import { Empty, Tabs } from "./parts.js";

const tabNames = { orders: "Orders", fills: "Trades", contracts: "Contracts", balances: "Balances" };
export const tabIDs = Object.keys(tabNames);

const instrumentOf = (terminal, symbol) => terminal.state.instruments.find((item) => item.symbol === symbol) ?? null;

function Fills({ terminal }) {
  const fills = useStore(terminal.store, (all) => all.fills);
  const cursor = useStore(terminal.store, (all) => all.fillsCursor);
  const hasProofs = useStore(terminal.store, (all) => all.venue?.log !== false);
  if (fills.length === 0) return html`<${Empty}>You have not traded yet.<//>`;
  return html`
    <table class="list" aria-label="My trades">
      <thead><tr><th>Time</th><th>Market</th><th>Side</th><th class="number">Price</th><th
          class="number">Quantity</th><th class="number">Value</th>
        <th class="number">Fee</th><th>Role</th><th class="number">Trade</th><th><span class="hidden">Proof</span>
            </th></tr></thead>
      <tbody>
        ${fills.map((fill) => {
          const instrument = instrumentOf(terminal, fill.instrument);
          const value = fill.notional ?? decimal.multiply(fill.price, fill.quantity);
          return html`
            <tr key=${fill.contract_id} data-test="fill">
              <td data-name="Time">${format.moment(fill.time)}</td>
              <td data-name="Market">${fill.instrument}</td>
              <td data-name="Side" class=${format.sideClass(fill.side)}>${format.sideName(fill.side)}</td>
              <td data-name="Price" class="number">${format.price(fill.price, instrument)}</td>
              <td data-name="Quantity" class="number">${format.quantity(fill.quantity, instrument)}</td>
              <td data-name="Value" class="number">${format.shortAmount(value)}</td>
              <td data-name="Fee" class="number">${format.amount(fill.fee)}</td>
              <td data-name="Role">${format.words(fill.liquidity)}</td>
              <td data-name="Trade" class="number muted">${fill.trade_id}</td>
              <td class="actions">${hasProofs ? html`<button type="button" class="secondary small"
                  data-test="verify" aria-label=${`Verify trade ${fill.trade_id}`}
                onClick=${() => terminal.open("proof", { fill })}>Verify</button>` : null}</td>
            </tr>`;
        })}
      </tbody>
    </table>
    ${cursor ? html`<button type="button" class="secondary more"
        onClick=${() => terminal.attempt(() => terminal.account.loadOlderFills())}>Older trades</button>` : null}`;
}

const contractStates = { waiting: "Waits for its settlement", settled: "Settled", failed: "Failed", expired: "Expired" };

function Contracts({ terminal }) {
  const contracts = useStore(terminal.store, (all) => all.contracts);
  if (contracts.length === 0) return html`<${Empty}>Every trade becomes a contract with the clearing house. You have none yet.<//>`;
  return html`
    <table class="list" aria-label="My contracts with the clearing house">
      <thead><tr><th>Contract</th><th>Market</th><th>Side</th><th class="number">Price</th><th
          class="number">Quantity</th><th class="number">Value</th>
        <th>State</th><th>Window ends</th><th>Certificate</th></tr></thead>
      <tbody>
        ${contracts.map((contract) => {
          const instrument = instrumentOf(terminal, contract.instrument);
          const { state } = contract;
          const end = contract.settlement === "service" ? instrument?.window_end : null;
          return html`
            <tr key=${contract.contract_id} data-test="contract">
              <td data-name="Contract" class="number left">${contract.contract_id}</td>
              <td data-name="Market">${contract.instrument}</td>
              <td data-name="Side" class=${format.sideClass(contract.side)}>${format.sideName(contract.side)}</td>
              <td data-name="Price" class="number">${format.price(contract.price, instrument)}</td>
              <td data-name="Quantity" class="number">${format.quantity(contract.quantity, instrument)}</td>
              <td data-name="Value" class="number">${format.shortAmount(contract.notional)}</td>
              <td data-name="State"><span class=${"state " + state}
                  title=${contractStates[state] ?? ""}>${format.words(state)}</span></td>
              <td data-name="Window ends">${end ? format.moment(end) : html`<span class="muted">at once</span>`}</td>
              <td data-name="Certificate" class="hash"
                  title=${contract.certificate ?? ""}>${contract.certificate ? contract.certificate.slice(0, 12) + "…" : html`<span
                  class="muted">–</span>`}</td>
            </tr>`;
        })}
      </tbody>
    </table>`;
}

/** Test funds: an asset, an amount, and where they go. */
function Funds({ terminal, assets }) {
  const [asset, setAsset] = useState(null);
  const [text, setText] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const chosen = asset ?? assets[0] ?? "";
  const get = async (event) => {
    event.preventDefault();
    const value = decimal.normalize(text || "10000");
    if (!decimal.parse(value) || decimal.parse(value).units <= 0n) return terminal.toast("bad", "Enter an amount above zero.");
    setIsBusy(true);
    await terminal.deposit(chosen, value);
    setIsBusy(false);
    setText("");
  };
  return html`
    <form class="funds" onSubmit=${get} aria-label="Test funds" data-test="funds">
      <span class="muted">Test funds</span>
      <input name="amount" inputmode="decimal" autocomplete="off" aria-label="Amount of test funds"
          placeholder="10000" value=${text} onInput=${(event) => setText(event.target.value)} />
      <select name="asset" aria-label="Asset of the test funds" value=${chosen}
          onChange=${(event) => setAsset(event.target.value)}>
        ${assets.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}</select>
      <button type="submit" class="primary small" disabled=${isBusy} data-test="get-funds">Get</button>
    </form>`;
}

function Balances({ terminal }) {
  const balances = useStore(terminal.store, (all) => all.balances);
  const instruments = useStore(terminal.store, (all) => all.instruments);
  const venue = useStore(terminal.store, (all) => all.venue);
  const assets = [...new Set(instruments.flatMap(({ quote, base }) => [quote, base]))];
  return html`
    ${venue?.test_funds ? html`<${Funds} terminal=${terminal} assets=${assets} />` : null}
    ${balances.length === 0 ? html`<${Empty}>You have no money here yet.<//>` : html`
      <table class="list" aria-label="My balances">
        <thead><tr><th>Asset</th><th class="number">Available</th><th class="number">Locked</th><th
            class="number">Total</th></tr></thead>
        <tbody>
          ${balances.map(({ asset, available, locked }) => html`
            <tr key=${asset} data-test="balance" data-asset=${asset}>
              <td data-name="Asset"><strong>${asset}</strong></td>
              <td data-name="Available" class="number">${format.amount(available)}</td>
              <td data-name="Locked" class="number">${format.amount(locked)}</td>
              <td data-name="Total" class="number">${format.amount(decimal.add(available, locked))}</td>
            </tr>`)}
        </tbody>
      </table>`}`;
}

const views = { orders: Orders, fills: Fills, contracts: Contracts, balances: Balances };

export function Activity({ terminal }) {
  const tab = useStore(terminal.store, (all) => all.tab);
  const user = useStore(terminal.store, (all) => all.user);
  const liveCount = useStore(terminal.store, (all) => all.orders.filter(isLive).length);
  const View = views[tab];
  const tabs = tabIDs.map((id) => ({ id, name: tabNames[id], count: id === "orders" ? liveCount : 0 }));
  return html`
    <section class="panel activity" aria-label="My account">
      <div class="panel-head">
        <${Tabs} label="My account" chosen=${tab} controls="activity-panel" tabs=${tabs}
          onChoose=${(id) => terminal.store.set({ tab: id })} />
      </div>
      <div class="scroll" id="activity-panel" role="tabpanel" aria-label=${tab} tabindex="0">
        ${user ? html`<${View} terminal=${terminal} />` : html`
          <div class="empty"><p>Log in to see your orders, trades and balances.</p>
            <button type="button" class="primary"
                onClick=${() => terminal.open("login")}>Log in or register</button></div>`}
      </div>
    </section>`;
}
