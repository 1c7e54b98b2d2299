// The keys of the terminal, as data: what the help shows is what the keys do.

export const shortcuts = [
  { keys: ["b"], name: "buy", text: "Buy: the ticket's side, and into the quantity" },
  { keys: ["s"], name: "sell", text: "Sell: the ticket's side, and into the quantity" },
  { keys: ["q"], name: "quantity", text: "Into the quantity" },
  { keys: ["p"], name: "price", text: "Into the price" },
  { keys: ["o"], name: "type", text: "Next order type" },
  { keys: ["Enter"], name: "send", text: "Send the order, inside the ticket" },
  { keys: ["↑", "↓"], name: "step", text: "One step up or down, inside a price or a quantity; ten with Shift" },
  { keys: ["x"], name: "cancelLast", text: "Cancel the newest live order" },
  { keys: ["X"], name: "cancelAll", text: "Cancel all live orders of this market" },
  { keys: ["/"], name: "markets", text: "Choose a market" },
  { keys: ["c"], name: "chart", text: "Candles or depth" },
  { keys: ["["], name: "shorter", text: "Shorter interval" },
  { keys: ["]"], name: "longer", text: "Longer interval" },
  { keys: ["1", "2", "3", "4"], name: "tabs", text: "Orders, trades, contracts, balances" },
  { keys: ["v"], name: "log", text: "The log and the verifier, and back" },
  { keys: ["d"], name: "theme", text: "Dark or light" },
  { keys: ["?"], name: "help", text: "This list" },
  { keys: ["Esc"], name: "close", text: "Close what is open, or leave a field" },
];

// What a field or a dialog does by itself is listed above, and is no business of the page.
const ofFields = ["send", "step", "close"];
const byKey = new Map(
  shortcuts
    .filter(({ name }) => !ofFields.includes(name))
    .flatMap(({ keys, name }) => keys.map((key) => [key, name])),
);

/** Whether keys belong to the element and are not shortcuts. */
export function isTyping(target) {
  return Boolean(target?.closest?.("input, textarea, select, [contenteditable]"));
}

/** The name of what a key event asks for; null for none. */
export function shortcutOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.key === "Escape") return "close";
  if (isTyping(event.target)) return null;
  return byKey.get(event.key) ?? null;
}
