// The transparency log: the newest checkpoint, who signed it, and how to check a bundle.

import { html, useEffect, useState } from "/vendor/preact-htm.js";
import { readCheckpoint } from "../checkpoint.js";
import { plainWords } from "../errors.js";
import * as format from "../format.js";
import { useStore } from "../store.js";
import { Busy, Copy, download, Empty, Fact } from "./parts.js";
import { FileVerifier } from "./proof.js";

const askEvery = 3_000;

/** The newest checkpoint, asked for again and again; and how much the log grew while it was looked at. */
function useCheckpoint(terminal) {
  const [state, setState] = useState({});
  useEffect(() => {
    let timer = null;
    let isWanted = true;
    const ask = async () => {
      let next;
      try {
        const text = await terminal.api.checkpoint();
        const checkpoint = readCheckpoint(text);
        next = checkpoint
          ? { text, checkpoint, seenAt: Date.now(), problem: null }
          : { problem: "The venue's checkpoint cannot be read." };
      } catch (error) {
        next = { problem: plainWords(error) };
      }
      if (!isWanted) return;
      setState((before) => ({ ...before, ...next, first: before.first ?? next.checkpoint?.size }));
      timer = setTimeout(ask, askEvery);
    };
    ask();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, []);
  return state;
}

function Signatures({ signatures }) {
  return html`
    <table class="list" aria-label="Signatures under the checkpoint">
      <thead><tr><th>Signed by</th><th>Key</th><th>Time</th></tr></thead>
      <tbody>${signatures.map(({ name, keyID, time }, index) => html`
        <tr key=${index}><td data-name="Signed by" class="break">${name}</td><td data-name="Key"
            class="hash">${keyID}</td>
          <td data-name="Time">${time === null ? html`<span
              class="muted">the log itself</span>` : format.dayAndClock(time)}</td></tr>`)}</tbody>
    </table>`;
}

/** A venue without a log has no checkpoint, but bundles of others can be verified all the same. */
export function LogPage({ terminal }) {
  const venue = useStore(terminal.store, (all) => all.venue);
  return html`
    <main class="log-page">
      ${venue?.log === false ? html`
        <section class="panel" aria-label="Latest checkpoint"><${Empty}>This venue keeps no transparency log.<//>
            </section>` : html`<${Checkpoint} terminal=${terminal} />`}
      <${FileVerifier} terminal=${terminal} />
    </main>`;
}

function Checkpoint({ terminal }) {
  const { checkpoint, text, seenAt, problem, first } = useCheckpoint(terminal);
  const grown = checkpoint && first !== undefined ? checkpoint.size - first : 0n;
  return html`
      <section class="panel" aria-label="Latest checkpoint">
        <div class="panel-head"><h2>Latest checkpoint</h2>
          ${seenAt ? html`<span class="muted">seen ${format.clock(seenAt)}</span>` : null}</div>
        <div class="pad">
          <p class="muted">Every trade is a leaf of one public, append-only log. A checkpoint is its signed state:
            whoever keeps one can later prove that nothing before it was changed.</p>
          ${problem ? html`<p class="notice bad" role="alert">${problem}</p>` : null}
          ${!checkpoint && !problem ? html`<${Busy}>Asking for the checkpoint…<//>` : null}
          ${checkpoint ? html`
            <dl class="facts" data-test="checkpoint">
              <${Fact} name="Size"><strong class="big"
                  data-test="tree-size">${format.amount(checkpoint.size.toString(), 0)}</strong> leaves
                ${grown > 0n ? html`<span
                    class="buy">  +${format.amount(grown.toString(), 0)} since you opened this page</span>` : null}<//>
              <${Fact} name="Root"><span class="hash break">${checkpoint.rootHex}</span><${Copy}
                  text=${checkpoint.rootHex} terminal=${terminal} label="Copy the root" /><//>
              <${Fact} name="Log"><span class="break">${checkpoint.origin}</span><//>
            </dl>
            <${Signatures} signatures=${checkpoint.signatures} />
            <div class="row"><button type="button" class="secondary"
                onClick=${() => download("checkpoint.txt", text, "text/plain")}>Save the checkpoint</button></div>
            <details><summary>As it is signed</summary><pre tabindex="0">${text}</pre></details>` : null}
        </div>
      </section>`;
}
