"""RSAES-OAEP-SHA-256 by the Python package `cryptography`."""

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP

from samples import private_pem, public_pem

_OAEP = OAEP(mgf=MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


def decrypt(name: str, ciphertext: bytes) -> bytes:
    """Opens a ciphertext with the private key of that name."""
    key = serialization.load_pem_private_key(private_pem(name).read_bytes(), password=None)
    return key.decrypt(ciphertext, _OAEP)


def encrypt(name: str, plaintext: bytes) -> bytes:
    """Encrypts under the public key of that name."""
    return serialization.load_pem_public_key(public_pem(name).encode()).encrypt(plaintext, _OAEP)
