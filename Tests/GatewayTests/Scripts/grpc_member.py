"""Trades over gRPC by grpcio and protobuf, and fails where an answer is not what it must be.

Arguments: what to do, the host and port of a venue called `test`, and the folder with proto/.
"""

import json
import random
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import grpc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from grpc_tools import protoc

task, target, root = sys.argv[1:4]
generated = tempfile.TemporaryDirectory()
names = ["trading", "market_data", "accounts"]
arguments = ["protoc", f"-I{root}/proto", f"--python_out={generated.name}"]
arguments += [f"--grpc_python_out={generated.name}"]
if protoc.main(arguments + [f"parallax/v1/{name}.proto" for name in names]) != 0:
    raise SystemExit("protoc failed")
sys.path.insert(0, generated.name)
from parallax.v1 import accounts_pb2 as accounts  # noqa: E402
from parallax.v1 import accounts_pb2_grpc, market_data_pb2_grpc, trading_pb2_grpc  # noqa: E402
from parallax.v1 import market_data_pb2 as market  # noqa: E402
from parallax.v1 import trading_pb2 as trading  # noqa: E402

Status = grpc.StatusCode


def expect(actual, expected, what=""):
    if actual != expected:
        raise SystemExit(f"{what}: {actual!r} is not {expected!r}")


def rest(method, path, body=None, token=None):
    request = urllib.request.Request(f"http://{target}{path}", method=method)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    data = None
    if body is not None:
        request.add_header("Content-Type", "application/json")
        data = json.dumps(body).encode()
    with urllib.request.urlopen(request, data, timeout=20) as answer:
        return json.loads(answer.read())


class Member:
    """Somebody who has registered, signed in, and has test funds."""

    def __init__(self, name):
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        rest("POST", "/auth/register", {"username": name, "public_key": public.hex()})
        challenge = rest("POST", "/auth/challenge", {"username": name})
        seconds = int(time.time())
        text = f"parallax.sign-in/1\n{challenge['venue']}\n{name}\n{challenge['challenge']}\n{seconds}\n"
        answer = {"username": name, "challenge": challenge["challenge"], "timestamp": seconds}
        answer["signature"] = key.sign(text.encode()).hex()
        self.token = rest("POST", "/auth/verify", answer)["token"]
        for asset, amount in (("USD", "1000000"), ("BTC", "100")):
            rest("POST", "/api/deposits", {"asset": asset, "amount": amount}, self.token)
        self.metadata = (("authorization", f"Bearer {self.token}"),)

    def get(self, path):
        return rest("GET", path, token=self.token)


channel = grpc.insecure_channel(target)
orders = trading_pb2_grpc.TradingStub(channel)
books = market_data_pb2_grpc.MarketDataStub(channel)
funds = accounts_pb2_grpc.AccountsStub(channel)


def limit(side, price, quantity, **more):
    return trading.PlaceOrderRequest(
        instrument="BTC-USD", side=side, price=price, quantity=quantity, **more
    )


def refusal(call, status, code):
    """The trailers of a call that must be refused."""
    try:
        call()
    except grpc.RpcError as error:
        trailers = dict(error.trailing_metadata())
        expect((error.code(), trailers.get("parallax-code")), (status, code), error.details())
        return trailers
    raise SystemExit(f"no {code}")


def compare(message, value, without=()):
    """Every field says what the member of the same name says in JSON."""
    for field in message.DESCRIPTOR.fields:
        if field.name in without:
            continue
        if field.name not in value:
            raise SystemExit(f"{field.full_name} is no member of {value}")
        actual, expected = getattr(message, field.name), value[field.name]
        if field.is_repeated if hasattr(field, "is_repeated") else field.label == 3:
            expect(len(actual), len(expected), field.full_name)
            for item, other in zip(actual, expected):
                compare(item, other)
        elif field.cpp_type == field.CPPTYPE_STRING:
            expect(actual, expected or "", field.full_name)
        else:
            expect(actual, int(expected or 0), field.full_name)


