// The small parts that views share.

import { html, useLayoutEffect, useRef } from "/vendor/preact-htm.js";
import { Icon } from "./icons.js";

/** A dialog over the page: Escape and a click beside it close it; the browser keeps the focus inside. */
export function Dialog({ label, onClose, children, wide = false }) {
  const dialog = useRef();
  // Before anything is painted, so that no key press falls between the page and the dialog.
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    return () => before?.focus?.();
  }, []);
  const beside = (event) => {
    if (event.target === dialog.current) onClose();
  };
  return html`
    <dialog ref=${dialog} tabindex="-1" autofocus class=${wide ? "dialog wide" : "dialog"} aria-label=${label}
        onMouseDown=${beside}
      onCancel=${(event) => { event.preventDefault(); onClose(); }}>
      <div class="dialog-head">
        <h2>${label}</h2>
        <button type="button" class="icon" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button>
      </div>
      <div class="dialog-body">${children}</div>
    </dialog>`;
}

/** Tabs of which one is chosen; the arrow keys move between them. */
export function Tabs({ label, tabs, chosen, onChoose, controls }) {
  const onKeyDown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const index = tabs.findIndex(({ id }) => id === chosen);
    const next = tabs[(index + step + tabs.length) % tabs.length];
    onChoose(next.id);
    event.currentTarget.querySelector(`[data-tab="${next.id}"]`)?.focus();
  };
  return html`
    <div class="tabs" role="tablist" aria-label=${label} onKeyDown=${onKeyDown}>
      ${tabs.map(({ id, name, count }) => html`
        <button type="button" role="tab" key=${id} data-tab=${id} aria-selected=${id === chosen}
            aria-controls=${controls}
          tabindex=${id === chosen ? 0 : -1} onClick=${() => onChoose(id)}>
          ${name}${count ? html`<span class="count">${count}</span>` : null}
        </button>`)}
    </div>`;
}

/** One of several choices, shown side by side. */
export function Choice({ label, options, chosen, onChoose, className = "" }) {
  return html`
    <div class=${"choice " + className} role="group" aria-label=${label}>
      ${options.map(({ id, name, title }) => html`
        <button type="button" key=${id} aria-pressed=${id === chosen} title=${title} data-choice=${id}
          onClick=${() => onChoose(id)}>${name}</button>`)}
    </div>`;
}

/** A place that has nothing yet, and what to do about it. */
export const Empty = ({ children }) => html`<p class="empty">${children}</p>`;

/** Something that takes a while. */
export const Busy = ({ children }) => html`<p class="busy" role="status"><span class="spinner" aria-hidden="true">
    </span>${children}</p>`;

/** A line of a name and what belongs to it. */
export const Fact = ({ name, children, title }) =>
  html`<div class="fact" title=${title}><dt>${name}</dt><dd>${children}</dd></div>`;

/** Copies a text, and says so. */
export function Copy({ text, terminal, label }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      terminal.toast("info", "Copied.");
    } catch {
      terminal.toast("bad", "The browser does not let this page copy.");
    }
  };
  return html`<button type="button" class="quiet copy" aria-label=${label} onClick=${copy}>Copy</button>`;
}

/** Gives a file to the person who asked for it. */
export function download(name, bytes, type = "application/octet-stream") {
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
