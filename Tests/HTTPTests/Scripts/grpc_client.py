"""Calls the methods of GRPCTests by grpcio, and fails where an answer is not what it must be."""

import sys
import threading

import grpc


def method(kind, name):
    return getattr(channel, kind)("/test.Test/" + name)


def expect(actual, expected):
    if actual != expected:
        raise SystemExit(f"{actual!r} is not {expected!r}")


def status(call):
    try:
        call()
    except grpc.RpcError as error:
        return error.code(), error.details()
    raise SystemExit("no error")


target, certificate = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
if certificate:
    with open(certificate, "rb") as file:
        channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(file.read()))
else:
    channel = grpc.insecure_channel(target)

echo = method("unary_unary", "Echo")
for size in (0, 1, 1000, 100_000, 1_000_000):
    expect(echo(b"x" * size), b"x" * size)

count = method("unary_stream", "Count")
expect(list(count(b"5000")), [str(number).encode() for number in range(5000)])

stream = method("stream_stream", "Echo")
expect(list(stream(iter([b"a", b"b" * 70_000, b"c"]))), [b"a", b"b" * 70_000, b"c"])
sent = [str(number).encode() for number in range(2000)]
expect(list(stream(iter(sent))), sent)

answer, call = method("unary_unary", "Metadata").with_call(b"", metadata=[("x-question", "6*7")])
expect(answer, b"6*7")
expect(dict(call.trailing_metadata()).get("x-answer"), "42")

fail = method("unary_unary", "Fail")
expect(status(lambda: fail(b"")), (grpc.StatusCode.FAILED_PRECONDITION, "100% ungültig\n"))
none = method("unary_unary", "None")
expect(status(lambda: none(b""))[0], grpc.StatusCode.UNIMPLEMENTED)
never = method("unary_unary", "Never")
expect(status(lambda: never(b"", timeout=0.2))[0], grpc.StatusCode.DEADLINE_EXCEEDED)
expect(status(lambda: echo(b"x" * 1_100_000))[0], grpc.StatusCode.RESOURCE_EXHAUSTED)
zipped = status(lambda: echo(b"x" * 1000, compression=grpc.Compression.Gzip))
expect(zipped[0], grpc.StatusCode.UNIMPLEMENTED)

future = never.future(b"")
future.cancel()
expect(future.cancelled(), True)

# Many calls at once over the one connection.
futures = [echo.future(str(number).encode()) for number in range(500)]
expect([future.result() for future in futures], [str(number).encode() for number in range(500)])

failures = []


def work(number):
    try:
        messages = [b"%d %d" % (number, index) for index in range(200)]
        expect(list(stream(iter(messages))), messages)
    except BaseException as error:
        failures.append(error)


threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
expect(failures, [])
print("done")
