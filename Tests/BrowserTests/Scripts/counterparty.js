// Another member of the venue, for a person in the browser to trade with: `await counterparty(name)` registers an
// Ed25519 key, signs in with it and takes test funds; the result places orders over the venue's interface.

window.counterparty = async (name) => {
  const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  let token = null;
  const ask = async (method, path, body) => {
    const headers = { "Content-Type": "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${path}: ${answer.error.code}`);
    return answer;
  };
  const keys = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const key = await crypto.subtle.exportKey("raw", keys.publicKey);
  await ask("POST", "/auth/register", { username: name, public_key: hex(key) });
  const { challenge, venue } = await ask("POST", "/auth/challenge", { username: name });
  const timestamp = Math.floor(Date.now() / 1000);
  const text = ["parallax.sign-in/1", venue, name, challenge, timestamp, ""].join("\n");
  const signature = hex(await crypto.subtle.sign("Ed25519", keys.privateKey, new TextEncoder().encode(text)));
  ({ token } = await ask("POST", "/auth/verify", { username: name, challenge, signature, timestamp: String(timestamp) }));
  for (const [asset, amount] of [["USD", "1000000"], ["BTC", "1000"]]) await ask("POST", "/api/v1/faucet", { asset, amount });
  return {
    order: (side, price, quantity) =>
      ask("POST", "/api/v1/orders", { instrument: "BTC-USD", side, type: "LIMIT", price, quantity }),
  };
};