def trade():
    seller, buyer, stranger = Member("seller"), Member("buyer"), Member("stranger")
    resting = orders.PlaceOrder(limit("SELL", "50000", "1", client_order_id=7), metadata=seller.metadata)
    expect((resting.status, resting.price, resting.remaining_qty), ("open", "50000.00", "1.000"))
    expect((resting.client_order_id, resting.repeated, len(resting.trades)), (7, False, 0))
    market_order = trading.PlaceOrderRequest(
        instrument="BTC-USD", side="BUY", type="MARKET", quantity="0.25", idempotency_key="once"
    )
    trace = "0af7651916cd43dd8448eb211c80319c"
    metadata = buyer.metadata + (("traceparent", f"00-{trace}-b7ad6b7169203331-01"),)
    taken, call = orders.PlaceOrder.with_call(market_order, metadata=metadata)
    expect((taken.status, taken.filled_qty, taken.side), ("filled", "0.250", "BUY"))
    expect([(fill.price, fill.quantity) for fill in taken.trades], [("50000.00", "0.250")])
    expect(dict(call.trailing_metadata())["traceparent"].split("-")[1], trace)

    # Once only, by a field or by the metadata; another order with the name is refused.
    again = orders.PlaceOrder(market_order, metadata=buyer.metadata)
    expect((again.order_id, again.repeated), (taken.order_id, True))
    bid = limit("BUY", "1000", "1")
    keyed = buyer.metadata + (("idempotency-key", "second"),)
    first = orders.PlaceOrder(bid, metadata=keyed)
    expect(orders.PlaceOrder(bid, metadata=keyed).order_id, first.order_id)
    refusal(
        lambda: orders.PlaceOrder(limit("BUY", "1001", "1"), metadata=keyed),
        Status.ALREADY_EXISTS,
        "idempotency_key_reused",
    )

    amend = trading.AmendOrderRequest(
        order_id=first.order_id, instrument="BTC-USD", quantity="0.5", price="1000.05"
    )
    changed = orders.AmendOrder(amend, metadata=buyer.metadata)
    expect((changed.remaining_qty, changed.price), ("0.500", "1000.05"))

    # Everything is the same as over REST, member by member.
    state = funds.GetBalances(accounts.GetBalancesRequest(), metadata=buyer.metadata)
    compare(state, buyer.get("/api/v1/balances"))
    listed = orders.ListOrders(trading.ListOrdersRequest(limit=1), metadata=buyer.metadata)
    rows = buyer.get("/api/v1/orders?limit=1")
    compare(listed, {"orders": [], **rows}, without=("orders",))
    extra = ("display_quantity", "expires_at")
    compare(listed.orders[0], rows["orders"][0], without=extra)
    following = trading.ListOrdersRequest(limit=1, cursor=listed.next_cursor, status="all")
    following = orders.ListOrders(following, metadata=buyer.metadata)
    expect([order.order_id for order in following.orders], [taken.order_id])
    for member, count in ((buyer, 1), (seller, 1), (stranger, 0)):
        own = funds.ListTrades(accounts.ListTradesRequest(instrument="BTC-USD"), metadata=member.metadata)
        compare(own, member.get("/api/v1/trades?instrument=BTC-USD"))
        expect(len(own.trades), count)
    listed = books.ListInstruments(market.ListInstrumentsRequest())
    compare(listed, rest("GET", "/api/v1/instruments"))
    book = books.GetBook(market.GetBookRequest(instrument="BTC-USD", depth=5))
    compare(book, rest("GET", "/market/book/BTC-USD?depth=5"))
    expect([(level.price, level.order_count) for level in book.asks], [("50000.00", 1)])

    # Nobody reaches what is another tenant's, and is not told whether it is there.
    other = trading.CancelOrderRequest(order_id=resting.order_id)
    trailers = refusal(
        lambda: orders.CancelOrder(other, metadata=stranger.metadata), Status.NOT_FOUND, "unknown_order"
    )
    expect(trailers["parallax-refusal"].isdigit(), True)
    amend.order_id = resting.order_id
    refusal(lambda: orders.AmendOrder(amend, metadata=stranger.metadata), Status.NOT_FOUND, "unknown_order")
    bundle = accounts.GetBundleRequest(trade_id=taken.trades[0].trade_id)
    refusal(lambda: funds.GetBundle(bundle, metadata=stranger.metadata), Status.NOT_FOUND, "not_found")
    # Its own member gets so far that only the log is missing.
    refusal(lambda: funds.GetBundle(bundle, metadata=buyer.metadata), Status.PERMISSION_DENIED, "disabled")
    everything = trading.MassCancelRequest()
    expect(orders.MassCancel(everything, metadata=stranger.metadata).cancelled, 0)

    cancelled = orders.CancelOrder(trading.CancelOrderRequest(client_order_id=7), metadata=seller.metadata)
    expect((cancelled.order_id, cancelled.status), (resting.order_id, "cancelled"))
    for price in ("60000", "60001"):
        orders.PlaceOrder(limit("SELL", price, "1"), metadata=seller.metadata)
    ended = orders.MassCancel(trading.MassCancelRequest(instrument="BTC-USD"), metadata=seller.metadata)
    expect((ended.cancelled, len(ended.order_ids)), (2, 2))


