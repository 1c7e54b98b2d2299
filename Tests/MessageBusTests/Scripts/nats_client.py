"""A small client of NATS: each line of its input is one message, as subject, payload and headers with tabs."""

import socket
import ssl
import sys

port, folder = int(sys.argv[1]), sys.argv[2]
context = ssl.create_default_context(cafile=folder + "/authority.pem")
context.load_cert_chain(folder + "/venue.pem", folder + "/venue.key")
plain = socket.create_connection(("127.0.0.1", port), timeout=10)
# The server tells about itself before TLS begins.
while not plain.recv(1) == b"\n":
    pass
connection = context.wrap_socket(plain, server_hostname="localhost")
connection.sendall(b'CONNECT {"verbose":false,"headers":true,"tls_required":true}\r\n')
for line in sys.stdin:
    subject, payload, *headers = line.rstrip("\n").split("\t")
    if headers:
        head = "NATS/1.0\r\n" + "".join(header + "\r\n" for header in headers) + "\r\n"
        total = len(head) + len(payload)
        text = f"HPUB {subject} {len(head)} {total}\r\n{head}{payload}\r\n"
    else:
        text = f"PUB {subject} {len(payload)}\r\n{payload}\r\n"
    connection.sendall(text.encode())
connection.sendall(b"PING\r\n")
received = b""
while b"PONG" not in received:
    more = connection.recv(4096)
    if not more or b"-ERR" in received:
        sys.exit(1)
    received += more
