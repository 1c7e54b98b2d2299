// Icons as lines, in the colour of the text around them.

import { html } from "/vendor/preact-htm.js";

const paths = {
  chart: "M5 4v16M5 9h3v7H5M13 2v20M11.5 6h3v9h-3M20 7v12M18.5 10h3v6h-3",
  ticket: "M7 20V5m0 0L3.5 8.5M7 5l3.5 3.5M17 4v15m0 0 3.5-3.5M17 19l-3.5-3.5",
  activity: "M4 6h16M4 12h16M4 18h10",
  log: "M12 3 5 6v5.5c0 4.3 3 7.7 7 9.5 4-1.8 7-5.2 7-9.5V6zM8.8 12l2.3 2.3 4.2-4.6",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.7 1.7M17.3 17.3 19 19M19 5l-1.7 1.7M6.7 17.3 5 19",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5",
  help: "M9 9a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 2V15M12 18.5v.1",
  close: "M6 6l12 12M18 6 6 18",
};

/** An icon; whoever shows it says in words what it means. */
export const Icon = ({ name, size = 18 }) => html`
  <svg class="line-icon" width=${size} height=${size} viewBox="0 0 24 24" fill="none" stroke="currentColor"
      stroke-width="1.8"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d=${paths[name]} /></svg>`;