def refuse():
    member = Member("member")
    order = limit("BUY", "1000", "1")
    refusal(lambda: orders.PlaceOrder(order), Status.UNAUTHENTICATED, "unauthenticated")
    for bearer, code in (("Bearer x.y.z", "token_invalid"), ("Bearer plx_abc", "api_key_invalid")):
        wrong = (("authorization", bearer),)
        refusal(lambda: orders.PlaceOrder(order, metadata=wrong), Status.UNAUTHENTICATED, code)
        stream = orders.OrderStream(iter([]), metadata=wrong)
        refusal(lambda: list(stream), Status.UNAUTHENTICATED, code)
    for request, code, field in (
        (limit("BUY", "1000.01", "1"), "price_off_tick", "price"),
        (limit("BUY", "1000", "0.0001"), "quantity_off_lot", "quantity"),
        (limit("BUY", "1e3", "1"), "invalid_request", "price"),
        (limit("HOLD", "1000", "1"), "invalid_request", "side"),
        (limit("BUY", "1000", ""), "invalid_request", "quantity"),
        (limit("BUY", "1000", "1", client_order_id=1 << 63), "invalid_request", "client_order_id"),
        (limit("BUY", "1000", "1", idempotency_key="x" * 256), "invalid_request", "Idempotency-Key"),
    ):
        call = lambda: orders.PlaceOrder(request, metadata=member.metadata)  # noqa: E731
        expect(refusal(call, Status.INVALID_ARGUMENT, code)["parallax-field"], field)
    unknown = market.GetBookRequest(instrument="../../healthz")
    refusal(lambda: books.GetBook(unknown), Status.NOT_FOUND, "unknown_instrument")
    for wrong in (market.GetBookRequest(instrument="BTC-USD", depth=1001), market.GetBookRequest()):
        status = (Status.INVALID_ARGUMENT, "invalid_request") if wrong.depth else (Status.NOT_FOUND, "unknown_instrument")
        refusal(lambda: books.GetBook(wrong), *status)
    cursor = trading.ListOrdersRequest(cursor="&limit=7")
    refusal(lambda: orders.ListOrders(cursor, metadata=member.metadata), Status.INVALID_ARGUMENT, "invalid_cursor")
    poor = limit("BUY", "400000", "100")
    refusal(lambda: orders.PlaceOrder(poor, metadata=member.metadata), Status.FAILED_PRECONDITION, "insufficient_funds")

    # Bytes that are no message, or not this one; unknown fields are skipped.
    raw = channel.unary_unary("/parallax.v1.Trading/PlaceOrder")
    good = order.SerializeToString()
    for bytes_ in (b"\xff\xff", b"\x0a\x05ab", b"\x0b\x0c", b"\x0a\x02\xc3\x28", b"\x08\x01", b"\x00\x00"):
        refusal(lambda: raw(bytes_, metadata=member.metadata), Status.INVALID_ARGUMENT, "invalid_message")
        refusal(lambda: raw(good + bytes_, metadata=member.metadata), Status.INVALID_ARGUMENT, "invalid_message")
    refusal(lambda: raw(b"\x0a" + b"\x80\x80\x08" + b"x" * (1 << 17), metadata=member.metadata), Status.INVALID_ARGUMENT, "invalid_message")
    added = raw(good + b"\xfa\x3f\x03new\xf8\x3f\x07\xfd\x3f1234\xf9\x3f12345678", metadata=member.metadata)
    expect(trading.OrderResult.FromString(added).status, "open")
    two = channel.stream_unary("/parallax.v1.Trading/PlaceOrder")
    for count in (0, 2, 3):
        refusal(lambda: two(iter([good] * count), metadata=member.metadata), Status.INVALID_ARGUMENT, "invalid_message")
    none = channel.unary_unary("/parallax.v1.Trading/StealOrder")
    refusal(lambda: none(b""), Status.UNIMPLEMENTED, None)

    # Damaged messages get an answer each, and never find a fault of the venue's own.
    source = random.Random(41)
    seeds = [
        trading.OrderOperation(id=3, place=limit("BUY", "1000", "0.001", time_in_force="DAY")),
        trading.OrderOperation(id=3, amend=trading.AmendOrderRequest(order_id=9, instrument="BTC-USD")),
        trading.OrderOperation(id=3, cancel=trading.CancelOrderRequest(client_order_id=9)),
        trading.OrderOperation(id=3, mass_cancel=trading.MassCancelRequest(instrument="BTC-USD")),
    ]
    damaged = [damage(source, source.choice(seeds).SerializeToString()) for _ in range(2000)]
    answers = channel.stream_stream("/parallax.v1.Trading/OrderStream")(iter(damaged), metadata=member.metadata)
    answers = [trading.OrderAnswer.FromString(answer) for answer in answers]
    expect(len(answers), len(damaged))
    codes = {answer.error.code for answer in answers if answer.WhichOneof("answer") == "error"}
    expect(codes & {"internal_error", ""}, set())
    expect(codes >= {"invalid_message", "invalid_request", "unknown_instrument", "unknown_order"}, True, codes)

    # A token that was revoked ends what it had opened.
    endless = threading.Event()
    events = books.Subscribe(subscription(market.Channel(channel="orders")), metadata=member.metadata)
    expect(next(events).WhichOneof("event"), "orders_snapshot")
    stream = orders.OrderStream(waiting(endless), metadata=member.metadata)
    rest("POST", "/auth/logout", {}, member.token)
    refusal(lambda: list(events), Status.UNAUTHENTICATED, "token_revoked")
    refusal(lambda: list(stream), Status.UNAUTHENTICATED, "token_revoked")
    endless.set()


