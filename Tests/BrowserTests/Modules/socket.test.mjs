import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection, pauseBefore } from "../../../Web/app/socket.js";

/** A world without a network and without real time: sockets, timers and a clock that the test moves. */
function world() {
  const all = { now: 0, timers: [], sockets: [], messages: [], states: [] };
  const connection = new Connection({
    url: "ws://venue/ws",
    open: () => {
      const socket = { readyState: 0, sent: [], send: (text) => socket.sent.push(JSON.parse(text)), close: () => { socket.readyState = 3; } };
      all.sockets.push(socket);
      return socket;
    },
    onMessage: (message) => all.messages.push(message),
    onState: ({ state }) => all.states.push(state),
    now: () => all.now,
    setTimer: (body, milliseconds) => {
      const timer = { body, at: all.now + milliseconds };
      all.timers.push(timer);
      return timer;
    },
    clearTimer: (timer) => { all.timers = all.timers.filter((other) => other !== timer); },
    random: () => 1,
  });
  all.advance = (milliseconds) => {
    const end = all.now + milliseconds;
    for (;;) {
      const next = all.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      all.timers = all.timers.filter((timer) => timer !== next);
      all.now = next.at;
      next.body();
    }
    all.now = end;
  };
  all.accept = () => { const socket = all.sockets.at(-1); socket.readyState = 1; socket.onopen(); return socket; };
  all.say = (message) => all.sockets.at(-1).onmessage({ data: JSON.stringify(message) });
  all.drop = () => { const socket = all.sockets.at(-1); socket.readyState = 3; socket.onclose({ code: 1006 }); };
  return { all, connection };
}

test("pauses double up to a bound, and differ between clients", () => {
  assert.deepEqual([0, 1, 2, 3].map((attempt) => pauseBefore(attempt, () => 1)), [500, 1000, 2000, 4000]);
  assert.equal(pauseBefore(50, () => 1), 15_000);
  assert.equal(pauseBefore(50, () => 0), 7_500);
});

test("what is subscribed before, during and after a connection is asked for once each time", () => {
  const { all, connection } = world();
  connection.subscribe({ channel: "book", instrument: "A" });
  connection.start();
  const first = all.accept();
  connection.authenticate("token");
  connection.subscribe({ channel: "trades", instrument: "A" });
  assert.deepEqual(first.sent.map(({ type }) => type), ["subscribe", "auth", "subscribe"]);
  connection.unsubscribe({ channel: "trades", instrument: "A" });
  all.drop();
  all.advance(500);
  const second = all.accept();
  assert.deepEqual(second.sent, [{ type: "auth", token: "token" }, { type: "subscribe", channel: "book", instrument: "A" }]);
});

test("the pause grows while the venue says nothing, and is short again after it spoke", () => {
  const { all, connection } = world();
  connection.start();
  for (const pause of [500, 1000, 2000]) {
    all.drop();
    const before = all.sockets.length;
    all.advance(pause - 1);
    assert.equal(all.sockets.length, before);
    all.advance(1);
    assert.equal(all.sockets.length, before + 1);
  }
  all.accept();
  all.say({ type: "pong" });
  all.drop();
  all.advance(500);
  assert.equal(all.states.at(-1), "connecting");
});

test("a connection that falls silent is given up, one that answers pings is kept", () => {
  const { all, connection } = world();
  connection.start();
  const first = all.accept();
  for (let count = 0; count < 8; count += 1) { all.advance(15_000); all.say({ type: "pong" }); }
  assert.equal(first.sent.filter(({ type }) => type === "ping").length, 8);
  assert.equal(all.sockets.length, 1);
  all.advance(46_000);
  assert.ok(all.sockets.length > 1);
  assert.equal(first.readyState, 3);
});

test("logging out starts the connection anew, so that nothing private comes any more", () => {
  const { all, connection } = world();
  connection.start();
  connection.authenticate("token");
  const first = all.accept();
  connection.authenticate(null);
  assert.equal(first.readyState, 3);
  all.advance(500);
  assert.deepEqual(all.accept().sent, []);
});

test("after a stop nothing comes back, and what is no JSON is told", () => {
  const { all, connection } = world();
  connection.start();
  all.accept();
  all.sockets[0].onmessage({ data: "{" });
  assert.equal(all.messages[0].code, "invalid_message");
  connection.stop();
  all.advance(60_000);
  assert.equal(all.sockets.length, 1);
  assert.equal(all.states.at(-1), "closed");
});
