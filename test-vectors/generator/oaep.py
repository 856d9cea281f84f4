"""RSAES-OAEP encoding with a given seed (RFC 8017, section 7.1.1), and faulty relatives of it."""

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from .rsakey import RsaKey

SEED_BYTES = 32


def encrypt(key: RsaKey, message: bytes, seed: bytes) -> bytes:
    """RSAES-OAEP-SHA-256 with MGF1-SHA-256 and the empty label."""
    ciphertext = encrypt_with(key, message, seed, "sha256", "sha256", b"")
    opened = key.private.decrypt(ciphertext, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
    if opened != message:
        raise AssertionError("another implementation opens this to something else")
    return ciphertext


def encrypt_with(key: RsaKey, message: bytes, seed: bytes, hash_name: str, mgf_name: str, label: bytes) -> bytes:
    """RSAES-OAEP with any hash, any mask hash, any label."""
    label_hash = hashlib.new(hash_name, label).digest()
    if len(seed) != len(label_hash):
        raise ValueError("the seed is as long as the hash")
    room = key.bytes - len(message) - 2 * len(label_hash) - 2
    if room < 0:
        raise ValueError("message too long")
    return encrypt_block(key, 0, label_hash + bytes(room) + b"\x01" + message, seed, mgf_name)


def encrypt_block(key: RsaKey, first: int, block: bytes, seed: bytes, mgf_name: str = "sha256") -> bytes:
    """The rest of OAEP for a data block (RFC 8017: DB) that may be faulty, behind a first byte that should be 0."""
    masked_block = _xor(block, _mgf1(seed, len(block), mgf_name))
    masked_seed = _xor(seed, _mgf1(masked_block, len(seed), mgf_name))
    return raw(key, bytes([first]) + masked_seed + masked_block)


def encrypt_pkcs1(key: RsaKey, message: bytes, filler: bytes) -> bytes:
    """RSAES-PKCS1-v1_5 (RFC 8017, section 7.2.1). Zero bytes of `filler` become ones."""
    nonzero = bytes(byte or 1 for byte in filler[: key.bytes - len(message) - 3])
    return raw(key, b"\x00\x02" + nonzero + b"\x00" + message)


def raw(key: RsaKey, block: bytes) -> bytes:
    """The RSA public operation on an encoded block."""
    number = int.from_bytes(block, "big")
    if number >= key.n:
        raise ValueError("not below the modulus")
    return pow(number, key.e, key.n).to_bytes(key.bytes, "big")


def _mgf1(seed: bytes, length: int, hash_name: str) -> bytes:
    out = b""
    counter = 0
    while len(out) < length:
        out += hashlib.new(hash_name, seed + counter.to_bytes(4, "big")).digest()
        counter += 1
    return out[:length]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
