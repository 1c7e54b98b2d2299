"""Decodes CBOR with the package cbor2 and encodes it again in its canonical form.

Reads a list of encoded items in hexadecimal and writes the new encodings.
"""

import json
import sys

import cbor2

json.dump(
    [
        cbor2.dumps(cbor2.loads(bytes.fromhex(item)), canonical=True).hex()
        for item in json.load(sys.stdin)
    ],
    sys.stdout,
)
