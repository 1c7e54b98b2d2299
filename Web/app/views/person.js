// The account of the person who is logged in.

import { html } from "/vendor/preact-htm.js";
import * as format from "../format.js";
import { useStore } from "../store.js";
import { Dialog, Fact } from "./parts.js";

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
        <${Fact} name="User"><span class="hash">${user.user_id}</span><//>
        <${Fact} name="Roles">${user.roles.map(format.words).join(", ")}<//>
        <${Fact} name="Since">${format.dayAndClock(user.created_at)}<//>
      </dl>
      <div class="row">
        <button type="button" class="secondary" onClick=${() => terminal.open("help")}>Keyboard shortcuts</button>
        <button type="button" class="secondary" onClick=${logout} data-test="logout">Log out</button>
      </div>
    <//>`;
}
