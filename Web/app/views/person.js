// The account of the person who is logged in: the name, the passkeys, and the way out.

import { html, useEffect, useState } from "/vendor/preact-htm.js";
import { plainWords } from "../errors.js";
import * as format from "../format.js";
import { useStore } from "../store.js";
import { Dialog, Fact } from "./parts.js";

function KeyRow({ item, isLast, onRevoke }) {
  return html`
    <li data-test="key" data-key=${item.id}>
      <div><strong>${item.label || format.words(item.kind)}</strong>
        <p class="muted small">since ${format.dayAndClock(item.created_at)}${item.used_at ? `, used ${format.moment(item.used_at)}` : ""}</p>
            </div>
      ${isLast ? null : html`<button type="button" class="secondary small" data-test="revoke"
          aria-label=${`Remove ${item.label || item.kind}`} onClick=${onRevoke}>Remove</button>`}
    </li>`;
}

/** The keys that open the account. One that is lost is removed with another one; the last one stays. */
function Keys({ terminal }) {
  const [keys, setKeys] = useState(null);
  const [label, setLabel] = useState("");
  const [problem, setProblem] = useState(null);
  const load = async () => setKeys((await terminal.api.keys()).keys.filter((item) => !item.revoked_at));
  const run = async (body) => {
    setProblem(null);
    try {
      await body();
      await load();
    } catch (error) {
      setProblem(plainWords(error));
    }
  };
  useEffect(() => {
    run(async () => {});
  }, []);
  const add = (event) => {
    event.preventDefault();
    run(async () => {
      await terminal.addKey(label.trim() || "another passkey");
      setLabel("");
    });
  };
  return html`
    <h3>Passkeys and keys</h3>
    <ul class="key-list">
      ${(keys ?? []).map((item) => html`<${KeyRow} key=${item.id} item=${item} isLast=${keys.length === 1}
          onRevoke=${() => run(() => terminal.api.revokeKey(item.id))} />`)}
    </ul>
    ${problem ? html`<p class="error" role="alert" data-test="key-problem">${problem}</p>` : null}
    <form class="funds" onSubmit=${add} aria-label="Add a passkey">
      <input name="label" maxlength="64" aria-label="What to call the new passkey"
          placeholder="Such as: security key" value=${label} onInput=${(event) => setLabel(event.target.value)} />
      <button type="submit" class="secondary small" data-test="add-key">Add a passkey</button>
    </form>
    <p class="muted small">With a second passkey, on another device, you get back in when this one is lost.</p>`;
}

export function Person({ terminal }) {
  const user = useStore(terminal.store, (all) => all.user);
  if (!user) return null;
  const logout = () => {
    terminal.close();
    terminal.logout();
  };
  return html`
    <${Dialog} label="My account" onClose=${() => terminal.close()}>
      <dl class="facts">
        <${Fact} name="Name">${user.username}<//>
        <${Fact} name="User"><span class="hash break">${user.user_id}</span><//>
        <${Fact} name="Roles">${user.roles.map(format.words).join(", ")}<//>
        <${Fact} name="Since">${format.dayAndClock(user.created_at)}<//>
      </dl>
      <${Keys} terminal=${terminal} />
      <div class="row">
        <button type="button" class="secondary" onClick=${() => terminal.open("help")}>Keyboard shortcuts</button>
        <button type="button" class="secondary" onClick=${logout} data-test="logout">Log out</button>
      </div>
    <//>`;
}
