// Starts the terminal: state, session, connection, and the page.

import { html, render } from "/vendor/preact-htm.js";
import { makeTerminal } from "./terminal.js";
import { Shell } from "./views/shell.js";

const terminal = makeTerminal();
const place = document.getElementById("terminal");
place.textContent = "";
render(html`<${Shell} terminal=${terminal} />`, place);
terminal.start();
