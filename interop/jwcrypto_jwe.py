"""JWE by the Python package `jwcrypto`."""

from functools import cache

from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from samples import private_pem, public_pem


def decrypt(name: str, jwe: str) -> bytes:
    """Opens a JWE with the private key of that name."""
    token = JWE()
    token.deserialize(jwe, _private_key(name))
    return token.payload


def encrypt(name: str, header: str, plaintext: bytes) -> str:
    """Makes a JWE under the public key of that name."""
    token = JWE(plaintext, header, recipient=JWK.from_pem(public_pem(name).encode()))
    return token.serialize(compact=True)


@cache
def _private_key(name: str) -> JWK:
    return JWK.from_pem(private_pem(name).read_bytes())
