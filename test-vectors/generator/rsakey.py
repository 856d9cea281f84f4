"""The committed RSA test keys."""

from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from jwcrypto.jwk import JWK

KEYS_FOLDER = Path(__file__).resolve().parent.parent / "keys"


class RsaKey:
    """One key pair of `keys/`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.public_pem = (KEYS_FOLDER / f"{name}.public.pem").read_text("ascii")
        self.private_pem = (KEYS_FOLDER / f"TEST-ONLY-{name}.private.pem").read_text("ascii")
        self.private = serialization.load_pem_private_key(self.private_pem.encode("ascii"), None)
        numbers = self.private.public_key().public_numbers()
        self.n, self.e = numbers.n, numbers.e
        self.bytes = (self.n.bit_length() + 7) // 8
        public = serialization.load_pem_public_key(self.public_pem.encode("ascii"))
        if public.public_numbers() != numbers:
            raise ValueError(f"{name}: the two halves differ")

    @property
    def private_file(self) -> str:
        """The private key's file, relative to `test-vectors/`."""
        return f"keys/TEST-ONLY-{self.name}.private.pem"

    @cached_property
    def jwk(self) -> JWK:
        """The pair for `jwcrypto`, which looks for its primes once."""
        return JWK.from_pem(self.private_pem.encode("ascii"))

    @property
    def spki_der(self) -> bytes:
        """SubjectPublicKeyInfo, DER."""
        return self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def longest(self) -> int:
        """The longest plaintext of RSAES-OAEP-SHA-256, in bytes (RFC 8017: k - 2*32 - 2)."""
        return self.bytes - 66


A = RsaKey("rsa2048-a")
B = RsaKey("rsa2048-b")
K3072 = RsaKey("rsa3072")
K4096 = RsaKey("rsa4096")
