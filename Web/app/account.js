// What one person has: orders, fills, balances, contracts; from the API and the connection into the store.

const fillsMax = 500;
// Fills come in bursts; balances are asked for once after each.
const settleAfter = 250;

const live = new Set(["new", "open", "partial", "pending_trigger"]);

/** Whether an order can still trade. */
export const isLive = (order) => live.has(order.status);

/** What is known of an order with news about it; older news than what is known changes nothing. */
export function withNews(before, order) {
  if (!before) return order;
  const areNumbered = before.sequence !== undefined && order.sequence !== undefined;
  const isOlder = areNumbered && BigInt(order.sequence) < BigInt(before.sequence);
  return isOlder ? { ...order, ...before } : { ...before, ...order };
}

/** An order as it is kept: one name for its type, whichever answer it came with. */
const kept = (order) => (order.order_type === undefined ? order : { ...order, type: order.order_type });

const byNumber = (name) => (a, b) => {
  const [left, right] = [BigInt(a[name]), BigInt(b[name])];
  return left < right ? 1 : left > right ? -1 : 0;
};

/** A list with news in it, each thing once, the newest first. */
export function merged(list, news, name) {
  const byName = new Map([...list, ...news].map((item) => [String(item[name]), item]));
  return [...byName.values()].sort(byNumber(name));
}

export class Account {
  #store;
  #api;
  #timer = null;

  constructor({ store, api }) {
    this.#store = store;
    this.#api = api;
  }

  /** Everything anew: after a log-in, and after the connection came back. */
  async load() {
    const wanted = [this.#loadOrders(), this.#loadFills(), this.#loadMoney()];
    const failed = (await Promise.allSettled(wanted)).find(({ status }) => status === "rejected");
    if (failed) throw failed.reason;
  }

  clear() {
    clearTimeout(this.#timer);
    this.#store.set({ orders: [], fills: [], balances: [], contracts: [], fillsCursor: null });
  }

  async #loadOrders() {
    const { orders } = await this.#api.orders();
    this.#store.set({ orders: orders.map(kept).sort(byNumber("order_id")) });
  }

  async #loadFills() {
    const { trades, next_cursor: fillsCursor = null } = await this.#api.trades();
    this.#store.set({ fills: trades, fillsCursor });
  }

  /** The fills before those that are shown. */
  async loadOlderFills() {
    const { fillsCursor, fills } = this.#store.get();
    if (!fillsCursor) return;
    const { trades, next_cursor: next = null } = await this.#api.trades(fillsCursor);
    this.#store.set({ fills: merged(fills, trades, "contract_id"), fillsCursor: next });
  }

  async #loadMoney() {
    const [{ balances }, { contracts }] = await Promise.all([this.#api.balances(), this.#api.contracts()]);
    this.#store.set({ balances, contracts });
  }

  /** Asks for balances and contracts soon, once for all that happens until then. */
  refreshSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // A failure shows as an old balance; the next change asks again, and so does a return of the connection.
      this.#loadMoney().catch(() => {});
    }, settleAfter);
  }

  /** What an order became. */
  applyOrder(order) {
    this.#store.set(({ orders }) => {
      const before = orders.find(({ order_id: id }) => id === order.order_id);
      return { orders: merged(orders, [withNews(before, kept(order))], "order_id") };
    });
    this.refreshSoon();
  }

  /** The live orders as the connection says them first: what else seemed live has ended meanwhile. */
  #applySnapshot(orders) {
    for (const order of orders) this.applyOrder(order);
    const names = new Set(orders.map(({ order_id: id }) => id));
    const isMissing = (order) => isLive(order) && !names.has(order.order_id);
    if (this.#store.get().orders.some(isMissing)) this.#loadOrders().catch(() => {});
  }

  /** Takes a message of the connection; whether it was one of these. */
  receive(message) {
    if (message.channel !== "orders") return false;
    if (message.type === "snapshot") {
      this.#applySnapshot(message.orders);
    } else if (message.type === "fill") {
      this.#store.set(({ fills }) => ({ fills: merged(fills, [message], "contract_id").slice(0, fillsMax) }));
      this.refreshSoon();
    } else if (message.type === "order") {
      const { type, channel, ...order } = message;
      this.applyOrder(order);
    }
    return true;
  }
}
