// The proof of a trade: the bundle is fetched, and verified in this page by the venue's own verifier, which can
// reach nothing. What is trusted comes from the venue's address or, better, from a file that came another way.

import { html, useEffect, useState } from "/vendor/preact-htm.js";
import { plainWords } from "../errors.js";
import { differences } from "../proof.js";
import { verify } from "../verifier.js";
import { Busy, Choice, Dialog, download } from "./parts.js";

// A trade is in the log, attested and cosigned a moment after it; so long its bundle is asked for again.
const askAgainAfter = 1_500;
const triesMax = 30;

const outcomes = {
  passed: ["✓", "holds"],
  failed: ["✕", "does not hold"],
  notChecked: ["–", "not checked"],
};

/** What the verifier says: the answer in a line, then each check. */
export function Verdict({ verdict, against = [] }) {
  const checks = verdict.checks ?? [];
  const isGood = verdict.verified && against.length === 0;
  const reason = verdict.verified
    ? "It is genuine, but not the proof of this trade."
    : verdict.error ?? "A check does not hold.";
  return html`
    <div class="verdict" data-test="verdict" data-verified=${String(isGood)}>
      <p class=${"answer " + (isGood ? "good" : "bad")} role="status">
        ${isGood ? "✓ Verified: every check holds." : `✕ Not verified. ${reason}`}</p>
      ${against.map((text) => html`<p class="notice bad" key=${text}>${text}</p>`)}
      <ul class="checks" aria-label="Checks">
        ${checks.map(({ name, outcome, text }) => html`
          <li key=${name} class=${outcome}><span class="mark" aria-hidden="true">${outcomes[outcome]?.[0]}</span>
            <span class="name">${name}</span><span class="hidden">${outcomes[outcome]?.[1]}: </span><span
                class="muted">${text}</span></li>`)}
      </ul>
      ${verdict.statement ? html`<details><summary>Statement</summary><pre
          tabindex="0">${JSON.stringify(verdict.statement, null, 2)}</pre></details>` : null}
      ${verdict.disclosure ? html`<details><summary>My side of it</summary><pre
          tabindex="0">${JSON.stringify(verdict.disclosure, null, 2)}</pre></details>` : null}
    </div>`;
}

const readFile = async (input) => {
  const [file] = input.files;
  return file ? { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) } : null;
};

/** The choice of what is trusted: what the venue says of itself, or a file. */
export function TrustChoice({ trust, onChange }) {
  return html`
    <div class="trust">
      <${Choice} label="What to trust" chosen=${trust.from} className="plain"
          onChoose=${(from) => onChange({ ...trust, from })}
        options=${[{ id: "venue", name: "The venue's published keys" }, { id: "file", name: "A trust file of mine" }]}
            />
      ${trust.from === "file" ? html`
        <label class="file"><span>${trust.file?.name ?? "Choose trust.json"}</span>
          <input type="file" name="trust" accept=".json,application/json" aria-label="Trust file"
              onChange=${async (event) => onChange({ from: "file", file: await readFile(event.target) })} /></label>
        <p class="muted small">Get it from somebody other than the sender of the bundle.</p>` : html`
        <p class="muted small">These come from the venue itself. A trust file that you got another way proves more.</p>`}
    </div>`;
}

/** Verifies a bundle with what is trusted; null while there is no trust file. */
async function judge(terminal, bundle, trust) {
  if (trust.from === "file" && !trust.file) return null;
  const bytes = trust.from === "file" ? trust.file.bytes : await terminal.api.trust();
  return verify(bundle, bytes);
}

