// Short messages that go away by themselves; screen readers hear them.

import { html } from "/vendor/preact-htm.js";
import { useStore } from "../store.js";
import { Icon } from "./icons.js";

export function Toasts({ terminal }) {
  const toasts = useStore(terminal.store, (all) => all.toasts);
  return html`
    <div class="toasts" aria-live="polite" aria-label="Messages">
      ${toasts.map(({ id, kind, text }) => html`
        <div key=${id} class=${"toast " + kind} role=${kind === "bad" ? "alert" : "status"}
            data-test=${"toast-" + kind}>
          <p>${text}</p><button type="button" class="icon" aria-label="Dismiss"
              onClick=${() => terminal.dismiss(id)}><${Icon} name="close" size=${15} /></button>
        </div>`)}
    </div>`;
}
