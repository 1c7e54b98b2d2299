"""An authenticator made of Yubico's python-fido2.

Reads {"algorithm", "key", "creation", "request"} from its standard input: the number of a COSE algorithm, a secret
number, and the options of both ceremonies, one of which may be null. Writes {"created", "used"}: what a browser's
toJSON gives for each.
"""

import hashlib
import json
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2 import cose
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialRequestOptions,
)

question = json.load(sys.stdin)
algorithm = question["algorithm"]
credential_id = hashlib.sha256(b"credential").digest()
if algorithm == -8:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(question["key"]))
    public = cose.EdDSA.from_cryptography_key(key.public_key())
elif algorithm == -7:
    key = ec.derive_private_key(int(question["key"], 16) >> 8, ec.SECP256R1())
    public = cose.ES256.from_cryptography_key(key.public_key())
elif question["key"]:
    key = serialization.load_pem_private_key(question["key"].encode(), None)
    public = cose.RS256.from_cryptography_key(key.public_key())
else:
    key = rsa.generate_private_key(65537, 2048)
    public = cose.RS256.from_cryptography_key(key.public_key())


def sign(message):
    if algorithm == -8:
        return key.sign(message)
    if algorithm == -7:
        return key.sign(message, ec.ECDSA(hashes.SHA256()))
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def data(party, counter, credential=b""):
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
    if credential:
        flags |= AuthenticatorData.FLAG.AT
    return AuthenticatorData.create(hashlib.sha256(party.encode()).digest(), flags, counter, credential)


def answer(response):
    text = websafe_encode(credential_id)
    return {"id": text, "rawId": text, "type": "public-key", "clientExtensionResults": {}, "response": response}


origin = "http://localhost:8080"
answers = {"created": None, "used": None, "key": question["key"]}
if question["creation"]:
    options = PublicKeyCredentialCreationOptions.from_dict(question["creation"])
    assert algorithm in [parameter.alg for parameter in options.pub_key_cred_params]
    client = CollectedClientData.create("webauthn.create", options.challenge, origin)
    credential = AttestedCredentialData.create(bytes(16), credential_id, public)
    made = AttestationObject.create("none", data(options.rp.id, 1, credential), {})
    answers["created"] = answer(
        {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(made)}
    )
    answers["handle"] = websafe_encode(options.user.id)
if question["request"]:
    options = PublicKeyCredentialRequestOptions.from_dict(question["request"])
    client = CollectedClientData.create("webauthn.get", options.challenge, origin)
    said = data(options.rp_id, 2)
    answers["used"] = answer(
        {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(said),
            "signature": websafe_encode(sign(said + client.hash)),
            "userHandle": question["handle"],
        }
    )
if algorithm == -257 and not question["key"]:
    answers["key"] = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
print(json.dumps(answers))
