"""Verifies access tokens with PyJWT, and makes others that must not be taken.

Reads {"token", "jwk", "venue"} from its standard input. Writes {"header", "claims", "refused", "forged"}: what PyJWT
reads in the token, whether it refuses it for another audience or issuer, and tokens that PyJWT has made of the
same claims by other algorithms and keys.
"""

import json
import sys

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

question = json.load(sys.stdin)
token, venue = question["token"], question["venue"]
key = jwt.PyJWK(question["jwk"]).key
# The test's clock stands still in the past.
options = {"require": ["exp", "iat", "iss", "aud", "sub", "jti"], "verify_exp": False, "verify_iat": False}
claims = jwt.decode(token, key, algorithms=["EdDSA"], audience=venue, issuer=venue, options=options)
refused = 0
for audience, issuer in (("other", venue), (venue, "other")):
    try:
        jwt.decode(token, key, algorithms=["EdDSA"], audience=audience, issuer=issuer, options=options)
    except jwt.InvalidTokenError:
        refused += 1

raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
headers = {"kid": question["jwk"]["kid"]}
keys = {
    "none": None,
    "HS256": raw + bytes(32),
    "HS512": raw + bytes(64),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "RS256": rsa.generate_private_key(65537, 2048),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}
forged = [jwt.encode(claims, other, algorithm=name, headers=headers) for name, other in keys.items()]
header = jwt.get_unverified_header(token)
print(json.dumps({"header": header, "claims": claims, "refused": refused, "forged": forged}))