def damage(source, message):
    """Changes, adds, removes or repeats some bytes."""
    message = bytearray(message)
    for _ in range(source.randint(1, 3)):
        place = source.randrange(len(message) + 1)
        length = source.choice([0, 1, 1, 4])
        message[place : place + source.choice([0, 1, 1, 4])] = source.randbytes(length)
    return bytes(message)


def waiting(event):
    """Sends nothing until an event."""
    event.wait(60)
    yield from ()


def subscription(*channels):
    return market.SubscribeRequest(channels=channels)


def stream():
    member, other = Member("streamer"), Member("other")
    count = 6000

    def operations():
        for number in range(count):
            yield trading.OrderOperation(id=number + 1, place=limit("BUY", "1000", "0.001"))
        yield trading.OrderOperation(id=count + 1, place=limit("BUY", "1000.01", "1"))
        yield trading.OrderOperation(id=count + 2)
        yield trading.OrderOperation(id=count + 3, cancel=trading.CancelOrderRequest(client_order_id=5))
        yield trading.OrderOperation(id=count + 4, mass_cancel=trading.MassCancelRequest())

    answers = {}
    for answer in orders.OrderStream(operations(), metadata=member.metadata):
        expect(answer.id in answers, False, "an answer twice")
        answers[answer.id] = answer
    expect(len(answers), count + 4)
    placed = [answers[number + 1] for number in range(count)]
    open_ones = {answer.order.order_id for answer in placed if answer.WhichOneof("answer") == "order"}
    refused = [answer.error.code for answer in placed if answer.WhichOneof("answer") == "error"]
    expect(set(refused) <= {"too_many_orders"}, True, set(refused))
    expect(len(open_ones) + len(refused), count)
    expect(answers[count + 1].error.code, "price_off_tick")
    expect(dict(answers[count + 1].error.details), {"field": "price"})
    expect(answers[count + 2].error.code, "invalid_message")
    expect(answers[count + 3].error.code, "unknown_order")
    expect(answers[count + 4].mass_cancel.cancelled, len(open_ones))
    expect(set(answers[count + 4].mass_cancel.order_ids), open_ones)

    # What a stream leaves is cancelled if that was asked for, whether it ends well or is cut off.
    kept = orders.PlaceOrder(limit("BUY", "1000", "1"), metadata=other.metadata)
    for guarded, ending in ((False, "half"), (True, "half"), (True, "cut")):
        metadata = member.metadata + (("parallax-cancel-on-disconnect", str(guarded).lower()),)
        over = threading.Event()

        def one():
            yield trading.OrderOperation(id=1, place=limit("BUY", "2000", "1"))
            over.wait(60)

        call = orders.OrderStream(one(), metadata=metadata)
        expect(next(call).order.status, "open")
        if ending == "cut":
            call.cancel()
            over.set()
        else:
            over.set()
            expect(list(call), [])
        if guarded:
            wait(lambda: not member.get("/api/v1/orders?status=open")["orders"])
        else:
            expect(len(member.get("/api/v1/orders?status=open")["orders"]), 1)
    expect([row["order_id"] for row in other.get("/api/v1/orders?status=open")["orders"]], [str(kept.order_id)])
    wrong = member.metadata + (("parallax-cancel-on-disconnect", "perhaps"),)
    refusal(lambda: list(orders.OrderStream(iter([]), metadata=wrong)), Status.INVALID_ARGUMENT, "invalid_request")


