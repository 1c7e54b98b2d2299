"""Connects to a hub with a certificate of a kind, and says whether the hub let it in.

Arguments: the port, the kind, the seed of the Ed25519 key in hexadecimal, a folder for files.
Kinds: proper, as a node makes it; signed, by another key; ecdsa, with a key of another kind; chain, with a second
certificate behind it; none, without any.
"""

import datetime
import os
import socket
import ssl
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

port, kind, seed, folder = int(sys.argv[1]), sys.argv[2], bytes.fromhex(sys.argv[3]), sys.argv[4]
node = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
other = ed25519.Ed25519PrivateKey.generate()


def certificate(key, signer):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "node")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.datetime(2020, 1, 1))
        .not_valid_after(datetime.datetime(2100, 1, 1))
    )
    algorithm = hashes.SHA256() if isinstance(signer, ec.EllipticCurvePrivateKey) else None
    return builder.sign(signer, algorithm).public_bytes(serialization.Encoding.PEM)


key = ec.generate_private_key(ec.SECP256R1()) if kind == "ecdsa" else node
chain = certificate(key, other if kind == "signed" else key)
if kind == "chain":
    chain += certificate(other, other)
files = [os.path.join(folder, name) for name in ("chain.pem", "key.pem")]
secret = key.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
)
for path, content in zip(files, [chain, secret]):
    with open(path, "wb") as file:
        file.write(content)

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
context.set_alpn_protocols(["parallax-bus/1"])
if kind == "old":
    context.maximum_version = ssl.TLSVersion.TLSv1_2
if kind != "none":
    context.load_cert_chain(*files)
try:
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection = context.wrap_socket(plain)
    # A hub that lets a client in sends a ping at once.
    accepted = connection.recv(13) == b"\0\0\0\x09\x06" + bytes(8)
except OSError:
    accepted = False
print("accepted" if accepted else "refused")
