// Log-in and registration with a passkey: a name, and the device's own unlocking; no password anywhere.

import { html, useLayoutEffect, useRef, useState } from "/vendor/preact-htm.js";
import { plainWords } from "../errors.js";
import { isAvailable } from "../passkey.js";
import { Dialog } from "./parts.js";

const nameRule = /^[a-z0-9][a-z0-9_.-]{0,31}$/i;

export function Login({ terminal }) {
  const [username, setUsername] = useState(terminal.session.username ?? "");
  const [problem, setProblem] = useState(null);
  const [work, setWork] = useState(null);
  const field = useRef();
  useLayoutEffect(() => field.current.focus(), []);
  const run = async (name, body) => {
    if (work) return;
    // The browser knows which passkeys it has for this venue: logging in needs no name, registering does.
    const isNeeded = name === "register" || username.trim() !== "";
    if (isNeeded && !nameRule.test(username.trim())) {
      setProblem("A name has 1 to 32 letters, digits, dots, dashes or underscores, and begins with a letter or digit.");
      field.current.focus();
      return;
    }
    setProblem(null);
    setWork(name);
    try {
      await body(username.trim());
    } catch (error) {
      setProblem(plainWords(error));
    } finally {
      setWork(null);
    }
  };
  const login = () => run("login", (name) => terminal.login(name));
  const register = () => run("register", (name) => terminal.register(name));
  const submit = (event) => {
    event.preventDefault();
    login();
  };
  return html`
    <${Dialog} label="Log in to Parallax" onClose=${() => terminal.close()}>
      ${isAvailable() ? null : html`<p class="notice bad"
          role="alert">This page cannot use passkeys. Open it on https or on localhost in a current browser.</p>`}
      <p class="muted">You need no password. Your device keeps a passkey and unlocks it with your face, finger or PIN.</p>
      <form onSubmit=${submit} class="stack">
        <div class=${"field" + (problem ? " wrong" : "")}>
          <label for="login-name">Name <span class="muted">(may be left out to log in)</span></label>
          <input id="login-name" name="username" ref=${field} autocomplete="username webauthn" autocapitalize="none"
              spellcheck="false" maxlength="32"
            value=${username} onInput=${(event) => setUsername(event.target.value)} aria-invalid=${Boolean(problem)}
                aria-describedby=${problem ? "login-problem" : undefined} />
          ${problem ? html`<p class="error" id="login-problem" role="alert"
              data-test="login-problem">${problem}</p>` : null}
        </div>
        <button type="submit" class="primary" disabled=${work !== null || !isAvailable()} data-test="login">
          ${work === "login" ? "Waiting for the passkey…" : "Log in with a passkey"}</button>
        <div class="or"><span>new here?</span></div>
        <button type="button" class="secondary" disabled=${work !== null || !isAvailable()} onClick=${register}
            data-test="register">
          ${work === "register" ? "Waiting for the passkey…" : "Register this name"}</button>
      </form>
    <//>`;
}
