// The page: the bar, the panels, what lies over them, and the keys.

import { html, useLayoutEffect } from "/vendor/preact-htm.js";
import { isTyping, shortcutOf } from "../shortcuts.js";
import { useStore } from "../store.js";
import { types } from "../order.js";
import { Activity, tabIDs } from "./activity.js";
import { Book } from "./book.js";
import { Chart } from "./chart.js";
import { Header } from "./header.js";
import { Help } from "./help.js";
import { Icon } from "./icons.js";
import { LogPage } from "./log.js";
import { Login } from "./login.js";
import { Amend } from "./orders.js";
import { Person } from "./person.js";
import { Proof } from "./proof.js";
import { Tape } from "./tape.js";
import { Ticket } from "./ticket.js";
import { Toasts } from "./toasts.js";

const overlays = { login: Login, help: Help, amend: Amend, proof: Proof, person: Person };

const panes = [
  { id: "chart", name: "Chart" },
  { id: "ticket", name: "Trade" },
  { id: "activity", name: "Account" },
  { id: "log", name: "Log" },
];

/** On a phone one part of the page is shown at a time. */
function PaneBar({ terminal }) {
  const page = useStore(terminal.store, (all) => all.page);
  const pane = useStore(terminal.store, (all) => all.pane);
  const chosen = page === "log" ? "log" : pane;
  const choose = (id) => {
    terminal.setPage(id === "log" ? "log" : "trade");
    if (id !== "log") terminal.store.set({ pane: id });
  };
  return html`
    <nav class="pane-bar" aria-label="Parts of the page">
      ${panes.map(({ id, name }) => html`
        <button type="button" key=${id} aria-current=${id === chosen ? "page" : undefined} data-pane=${id}
            onClick=${() => choose(id)}>
          <${Icon} name=${id} size=${21} />${name}</button>`)}
    </nav>`;
}

/** Moves the focus into a field of the ticket. */
function focusTicket(terminal, name) {
  terminal.setPage("trade");
  terminal.store.set({ pane: "ticket" });
  // The field may be drawn only in the next frame.
  setTimeout(() => document.getElementById("ticket-" + name)?.select(), 30);
}

function nextType(terminal) {
  const index = types.findIndex(({ id }) => id === terminal.state.ticket.type);
  terminal.changeTicket({ type: types[(index + 1) % types.length].id });
}

const actions = {
  buy: (terminal) => { terminal.changeTicket({ side: "BUY" }); focusTicket(terminal, "quantity"); },
  sell: (terminal) => { terminal.changeTicket({ side: "SELL" }); focusTicket(terminal, "quantity"); },
  quantity: (terminal) => focusTicket(terminal, "quantity"),
  price: (terminal) => focusTicket(terminal, "price"),
  type: nextType,
  cancelLast: (terminal) => terminal.cancelNewest(),
  cancelAll: (terminal) => terminal.state.user && terminal.cancelAll(terminal.state.symbol),
  markets: (terminal) => terminal.open("markets"),
  chart: (terminal) => terminal.store.set(({ chart }) => ({ chart: chart === "candles" ? "depth" : "candles" })),
  shorter: (terminal) => terminal.stepInterval(-1),
  longer: (terminal) => terminal.stepInterval(1),
  tabs: (terminal, event) => terminal.store.set({ tab: tabIDs[Number(event.key) - 1], pane: "activity" }),
  log: (terminal) => terminal.setPage(terminal.state.page === "log" ? "trade" : "log"),
  theme: (terminal) => terminal.toggleTheme(),
  help: (terminal) => terminal.open("help"),
};

function onKey(terminal, event) {
  const name = shortcutOf(event);
  if (name === "close") {
    if (terminal.state.overlay) terminal.close();
    else if (isTyping(event.target)) event.target.blur();
    return;
  }
  // While a dialog is open the keys are its own.
  if (!name || terminal.state.overlay) return;
  event.preventDefault();
  actions[name](terminal, event);
}

function TradePage({ terminal }) {
  const pane = useStore(terminal.store, (all) => all.pane);
  return html`
    <main class="trade-page" data-pane=${pane}>
      <${Chart} terminal=${terminal} />
      <${Book} terminal=${terminal} />
      <${Tape} terminal=${terminal} />
      <${Ticket} terminal=${terminal} />
      <${Activity} terminal=${terminal} />
    </main>`;
}

export function Shell({ terminal }) {
  const page = useStore(terminal.store, (all) => all.page);
  const overlay = useStore(terminal.store, (all) => all.overlay);
  useLayoutEffect(() => {
    const listener = (event) => onKey(terminal, event);
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, []);
  const Overlay = overlays[overlay?.name];
  return html`
    <${Header} terminal=${terminal} />
    ${page === "log" ? html`<${LogPage} terminal=${terminal} />` : html`<${TradePage} terminal=${terminal} />`}
    <${PaneBar} terminal=${terminal} />
    ${Overlay ? html`<${Overlay} key=${overlay.name} terminal=${terminal} ...${overlay} />` : null}
    <${Toasts} terminal=${terminal} />`;
}
