"""Public keys that must be refused, and odd ones that must not. Their moduli are made up: nobody has a private key."""

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from .der import (
    NULL,
    RSA_ENCRYPTION,
    RSAES_OAEP,
    RSASSA_PSS,
    bit_string,
    integer,
    pem,
    rsa_public_key,
    sequence,
    spki,
    tlv,
)
from .rsakey import A
from .stream import Stream

_SMALL_PRIMES = [n for n in range(3, 752) if all(n % d for d in range(2, n))]
_GOOD = rsa_public_key(A.n)


def modulus(bits: int, divisor: int = 1) -> int:
    """An odd number of exactly this many bits, a multiple of `divisor`, with no other prime factor below 752."""
    start = int.from_bytes(Stream(f"modulus\x00{bits}\x00{divisor}").take((bits + 7) // 8), "big") >> (-bits % 8)
    number = (start | 1 << (bits - 1)) // divisor | 1
    while any(number % prime == 0 for prime in _SMALL_PRIMES):
        number += 2
    product = number * divisor
    if product.bit_length() != bits:
        raise AssertionError("the search left the range")
    return product


def accepted() -> list[tuple[str, str]]:
    """(comment, PEM) of unusual keys that are good."""
    return [
        ("CRLF line ends", A.public_pem.replace("\n", "\r\n")),
        ("no line end after the block", A.public_pem.rstrip("\n")),
        ("a made modulus of 2048 bits without small factors", pem(spki(rsa_public_key(modulus(2048))))),
        ("a made modulus of 3072 bits without small factors", pem(spki(rsa_public_key(modulus(3072))))),
        ("a made modulus of 4096 bits without small factors", pem(spki(rsa_public_key(modulus(4096))))),
        (
            "a modulus divisible by 757, the first prime that is not looked for",
            pem(spki(rsa_public_key(modulus(2048, 757)))),
        ),
    ]


def refused() -> list[tuple[str, str, str]]:
    """(code, comment, PEM)."""
    return [*_not_pem(), *_not_spki(), *_algorithms(), *_sizes(), *_exponents(), *_moduli()]


def _not_pem() -> list[tuple[str, str, str]]:
    good = A.public_pem
    lines = good.split("\n")
    cases = (
        ("empty", ""),
        ("text", "not a key"),
        ("base64 without a block", "".join(lines[1:-2])),
        ("a private key", A.private_pem),
        ("a PKCS#1 block", pem(_GOOD, "RSA PUBLIC KEY")),
        ("a certificate's label", pem(spki(_GOOD), "CERTIFICATE")),
        ("a label in lower case", pem(spki(_GOOD), "public key")),
        ("two blocks", good + good),
        ("a private key behind the public key", good + A.private_pem),
        ("text before the block", "key:\n" + good),
        ("text behind the block", good + "end\n"),
        ("text behind the last line", good.rstrip("\n") + " x\n"),
        ("no last line", "\n".join(lines[:-2]) + "\n"),
        ("no first line", "\n".join(lines[1:])),
        ("another label at the end", good.replace("END PUBLIC KEY", "END PRIVATE KEY")),
        ("four hyphens", good.replace("-----END", "----END")),
        ("a character that is not base64", good.replace(lines[2], "!" + lines[2][1:])),
        ("base64url characters", good.replace(lines[2], "-_" + lines[2][2:])),
        ("a header line (RFC 1421)", good.replace(lines[1], "Proc-Type: 4,ENCRYPTED\n\n" + lines[1])),
        ("one base64 character too few", good.replace(lines[-3], lines[-3][:-1])),
    )
    return [("public_key_not_pem", what, text) for what, text in cases]


def _not_spki() -> list[tuple[str, str, str]]:
    good = spki(_GOOD)
    long_form = bytes([0x30, 0x83, 0x00]) + good[2:]
    algorithm = sequence(RSA_ENCRYPTION, NULL)
    padded = sequence(tlv(0x02, b"\x00\x00", A.n.to_bytes(256, "big")), integer(65537))
    negative = sequence(tlv(0x02, A.n.to_bytes(256, "big")), integer(65537))
    cases = (
        ("a byte behind it", good + b"\x00"),
        ("a second one behind it", good + good),
        ("the last byte is cut", good[:-1]),
        ("PKCS#1 in this block", _GOOD),
        ("a NULL", NULL),
        ("zeros", bytes(294)),
        ("a length that is not in its shortest form", long_form),
        ("a length that is not definite", b"\x30\x80" + good[4:] + b"\x00\x00"),
        ("a SET for a SEQUENCE", b"\x31" + good[1:]),
        ("an OCTET STRING for the BIT STRING", sequence(algorithm, tlv(0x04, b"\x00", _GOOD))),
        ("unused bits in the BIT STRING", sequence(algorithm, bit_string(_GOOD, 1))),
        ("no key", sequence(algorithm)),
        ("no algorithm", sequence(bit_string(_GOOD))),
        ("a third member", sequence(algorithm, bit_string(_GOOD), NULL)),
        ("a byte behind the RSAPublicKey", spki(_GOOD + b"\x00")),
        ("an RSAPublicKey that is cut", spki(_GOOD[:-1])),
        ("an RSAPublicKey of one integer", spki(sequence(integer(A.n)))),
        ("an RSAPublicKey of three integers", spki(sequence(integer(A.n), integer(65537), integer(1)))),
        ("a modulus with a zero byte too many", spki(padded)),
        ("a negative modulus", spki(negative)),
    )
    return [("public_key_not_spki", what, pem(der)) for what, der in cases]


def _algorithms() -> list[tuple[str, str, str]]:
    def public(key) -> str:
        return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    pss_parameters = sequence()
    cases = (
        ("RSASSA-PSS without parameters", pem(spki(_GOOD, RSASSA_PSS, b""))),
        ("RSASSA-PSS with NULL", pem(spki(_GOOD, RSASSA_PSS))),
        ("RSASSA-PSS with empty parameters", pem(spki(_GOOD, RSASSA_PSS, pss_parameters))),
        ("RSAES-OAEP with empty parameters", pem(spki(_GOOD, RSAES_OAEP, pss_parameters))),
        ("rsaEncryption without parameters", pem(spki(_GOOD, parameters=b""))),
        ("rsaEncryption with an empty SEQUENCE for parameters", pem(spki(_GOOD, parameters=sequence()))),
        ("rsaEncryption with an INTEGER for parameters", pem(spki(_GOOD, parameters=integer(0)))),
        ("P-256", public(ec.derive_private_key(1, ec.SECP256R1()).public_key())),
        ("P-384", public(ec.derive_private_key(1, ec.SECP384R1()).public_key())),
        ("Ed25519", public(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key())),
    )
    return [("public_key_algorithm", what, text) for what, text in cases]


def _sizes() -> list[tuple[str, str, str]]:
    cases = [
        (f"{bits} bits", modulus(bits))
        for bits in (512, 768, 1024, 1536, 2040, 2047, 2049, 2056, 2560, 3071, 3073, 4095, 4097, 6144, 8192)
    ]
    return [
        ("public_key_size", what, pem(spki(rsa_public_key(n)))) for what, n in [*cases, ("n is 0", 0), ("n is 1", 1)]
    ]


def _exponents() -> list[tuple[str, str, str]]:
    values = (
        ("0", 0),
        ("1", 1),
        ("2", 2),
        ("3", 3),
        ("17", 17),
        ("257", 257),
        ("65536", 65536),
        ("65539", 65539),
        ("65538, even", 65538),
        ("2^16 + 2^32 + 1", 65537 + 2**32),
        ("2^33 - 1", 2**33 - 1),
        ("2^33 + 1", 2**33 + 1),
        ("n - 2", A.n - 2),
        ("n", A.n),
        ("n + 65537", A.n + 65537),
    )
    return [("public_key_exponent", f"e is {what}", pem(spki(rsa_public_key(A.n, e)))) for what, e in values]


def _moduli() -> list[tuple[str, str, str]]:
    cases = (
        ("even", A.n - 1),
        ("a power of two", 2**2047),
        ("divisible by 3", modulus(2048, 3)),
        ("divisible by 5", modulus(2048, 5)),
        ("divisible by 7", modulus(2048, 7)),
        ("divisible by 257", modulus(2048, 257)),
        ("divisible by 751", modulus(2048, 751)),
        ("a 3072-bit modulus divisible by 3", modulus(3072, 3)),
        ("a 4096-bit modulus divisible by 751", modulus(4096, 751)),
        ("2^2048 - 1", 2**2048 - 1),
    )
    return [("public_key_modulus", f"modulus: {what}", pem(spki(rsa_public_key(n)))) for what, n in cases]
