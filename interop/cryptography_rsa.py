"""RSAES-OAEP-SHA-256 by the Python package `cryptography`."""

from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from samples import private_pem, public_pem

_OAEP = OAEP(mgf=MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


def decrypt(name: str, ciphertext: bytes) -> bytes:
    """Opens a ciphertext with the private key of that name."""
    return _private_key(name).decrypt(ciphertext, _OAEP)


def encrypt(name: str, plaintext: bytes) -> bytes:
    """Encrypts under the public key of that name."""
    return serialization.load_pem_public_key(public_pem(name).encode()).encrypt(plaintext, _OAEP)


@cache
def _private_key(name: str) -> RSAPrivateKey:
    """Loading one looks for its primes."""
    return serialization.load_pem_private_key(private_pem(name).read_bytes(), password=None)
