"""Just enough DER to write a SubjectPublicKeyInfo by hand, right or wrong."""

import base64

RSA_ENCRYPTION = bytes.fromhex("06092a864886f70d010101")
RSASSA_PSS = bytes.fromhex("06092a864886f70d01010a")
RSAES_OAEP = bytes.fromhex("06092a864886f70d010107")
NULL = b"\x05\x00"


def tlv(tag: int, *content: bytes) -> bytes:
    """Tag, definite length in its shortest form, content."""
    data = b"".join(content)
    if len(data) < 128:
        return bytes([tag, len(data)]) + data
    size = len(data).to_bytes((len(data).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + data


def sequence(*content: bytes) -> bytes:
    """SEQUENCE."""
    return tlv(0x30, *content)


def integer(value: int) -> bytes:
    """INTEGER, two's complement, shortest form."""
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def bit_string(content: bytes, unused: int = 0) -> bytes:
    """BIT STRING."""
    return tlv(0x03, bytes([unused]), content)


def rsa_public_key(n: int, e: int = 65537) -> bytes:
    """RSAPublicKey (RFC 8017, appendix A.1.1)."""
    return sequence(integer(n), integer(e))


def spki(key: bytes, oid: bytes = RSA_ENCRYPTION, parameters: bytes = NULL) -> bytes:
    """SubjectPublicKeyInfo (RFC 5280, section 4.1)."""
    return sequence(sequence(oid, parameters), bit_string(key))


def pem(der: bytes, label: str = "PUBLIC KEY", end: str = "\n") -> str:
    """A textual encoding (RFC 7468): lines of 64 characters."""
    text = base64.b64encode(der).decode("ascii")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return end.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])
