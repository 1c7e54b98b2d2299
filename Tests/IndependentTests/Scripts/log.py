"""Signs and verifies checkpoints and proofs of transparency logs with tlog-scales.

Reads {"task": name, "cases": [...]} and writes one answer a case. Hashes, seeds and entries are hexadecimal.
"""

import json
import logging
import sys

from tlog_scales import signing, tiles, tlog

logging.disable()


def holds(function):
    """Whether a check passes; whatever it raises is its way to say no."""
    try:
        function()
        return True
    except Exception:  # a check raises what it likes
        return False


def verify(case):
    """The names of the keys that have signed a checkpoint, and what it says."""
    try:
        checkpoint = tlog.Checkpoint.from_text(case["checkpoint"])
    except Exception:  # it is none
        return {"names": [], "size": 0, "root": ""}
    keys = signing.VkeySet(*[signing.Vkey.from_string(key) for key in case["keys"]])
    valid = keys.verify(checkpoint.signatures, checkpoint)
    return {
        "names": sorted(f"{key.name} {key.sig_type}" for key, _ in valid),
        "size": checkpoint.size,
        "root": checkpoint.root_hash.hex(),
    }


def sign(case):
    """A checkpoint that a log has signed, and the text of its key."""
    signer = signing.PlainEd25519Signer(case["origin"], bytes.fromhex(case["seed"]))
    checkpoint = tlog.Checkpoint.make_signed(
        case["origin"], case["size"], bytes.fromhex(case["root"]), [signer]
    )
    return {"checkpoint": checkpoint.serialize(), "key": signer.vkey.serialize()}


def path(case):
    return [bytes.fromhex(node) for node in case["path"]]


def inclusion(case):
    proof = tlog.InclusionProof(case["index"], case["size"], path(case))
    leaf = tiles.leaf_hash(bytes.fromhex(case["entry"]))
    return holds(lambda: proof.check(leaf, bytes.fromhex(case["root"])))


def consistency(case):
    proof = tlog.ConsistencyProof(case["oldSize"], case["newSize"], path(case))
    old, new = bytes.fromhex(case["oldRoot"]), bytes.fromhex(case["newRoot"])
    return holds(lambda: proof.check(old, new))


TASKS = {task.__name__: task for task in (verify, sign, inclusion, consistency)}

question = json.load(sys.stdin)
json.dump([TASKS[question["task"]](case) for case in question["cases"]], sys.stdout)
