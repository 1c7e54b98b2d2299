"""Talks to an echoing WebSocket by the library websockets, and fails where an answer is wrong."""

import asyncio
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


def expect(actual, expected):
    if actual != expected:
        raise SystemExit(f"{actual!r:.80} is not {expected!r:.80}")


async def talk(url):
    # The library offers compression, which must not be agreed to.
    async with connect(url, subprotocols=["echo"]) as socket:
        expect(socket.subprotocol, "echo")
        expect(socket.protocol.extensions, [])
        for message in ("", "ä" * 1000, b"", b"x" * 200_000):
            await socket.send(message)
            expect(await socket.recv(), message)
        await socket.send(["in ", "several ", "parts"])
        expect(await socket.recv(), "in several parts")
        await (await socket.ping(b"are you there"))
        messages = [str(number) for number in range(2000)]
        for message in messages:
            await socket.send(message)
        expect([await socket.recv() for _ in messages], messages)
    async with connect(url) as socket:
        await socket.send(b"x" * 300_000)
        try:
            await socket.recv()
        except ConnectionClosed as error:
            expect(error.rcvd.code, 1009)


asyncio.run(talk(sys.argv[1]))
print("done")
