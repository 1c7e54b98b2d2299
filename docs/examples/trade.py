#!/usr/bin/env python3
"""Trades on a Parallax venue that gives test funds: registers, signs in, places an order, watches the book
until the order is in it, cancels the order, and prints what is left.

    python3 trade.py http://127.0.0.1:8080 alice BTC-USD 50000.00 0.5

Needs Python 3.11 and the packages `cryptography` and `websockets`. docs/api.md describes what is sent. Money is
text and `decimal.Decimal` all the way, never a float.
"""

import argparse
import json
import time
import urllib.error
import urllib.request
import uuid
import zlib
from decimal import Decimal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


class Refused(Exception):
    """The venue does not do what it was asked; `code` never changes its meaning."""

    def __init__(self, error):
        super().__init__(f"{error['message']} ({error['code']})")
        self.code = error["code"]


class Venue:
    """A venue over REST. What has a name is carried out once, so it can be sent again."""

    PATIENCE = 30
    # Nothing was done, or the same request again learns what was.
    AGAIN = ("busy", "rate_limited", "not_ready", "unavailable", "stopping", "outcome_unknown",
             "idempotency_key_in_progress")

    def __init__(self, url):
        self.url = url.rstrip("/")
        self.token = None

    def ask(self, method, path, body=None, name=None, is_repeatable=False):
        is_repeatable = is_repeatable or method == "GET" or name is not None
        headers = {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if name:
            headers["Idempotency-Key"] = name
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        end = time.monotonic() + self.PATIENCE
        while True:
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                refused = Refused(json.load(error)["error"])
                pause = int(error.headers.get("Retry-After", "1"))
                if refused.code not in self.AGAIN or time.monotonic() + pause > end:
                    raise refused from None
            except OSError:
                # No answer: it may have been carried out.
                pause = 0.25
                if not is_repeatable or time.monotonic() + pause > end:
                    raise
            time.sleep(pause)

    def register(self, user, key):
        public = key.public_key().public_bytes_raw().hex()
        return self.ask("POST", "/auth/register", {"username": user, "public_key": public})

    def sign_in(self, user, key):
        asked = self.ask("POST", "/auth/challenge", {"username": user})
        seconds = int(time.time())
        lines = ["parallax.sign-in/1", asked["venue"], user, asked["challenge"], str(seconds), ""]
        tokens = self.ask("POST", "/auth/verify", {
            "username": user,
            "challenge": asked["challenge"],
            "signature": key.sign("\n".join(lines).encode()).hex(),
            "timestamp": seconds,
        })
        self.token = tokens["token"]  # counts for tokens["expires_in"] seconds

    def fund(self, asset, amount):
        body = {"asset": asset, "amount": amount}
        return self.ask("POST", "/api/v1/faucet", body, str(uuid.uuid4()))

    def place(self, name=None, **order):
        return self.ask("POST", "/api/v1/orders", order, name or str(uuid.uuid4()))

    def cancel(self, order_id):
        # Cancelling twice leaves what cancelling once leaves.
        return self.ask("DELETE", f"/api/v1/orders/{order_id}", is_repeatable=True)

    def balances(self):
        rows = self.ask("GET", "/api/v1/balances")["balances"]
        return {row["asset"]: (Decimal(row["available"]), Decimal(row["locked"])) for row in rows}


class Book:
    """One instrument's book as the WebSocket tells it: a snapshot, then changes, each checked."""

    def __init__(self):
        self.sequence, self.sides = None, {"bids": {}, "asks": {}}

    def take(self, message):
        """Takes a message; False if the book has to be asked for anew."""
        if message["type"] == "snapshot":
            self.sides = {"bids": {}, "asks": {}}
        elif message["previous"] != self.sequence:
            return False
        self.sequence = message["sequence"]
        for side, levels in self.sides.items():
            for price, quantity, _ in message[side]:
                levels.pop(price, None)
                if Decimal(quantity):
                    levels[price] = quantity
        return zlib.crc32(self.text().encode()) == message["checksum"]

    def best(self, side, count=10):
        prices = sorted(self.sides[side], key=Decimal, reverse=side == "bids")[:count]
        return [f"{price}:{self.sides[side][price]}" for price in prices]

    def text(self):
        return "|".join(self.best("bids")) + "#" + "|".join(self.best("asks"))


def watch(url, instrument):
    """The states of a book, over as many connections as it takes; end it by leaving the loop."""
    subscribe = json.dumps({"type": "subscribe", "channel": "book", "instrument": instrument})
    while True:
        try:
            # http becomes ws, and https becomes wss.
            with connect("ws" + url.removeprefix("http") + "/ws", max_size=1 << 23) as socket:
                socket.send(subscribe)
                book = Book()
                for text in socket:
                    message = json.loads(text)
                    if message["type"] == "error":
                        raise Refused(message["error"])
                    if message["type"] in ("snapshot", "delta"):
                        if not book.take(message):
                            break  # a gap: connect again, which brings a snapshot
                        yield book
        except (ConnectionClosed, OSError):
            time.sleep(0.5)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    for name in ("venue", "user", "instrument", "price", "quantity"):
        parser.add_argument(name)
    words = parser.parse_args()
    quote = words.instrument.split("-")[1]
    price, quantity = Decimal(words.price), Decimal(words.quantity)

    venue = Venue(words.venue)
    key = Ed25519PrivateKey.generate()
    print("user", venue.register(words.user, key)["user_id"])
    venue.sign_in(words.user, key)
    venue.fund(quote, format(price * quantity * 2, "f"))

    order = {"instrument": words.instrument, "side": "BUY", "type": "LIMIT",
             "price": words.price, "quantity": words.quantity}
    name = str(uuid.uuid4())
    placed = venue.place(name, **order)
    again = venue.place(name, **order)
    assert placed == again, "the same order under the same name is carried out once"
    print("order", placed["order_id"], placed["status"], placed["filled_qty"], "filled")

    if placed["status"] in ("open", "partial"):
        for book in watch(venue.url, words.instrument):
            print("book", book.sequence, "bids", book.best("bids", 3), "asks", book.best("asks", 3))
            if any(Decimal(text) == price for text in book.sides["bids"]):
                break
        cancelled = venue.cancel(placed["order_id"])
        print("order", cancelled["order_id"], cancelled["status"])
    for asset, (available, locked) in venue.balances().items():
        print("balance", asset, available, locked)


if __name__ == "__main__":
    try:
        main()
    except Refused as refused:
        raise SystemExit(f"the venue refuses: {refused}")