def slow():
    member = Member("slow")
    count, sent = 20_000, 0
    # Long requests, so that few of them fit into the buffers in between.
    wrong = limit("BUY", "1000.01", "1", idempotency_key="x" * 250)

    def operations():
        nonlocal sent
        for number in range(count):
            sent = number + 1
            yield trading.OrderOperation(id=number + 1, place=wrong)

    # A small window that does not grow by itself.
    options = [("grpc.http2.bdp_probe", 0), ("grpc.http2.lookahead_bytes", 1 << 16)]
    narrow = trading_pb2_grpc.TradingStub(grpc.insecure_channel(target, options=options))
    call = narrow.OrderStream(operations(), metadata=member.metadata)
    before, still = -1, 0
    while still < 20:
        still = still + 1 if sent == before and sent > 0 else 0
        before = sent
        time.sleep(0.02)
    # Nothing was read until now: the venue holds the sender back, and forgets nothing.
    expect(sent < count, True, f"{sent} operations were taken from somebody who reads no answer")
    answers = [answer.id for answer in call if answer.error.code == "price_off_tick"]
    expect(answers, list(range(1, count + 1)))


def wait(condition):
    end = time.monotonic() + 20
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("it did not happen in 20 seconds")
        time.sleep(0.02)


def watch():
    maker, taker, stranger = Member("maker"), Member("taker"), Member("stranger")
    orders.PlaceOrder(limit("SELL", "50000", "1"), metadata=maker.metadata)
    wait(lambda: rest("GET", "/market/book/BTC-USD")["asks"])
    own = market.Channel(channel="orders")
    public = [market.Channel(channel=name, instrument="BTC-USD") for name in ("book", "trades", "ticker")]
    public.append(market.Channel(channel="candles", instrument="BTC-USD", interval="1d"))
    refusal(lambda: list(books.Subscribe(subscription(own))), Status.UNAUTHENTICATED, "unauthenticated")
    for wrong, status, code in (
        (subscription(), Status.INVALID_ARGUMENT, "invalid_request"),
        (subscription(*[own] * 65), Status.INVALID_ARGUMENT, "invalid_request"),
        (subscription(market.Channel(channel="gossip", instrument="BTC-USD")), Status.INVALID_ARGUMENT, "invalid_request"),
        (subscription(market.Channel(channel="book", instrument="X-Y")), Status.NOT_FOUND, "unknown_instrument"),
    ):
        refusal(lambda: list(books.Subscribe(wrong, metadata=taker.metadata)), status, code)
    call = books.Subscribe(subscription(own, *public), metadata=taker.metadata)
    silent = books.Subscribe(subscription(own), metadata=stranger.metadata)
    expect(len(next(silent).orders_snapshot.orders), 0)
    first = [next(call) for _ in range(5)]
    expect(
        [event.WhichOneof("event") for event in first],
        ["orders_snapshot", "book_snapshot", "trades_snapshot", "ticker", "candles"],
    )
    compare(first[1].book_snapshot, rest("GET", "/market/book/BTC-USD"))
    taken = orders.PlaceOrder(limit("BUY", "50000", "0.25"), metadata=taker.metadata)
    seen = {}
    while len(seen) < 6:
        event = next(call)
        seen[event.WhichOneof("event")] = event
    expect(set(seen), {"book_delta", "trades", "ticker", "candles", "order", "fill"})
    delta = seen["book_delta"].book_delta
    expect(delta.previous, first[1].book_snapshot.sequence)
    expect([(level.price, level.quantity) for level in delta.asks], [("50000.00", "0.750")])
    book = rest("GET", "/market/book/BTC-USD")
    expect((delta.sequence, delta.checksum, delta.time), (book["sequence"], book["checksum"], book["time"]))
    compare(seen["trades"].trades, rest("GET", "/market/trades/BTC-USD"))
    compare(seen["ticker"].ticker, rest("GET", "/market/ticker/BTC-USD"))
    candles = rest("GET", "/market/candles/BTC-USD?interval=1d&limit=1")
    compare(seen["candles"].candles, candles)
    row = taker.get("/api/v1/orders?limit=1")["orders"][0]
    compare(seen["order"].order, row, without=("placed_at", "display_quantity", "expires_at"))
    expect(seen["order"].order.order_id, taken.order_id)
    compare(seen["fill"].fill, taker.get("/api/v1/trades?limit=1")["trades"][0])
    # The stranger has seen none of it.
    orders.PlaceOrder(
        limit("BUY", "1000", "1", display_quantity="0.1", time_in_force="GTT", expires_at="2100-01-01T00:00:00Z"),
        metadata=stranger.metadata,
    )
    mine = next(silent).order
    expect((mine.price, mine.display_quantity), ("1000.00", "0.100"))
    expect(mine.expires_at, "2100-01-01T00:00:00.000000000Z")
    silent.cancel()
    call.cancel()


