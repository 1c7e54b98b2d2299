"""A server of WebSockets over TLS on loopback that sends one text and echoes the next, for one test.

usage: tls_websocket.py CERTIFICATE KEY    prints its port on a line and ends when its standard input does.
"""

import base64
import hashlib
import socket
import ssl
import sys
import threading

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))


def serve(plain):
    try:
        with context.wrap_socket(plain, server_side=True) as connection:
            stream = connection.makefile("rwb")
            fields = {}
            stream.readline()
            while line := stream.readline().decode().strip():
                name, value = line.split(":", 1)
                fields[name.lower()] = value.strip()
            guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
            digest = hashlib.sha1((fields["sec-websocket-key"] + guid).encode()).digest()
            stream.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
            )
            stream.write(b"\x81\x05hello")
            stream.flush()
            head = stream.read(2)
            mask = stream.read(4)
            payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(stream.read(head[1] & 127)))
            stream.write(b"\x81" + bytes([len(payload)]) + payload)
            stream.flush()
            stream.read(1)
    except OSError:
        pass


def accept():
    while True:
        plain, _ = listener.accept()
        threading.Thread(target=serve, args=(plain,), daemon=True).start()


threading.Thread(target=accept, daemon=True).start()
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
