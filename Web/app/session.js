// Who is logged in. The access token lives in memory alone; what renews it is kept for this tab, so that a reload
// does not ask for the passkey again, and is gone with the tab.

const place = "parallax.session";
// Renewed this long before it ends, so that no request meets an old one.
const renewBefore = 60_000;

export class Session {
  accessToken = null;
  refreshToken = null;
  username = null;
  #timer = null;
  #onChange;
  #onDue;
  #storage;

  /** onChange(): the tokens are other ones, or gone; onDue(): it is time to renew. */
  constructor({ storage = sessionStorage, onChange = () => {}, onDue = () => {} } = {}) {
    this.#storage = storage;
    this.#onChange = onChange;
    this.#onDue = onDue;
  }

  /** What this tab kept; whether there is anything. */
  restore() {
    try {
      const kept = JSON.parse(this.#storage.getItem(place) ?? "null");
      this.refreshToken = kept?.refreshToken ?? null;
      this.username = kept?.username ?? null;
    } catch {
      this.#storage.removeItem(place);
    }
    return this.refreshToken !== null;
  }

  begin(tokens) {
    this.username = null;
    this.renewed(tokens);
  }

  /** The name behind the tokens, once the venue has said it. */
  rename(username) {
    this.username = username;
    this.#keep();
  }

  #keep() {
    this.#storage.setItem(place, JSON.stringify({ refreshToken: this.refreshToken, username: this.username }));
  }

  renewed(tokens) {
    this.accessToken = tokens.token;
    this.refreshToken = tokens.refresh_token;
    this.#keep();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onDue, Math.max(tokens.expires_in * 1000 - renewBefore, 5_000));
    this.#onChange();
  }

  ended() {
    clearTimeout(this.#timer);
    this.accessToken = null;
    this.refreshToken = null;
    this.#storage.removeItem(place);
    this.#onChange();
  }
}
