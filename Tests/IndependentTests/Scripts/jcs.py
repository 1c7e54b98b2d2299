"""Writes JSON in the canonical form of RFC 8785 with the package rfc8785.

Reads {"documents": [hex of UTF-8 text], "numbers": [bits of a double, 16 hex digits]} and writes the
canonical UTF-8 of each as hexadecimal.
"""

import json
import struct
import sys

import rfc8785


def number(text):
    """An integer as itself where a double holds it exactly, as the package demands; else the double."""
    value = int(text)
    return value if abs(value) < 2**53 else float(text)


def canonical(encoded):
    document = json.loads(bytes.fromhex(encoded).decode("utf-8"), parse_int=number)
    return rfc8785.dumps(document).hex()


def spelled(bits):
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    return rfc8785.dumps(value).hex()


question = json.load(sys.stdin)
json.dump(
    {
        "documents": [canonical(text) for text in question["documents"]],
        "numbers": [spelled(bits) for bits in question["numbers"]],
    },
    sys.stdout,
)
