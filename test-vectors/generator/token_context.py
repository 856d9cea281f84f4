"""Token vectors: what the caller requires of the context."""

from . import token
from .decrypting import DecryptGroup, T, keyring
from .token_direct import KEYS
from .token_envelope import framed, sealed
from .token_header import header

_FLAGS = ["Context", "Envelope"]


def add(file) -> None:
    """Adds the groups."""
    group = DecryptGroup(
        file,
        "the caller requires a field and a tenant",
        keyring(**KEYS),
        alone=True,
        context={"field": "ssn", "tenant": "acme"},
    )

    def text(what: str, header_text: str) -> str:
        return framed(sealed("context " + what, header=header_text))

    for what, header_text in (
        ("both, and no more", token.header("ssn", {"tenant": "acme"})),
        ("both, and a pair beside", token.header("ssn", {"tenant": "acme", "api": "v1"})),
        ("both in another order", header(ctx='{"tenant":"acme","field":"ssn"}')),
        ("both, written with escapes", header(ctx='{"field":"\\u0073sn","\\u0074enant":"acm\\u0065"}')),
    ):
        group.opens(f"context: {what}", _FLAGS, T(text(what, header_text), "123"))
    for what, header_text in (
        ("another field", token.header("email", {"tenant": "acme"})),
        ("another tenant", token.header("ssn", {"tenant": "other"})),
        ("no tenant", token.header("ssn")),
        ("a tenant in another case", token.header("ssn", {"tenant": "Acme"})),
        ("a name in another case", token.header("ssn", {"Tenant": "acme"})),
        ("a longer tenant", token.header("ssn", {"tenant": "acme2"})),
        ("a shorter tenant", token.header("ssn", {"tenant": "acm"})),
        ("an empty tenant", token.header("ssn", {"tenant": ""})),
        ("the two values exchanged", token.header("acme", {"tenant": "ssn"})),
    ):
        group.fails(f"context: {what}", _FLAGS, text(what, header_text))
