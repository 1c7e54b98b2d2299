"""Computes in BLS12-381 with blst and with arkworks, which know nothing of each other.

Reads {"task": name, "cases": [...]} and writes one answer a case. Bytes are hexadecimal. Where both
libraries compute a value, the answer has a member for each; null stands for a refusal.
"""

import json
import sys

import py_arkworks_bls12381 as arkworks
import pyblst

ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
GENERATOR_1 = bytes(arkworks.G1Point().to_compressed_bytes())
GENERATOR_2 = bytes(arkworks.G2Point().to_compressed_bytes())


def blst_class(group):
    return pyblst.BlstP1Element if group == 1 else pyblst.BlstP2Element


def arkworks_class(group):
    return arkworks.G1Point if group == 1 else arkworks.G2Point


def blst_hex(point):
    return point.compress().hex()


def arkworks_hex(point):
    return bytes(point.to_compressed_bytes()).hex()


def arkworks_scalar(number):
    return arkworks.Scalar.from_be_bytes(number.to_bytes(32, "big"))


def generator(group):
    return GENERATOR_1 if group == 1 else GENERATOR_2


def attempt(function):
    """The value of a function, or None if the library refuses its input."""
    try:
        return function()
    except ValueError:
        return None


def both(blst, ark):
    return {"blst": blst, "arkworks": ark}


def hash(case):
    message, tag = bytes.fromhex(case["message"]), bytes.fromhex(case["tag"])
    return both(
        blst_hex(pyblst.BlstP1Element.hash_to_group(message, tag)),
        arkworks_hex(arkworks.G1Point.hash_to_curve(message, tag)),
    )


def multiply(case):
    """The multiple of a point, or of the generator, by a scalar."""
    group, scalar = case["group"], int(case["scalar"], 16)
    point = bytes.fromhex(case["point"]) if "point" in case else generator(group)
    return both(
        blst_hex(blst_class(group).uncompress(point).scalar_mul(scalar)),
        arkworks_hex(
            arkworks_class(group).from_compressed_bytes(point) * arkworks_scalar(scalar)
        ),
    )


def add(case):
    group = case["group"]
    left, right = bytes.fromhex(case["left"]), bytes.fromhex(case["right"])
    one, other = blst_class(group), arkworks_class(group)
    return both(
        blst_hex(one.uncompress(left) + one.uncompress(right)),
        arkworks_hex(other.from_compressed_bytes(left) + other.from_compressed_bytes(right)),
    )


def decode(case):
    group, encoded = case["group"], bytes.fromhex(case["bytes"])
    return both(
        attempt(lambda: blst_hex(blst_class(group).uncompress(encoded))),
        attempt(lambda: arkworks_hex(arkworks_class(group).from_compressed_bytes(encoded))),
    )


def sign(case):
    """A public key and a signature by a secret key."""
    secret = int(case["secret"], 16)
    message, tag = bytes.fromhex(case["message"]), bytes.fromhex(case["tag"])
    return {
        "key": multiply({"group": 2, "scalar": case["secret"]}),
        "signature": both(
            blst_hex(pyblst.BlstP1Element.hash_to_group(message, tag).scalar_mul(secret)),
            arkworks_hex(
                arkworks.G1Point.hash_to_curve(message, tag) * arkworks_scalar(secret)
            ),
        ),
    }


def verify_blst(key, signature, message, tag):
    key = pyblst.BlstP2Element.uncompress(key)
    signature = pyblst.BlstP1Element.uncompress(signature)
    left = pyblst.miller_loop(pyblst.BlstP1Element.hash_to_group(message, tag), key)
    right = pyblst.miller_loop(signature, pyblst.BlstP2Element.uncompress(GENERATOR_2))
    return pyblst.final_verify(left, right)


def verify_arkworks(key, signature, message, tag):
    key = arkworks.G2Point.from_compressed_bytes(key)
    signature = arkworks.G1Point.from_compressed_bytes(signature)
    hashed = arkworks.G1Point.hash_to_curve(message, tag)
    return arkworks.GT.pairing_check([hashed, -signature], [key, arkworks.G2Point()])


def verify(case):
    parts = [bytes.fromhex(case[name]) for name in ("key", "signature", "message", "tag")]
    return both(
        attempt(lambda: verify_blst(*parts)) or False,
        attempt(lambda: verify_arkworks(*parts)) or False,
    )


def combine(case):
    """The value at zero of the polynomial through some points, by Lagrange's formula."""
    parts = [(part["index"], bytes.fromhex(part["signature"])) for part in case["parts"]]
    blst = ark = None
    for index, encoded in parts:
        top = bottom = 1
        for other, _ in parts:
            if other != index:
                top = top * other % ORDER
                bottom = bottom * (other - index) % ORDER
        factor = top * pow(bottom, -1, ORDER) % ORDER
        term = pyblst.BlstP1Element.uncompress(encoded).scalar_mul(factor)
        blst = term if blst is None else blst + term
        term = arkworks.G1Point.from_compressed_bytes(encoded) * arkworks_scalar(factor)
        ark = term if ark is None else ark + term
    return both(blst_hex(blst), arkworks_hex(ark))


TASKS = {
    task.__name__: task for task in (hash, multiply, add, decode, sign, verify, combine)
}

question = json.load(sys.stdin)
json.dump([TASKS[question["task"]](case) for case in question["cases"]], sys.stdout)
