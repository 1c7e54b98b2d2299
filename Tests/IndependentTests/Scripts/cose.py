"""Signs and verifies COSE_Sign1 messages and receipts with pycose, cwt and scitt-cose.

Reads {"task": name, "cases": [...]} and writes one answer a case. Bytes are hexadecimal, keys are those of
Ed25519: seeds and public keys of 32 bytes.
"""

import json
import sys

import cbor2
import scitt_cose
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cwt import COSE, COSEKey
from pycose.algorithms import EdDSA
from pycose.headers import KID, Algorithm, ContentType
from pycose.keys import OKPKey
from pycose.keys.curves import Ed25519
from pycose.messages import Sign1Message

PEM = serialization.Encoding.PEM


def public_pem(key):
    return Ed25519PublicKey.from_public_bytes(key).public_bytes(
        PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def private_pem(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_key(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def cwt_key(key, kid, seed=None):
    """A key as cwt reads it: a map of COSE_Key (RFC 9053 section 7.2)."""
    members = {1: 1, 2: kid, 3: -8, -1: 6, -2: key}
    if seed is not None:
        members[-4] = seed
    return COSEKey.new(members)


def holds(function):
    """Whether a verifier says yes; whatever it raises is its way to say no."""
    try:
        return bool(function())
    except Exception:  # each library raises what it likes
        return False


def verify_pycose(message, key):
    decoded = Sign1Message.decode(message)
    decoded.key = OKPKey(crv=Ed25519, x=key, optional_params={"ALG": EdDSA})
    return decoded.verify_signature()


def verify_cwt(message, key):
    # Whatever key the message names, it is checked with this one.
    protected = cbor2.loads(cbor2.loads(message).value[0])
    COSE.new().decode(message, cwt_key(key, protected[4]))
    return True


def verify_scitt(message, key):
    parsed = scitt_cose.parse_signed_statement(message, public_key_pem=public_pem(key))
    return parsed["signature_verified"] is True


def verify(case):
    message, key = bytes.fromhex(case["message"]), bytes.fromhex(case["key"])
    return {
        "pycose": holds(lambda: verify_pycose(message, key)),
        "cwt": holds(lambda: verify_cwt(message, key)),
        "scitt": holds(lambda: verify_scitt(message, key)),
    }


def describe(case):
    """What scitt-cose reads in a statement that it has verified."""
    message, key = bytes.fromhex(case["message"]), bytes.fromhex(case["key"])
    parsed = scitt_cose.parse_signed_statement(message, public_key_pem=public_pem(key))
    return {
        "issuer": parsed["issuer"],
        "subject": parsed["subject"],
        "contentType": parsed["content_type"],
        "issuedAt": parsed["claims"].get(6),
        "payload": parsed["payload"].hex(),
    }


def sign(case):
    """One statement by each library, about the same."""
    payload, seed = bytes.fromhex(case["payload"]), bytes.fromhex(case["seed"])
    key = public_key(seed)
    message = Sign1Message(
        phdr={Algorithm: EdDSA, KID: b"pycose", ContentType: "application/json"},
        payload=payload,
    )
    message.key = OKPKey(crv=Ed25519, x=key, d=seed, optional_params={"ALG": EdDSA})
    return {
        "key": key.hex(),
        "pycose": message.encode().hex(),
        "cwt": COSE.new(alg_auto_inclusion=True, kid_auto_inclusion=True)
        .encode_and_sign(payload, cwt_key(key, b"cwt", seed))
        .hex(),
        "scitt": scitt_cose.build_signed_statement(
            payload,
            alg="EdDSA",
            private_key_pem=private_pem(seed),
            issuer=case["issuer"],
            subject=case["subject"],
            content_type="application/json",
            kid=b"scitt",
        ).hex(),
    }


def check_receipt(case):
    """What scitt-cose says about a receipt for an entry."""
    result = scitt_cose.verify_receipt(
        bytes.fromhex(case["receipt"]),
        leaf_entry_hex=case["entry"],
        log_public_key_pem=public_pem(bytes.fromhex(case["key"])),
    )
    return {"ok": result.ok, "root": result.root, "issuer": result.issuer}


def make_receipt(case):
    """A receipt for an entry of a tree."""
    seed = bytes.fromhex(case["seed"])
    return {
        "key": public_key(seed).hex(),
        "receipt": scitt_cose.build_receipt(
            leaf_entry_hex=case["entries"][case["index"]],
            leaf_index=case["index"],
            tree_entries_hex=case["entries"],
            alg="EdDSA",
            log_private_key_pem=private_pem(seed),
            iss="log.example",
            sub="entry",
            kid=b"log",
        ).hex(),
    }


def extract(case):
    """The receipts that scitt-cose finds in a transparent statement."""
    return [
        receipt.hex()
        for receipt in scitt_cose.extract_receipts(bytes.fromhex(case["message"]))
    ]


TASKS = {
    task.__name__: task
    for task in (verify, describe, sign, check_receipt, make_receipt, extract)
}

question = json.load(sys.stdin)
json.dump([TASKS[question["task"]](case) for case in question["cases"]], sys.stdout)