def limits():
    member = Member("hasty")
    for _ in range(50):
        try:
            orders.PlaceOrder(limit("BUY", "1000", "0.001"), metadata=member.metadata)
        except grpc.RpcError as error:
            trailers = dict(error.trailing_metadata())
            expect((error.code(), trailers["parallax-code"]), (Status.RESOURCE_EXHAUSTED, "rate_limited"))
            expect(int(trailers["retry-after"]) >= 1, True)
            return
    raise SystemExit("nobody was limited")


def drain():
    member = Member("patient")
    over = threading.Event()

    def one():
        yield trading.OrderOperation(id=1, place=limit("BUY", "2000", "1"))
        over.wait(60)

    metadata = member.metadata + (("parallax-cancel-on-disconnect", "true"),)
    stream = orders.OrderStream(one(), metadata=metadata)
    events = books.Subscribe(subscription(market.Channel(channel="orders")), metadata=member.metadata)
    expect(next(stream).order.status, "open")
    next(events)
    print("open", flush=True)
    refusal(lambda: list(stream), Status.UNAVAILABLE, "stopping")
    refusal(lambda: list(events), Status.UNAVAILABLE, "stopping")
    over.set()


tasks = [trade, refuse, stream, slow, watch, limits, drain]
{function.__name__: function for function in tasks}[task]()
channel.close()
print("done")
