"""Verifies a bundle by docs/bundle.md, with cbor2, cryptography and blst and no code of Parallax.

Reads {"trust": text, "bundles": [hexadecimal]} and writes one list of the steps that hold for each bundle; it
stops at the first step that does not.
"""

import base64
import hashlib
import json
import sys

import cbor2
import pyblst
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TAG = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
GENERATOR_2 = bytes.fromhex(
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
)


def sha(data):
    return hashlib.sha256(data).digest()


def verify(key, signature, message):
    """Raises an exception if the signature is wrong."""
    Ed25519PublicKey.from_public_bytes(key).verify(signature, message)


def signed(protected, payload):
    """What a COSE_Sign1 signature is about (RFC 9052, 4.4)."""
    return cbor2.dumps(["Signature1", protected, b"", payload])


def root(node, index, size, path):
    """The root that a path leads to (RFC 9162, 2.1.3.2)."""
    last = size - 1
    for other in path:
        assert last > 0
        if index % 2 == 1 or index == last:
            node = sha(b"\x01" + other + node)
            while index % 2 == 0 and index != 0:
                index, last = index >> 1, last >> 1
        else:
            node = sha(b"\x01" + node + other)
        index, last = index >> 1, last >> 1
    assert last == 0
    return node


class Bundle:
    def __init__(self, data, trust):
        self.trust = trust
        message = cbor2.loads(data)
        assert message.tag == 18
        self.protected, self.extra, self.payload, self.signature = message.value
        proof, self.note = self.extra["tlog-proof"].decode().split("\n\n", 1)
        lines = proof.split("\n")
        self.index = int(lines[1].removeprefix("index "))
        self.path = [base64.b64decode(line) for line in lines[2:]]
        self.body, self.lines = self.note.split("\n\n", 1)
        self.origin, size, top = self.body.split("\n")
        self.size, self.root = int(size), base64.b64decode(top)
        policy = (line.split(" ") for line in trust["policy"].splitlines())
        vkey = next(words[1] for words in policy if words[0] == "log")
        self.log_key = base64.b64decode(vkey.split("+", 2)[2])[1:]

    def statement(self):
        key = bytes.fromhex(self.trust["issuerKeys"][0])
        verify(key, self.signature, signed(self.protected, self.payload))

    def inclusion(self):
        parts = [self.protected, {}, self.payload, self.signature]
        leaf = cbor2.dumps(cbor2.CBORTag(18, parts))
        assert root(sha(b"\x00" + leaf), self.index, self.size, self.path) == self.root

    def receipt(self):
        protected, extra, payload, signature = cbor2.loads(self.extra[394][0]).value
        assert payload is None
        size, index, path = cbor2.loads(extra[396][-1][0])
        assert (size, index, path) == (self.size, self.index, self.path)
        verify(self.log_key, signature, signed(protected, self.root))

    def checkpoint(self):
        own = [line.split(" ") for line in self.lines.splitlines() if f" {self.origin} " in line]
        verify(self.log_key, base64.b64decode(own[0][2])[4:], (self.body + "\n").encode())

    def roster(self):
        self.interval = json.loads(self.extra["quorum"]["payload"])
        assert self.interval["roster"] == sha(self.extra["roster"]).hex()
        roster = json.loads(self.extra["roster"])
        assert roster["groupKey"] == self.trust["groupKey"]
        self.seats = {seat["index"]: seat for seat in roster["seats"]}

    def votes(self):
        quorum = self.extra["quorum"]
        indices = []
        for message in quorum["votes"]:
            protected, _, payload, signature = cbor2.loads(message).value
            vote = cbor2.loads(payload)
            assert vote["digest"] == sha(quorum["payload"])
            assert vote["slot"] == int(self.interval["number"])
            seat = self.seats[vote["index"]]
            verify(bytes.fromhex(seat["identityKey"]), signature, signed(protected, payload))
            self.group(bytes.fromhex(seat["shareKey"]), vote["partial"])
            indices.append(vote["index"])
        assert len(set(indices)) == len(indices) >= 8
        assert sum(1 << (index - 1) for index in indices) == quorum["signers"]

    def group(self, key=None, signature=None):
        quorum = self.extra["quorum"]
        key = pyblst.BlstP2Element.uncompress(key or bytes.fromhex(self.trust["groupKey"]))
        signature = pyblst.BlstP1Element.uncompress(signature or quorum["signature"])
        hashed = pyblst.BlstP1Element.hash_to_group(sha(quorum["payload"]), TAG)
        left = pyblst.miller_loop(hashed, key)
        right = pyblst.miller_loop(signature, pyblst.BlstP2Element.uncompress(GENERATOR_2))
        assert pyblst.final_verify(left, right)

    def coverage(self):
        interval = json.loads(self.payload)["interval"]
        for name in ("number", "firstSequence", "lastSequence", "stateHash"):
            assert interval[name] == self.interval[name]
        assert self.index < int(self.interval["log"]["size"])

    def disclosure(self):
        opened = json.loads(self.extra["disclosure"])
        is_buyer = opened["side"] == "buy"
        account = opened["account"].to_bytes(4, "big") + bytes([0 if is_buyer else 1])
        commitment = sha(b"parallax.account/1\x00" + bytes.fromhex(opened["salt"]) + account)
        party = json.loads(self.payload)["buyer" if is_buyer else "seller"]
        assert party["account"] == commitment.hex()


STEPS = [
    "statement", "inclusion", "receipt", "checkpoint", "roster", "votes", "group", "coverage", "disclosure",
]  # fmt: skip


def steps(data, trust):
    held = []
    try:
        bundle = Bundle(data, trust)
        for step in STEPS:
            getattr(bundle, step)()
            held.append(step)
    except Exception:  # Whatever goes wrong with a bundle, the bundle is wrong.
        pass
    return held


question = json.load(sys.stdin)
trust = json.loads(question["trust"])
json.dump([steps(bytes.fromhex(bundle), trust) for bundle in question["bundles"]], sys.stdout)
