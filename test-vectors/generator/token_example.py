"""Token vectors: the worked example of docs/FORMAT.md, section 9."""

from . import token
from .decrypting import DecryptGroup, T, keyring
from .rsakey import A
from .stream import Fixed

KID = "pii-2026a"


def add(file) -> None:
    """Adds the group."""
    group = DecryptGroup(file, "the worked example of FORMAT.md", keyring(**{KID: A}), alone=True)
    direct = token.direct(KID, "s", A, b"078-05-1120", Fixed(bytes(range(32))))
    group.opens("the direct token of the worked example", ["Example", "Direct"], T(direct, "078-05-1120"))
    data_key = token.DataKey(A, Fixed(bytes(range(64))))
    sealed = token.envelope(KID, data_key, "email", None, '"ada@example.org"', Fixed(bytes(range(64, 76))))
    group.opens("the envelope token of the worked example", ["Example", "Envelope"], T(sealed, "ada@example.org"))