/** The work of verifying: state, verdict, problem. */
function useVerdict(terminal, bundle, trust) {
  const [result, setResult] = useState({});
  useEffect(() => {
    if (!bundle) return undefined;
    let isWanted = true;
    setResult({ isBusy: true });
    judge(terminal, bundle, trust).then(
      (verdict) => isWanted && setResult({ verdict }),
      (error) => isWanted && setResult({ problem: plainWords(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [bundle, trust]);
  return result;
}

/** Fetches the bundle of a trade; one that is not made yet is asked for again for a while. */
function useBundle(terminal, trade) {
  const [state, setState] = useState({});
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isWanted = true;
    let timer = null;
    const ask = async (triesLeft) => {
      try {
        const bundle = await terminal.api.bundle(trade);
        if (isWanted) setState({ bundle });
      } catch (error) {
        if (!isWanted) return;
        const isEarly = error.code === "not_ready" && triesLeft > 0;
        setState(isEarly ? { isEarly } : { problem: plainWords(error) });
        if (isEarly) timer = setTimeout(() => ask(triesLeft - 1), askAgainAfter);
      }
    };
    setState({});
    ask(triesMax);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [trade, attempt]);
  return { ...state, again: () => setAttempt(attempt + 1) };
}

export function Proof({ terminal, fill }) {
  const trade = fill.trade_id;
  const instrument = terminal.state.instruments.find(({ symbol }) => symbol === fill.instrument);
  const { bundle, problem, isEarly, again } = useBundle(terminal, trade);
  const [trust, setTrust] = useState({ from: "venue", file: null });
  const result = useVerdict(terminal, bundle, trust);
  return html`
    <${Dialog} label=${`Proof of trade ${trade}`} onClose=${() => terminal.close()} wide>
      <${TrustChoice} trust=${trust} onChange=${setTrust} />
      ${!bundle && !problem ? html`
        <${Busy}>${isEarly ? "The trade is on its way into the log; its observers are signing…" : "Fetching the bundle…"}<//>` : null}
      ${problem ? html`
        <p class="notice bad" role="alert" data-test="bundle-problem">${problem}</p>
        <button type="button" class="secondary" data-test="bundle-again" onClick=${again}>Try again</button>` : null}
      ${result.isBusy ? html`<${Busy}>Verifying in this page…<//>` : null}
      ${result.problem ? html`<p class="notice bad" role="alert">${result.problem}</p>` : null}
      ${result.verdict ? html`<${Verdict} verdict=${result.verdict}
        against=${result.verdict.verified ? differences(result.verdict.statement, result.verdict.disclosure, fill, instrument) : []}
            />` : null}
      ${bundle ? html`
        <div class="row"><button type="button" class="secondary" data-test="save-bundle"
            onClick=${() => download(`trade-${trade}.bundle`, bundle)}>Save the bundle (${bundle.length.toLocaleString("en")} bytes)</button>
            </div>
        <p class="muted small">The same check without a browser: <code>parallax verify trade-${trade}.bundle --trust trust.json</code>
            </p>` : null}
    <//>`;
}

/** Verifies any bundle file, for whoever holds one; nothing is sent anywhere. */
export function FileVerifier({ terminal }) {
  const [file, setFile] = useState(null);
  const [trust, setTrust] = useState({ from: "venue", file: null });
  const result = useVerdict(terminal, file?.bytes ?? null, trust);
  return html`
    <section class="panel verifier" aria-label="Verify a bundle">
      <div class="panel-head"><h2>Verify a bundle</h2></div>
      <div class="pad">
        <p class="muted">A bundle proves a trade to whoever holds it. It is checked in this page; nothing is sent anywhere.</p>
        <label class="file"><span>${file?.name ?? "Choose a bundle"}</span>
          <input type="file" name="bundle" aria-label="Bundle"
              onChange=${async (event) => setFile(await readFile(event.target))} /></label>
        <${TrustChoice} trust=${trust} onChange=${setTrust} />
        ${result.isBusy ? html`<${Busy}>Verifying in this page…<//>` : null}
        ${result.problem ? html`<p class="notice bad" role="alert">${result.problem}</p>` : null}
        ${result.verdict ? html`<${Verdict} verdict=${result.verdict} />` : null}
      </div>
    </section>`;
}
