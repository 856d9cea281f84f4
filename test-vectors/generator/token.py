"""Token texts: direct, envelope, classic."""

import json

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jwcrypto import jwe as jose

from . import oaep
from .encoding import b64, b64url
from .jsontext import quote
from .rsakey import RsaKey
from .stream import Stream

DATA_KEY_BYTES = 32
IV_BYTES = 12
PAD_BYTES = 32


def direct(kid: str, kind: str, key: RsaKey, plaintext: bytes, stream: Stream) -> str:
    """A token of direct mode. Draws the seed."""
    return frame(kid, kind, b64url(oaep.encrypt(key, plaintext, stream.take(oaep.SEED_BYTES))))


def classic(prefix: str, suffix: str, key: RsaKey, text: str, stream: Stream) -> str:
    """A classic tag. Draws the seed."""
    return prefix + b64(oaep.encrypt(key, text.encode("utf-8"), stream.take(oaep.SEED_BYTES))) + suffix


def frame(kid: str, kind: str, body: str) -> str:
    """The text around a body."""
    return f"__es1.{kid}.{kind}.{body}.__"


def header(field: str, context: dict[str, str] | None = None) -> str:
    """The protected header of FORMAT.md, section 3."""
    pairs = [("field", field), *sorted((context or {}).items())]
    ctx = ",".join(f"{quote(name)}:{quote(value)}" for name, value in pairs)
    return '{"alg":"RSA-OAEP-256","cty":"json","ctx":{' + ctx + '},"enc":"A256GCM"}'


def pad(json_text: str) -> bytes:
    """JSON text padded with spaces to a multiple of 32 bytes, at least 32."""
    data = json_text.encode("utf-8")
    return data + b" " * (-len(data) % PAD_BYTES)


class DataKey:
    """A data key and its wrapped form. Draws the data key, then the seed of the wrap."""

    def __init__(self, key: RsaKey, stream: Stream, length: int = DATA_KEY_BYTES) -> None:
        self.bytes = stream.take(length)
        self.wrapped = oaep.encrypt(key, self.bytes, stream.take(oaep.SEED_BYTES))
        self.key = key

    def seal(self, header_text: str | bytes, plaintext: bytes, iv: bytes) -> list[str]:
        """The five parts of the JWE."""
        header_bytes = header_text.encode("utf-8") if isinstance(header_text, str) else header_text
        first = b64url(header_bytes)
        sealed = AESGCM(self.bytes).encrypt(iv, plaintext, first.encode("ascii"))
        return [first, b64url(self.wrapped), b64url(iv), b64url(sealed[:-16]), b64url(sealed[-16:])]


def envelope(
    kid: str, data_key: DataKey, field: str, context: dict[str, str] | None, json_text: str, stream: Stream
) -> str:
    """A token of envelope mode. Draws the IV."""
    parts = data_key.seal(header(field, context), pad(json_text), stream.take(IV_BYTES))
    body = ".".join(parts)
    opened = jose.JWE(algs=["RSA-OAEP-256", "A256GCM"])
    opened.deserialize(body, data_key.key.jwk)
    if opened.payload != pad(json_text):
        raise AssertionError("another implementation opens this to something else")
    if json.loads(opened.objects["protected"])["ctx"]["field"] != field:
        raise AssertionError("another implementation reads another field")
    return frame(kid, "e", body)
