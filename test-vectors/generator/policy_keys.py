"""Policy vectors: key ids, public keys, classic tags."""

from . import tags, weak_keys
from .encoding import pointer
from .loading import LoadGroup, changed
from .policy_members import BASE
from .rsakey import K3072, K4096, A, B


def add(file) -> None:
    """Adds the groups."""
    key_ids(LoadGroup(file, "key ids"), BASE, BASE["keys"]["k1"])
    _public_keys(LoadGroup(file, "public keys"))
    tags.add(LoadGroup(file, "classic tags"), BASE, BASE["keys"]["k1"], ("k1", "k2"))


def key_ids(group: LoadGroup, base: dict, entry: dict) -> None:
    """Which key ids a file may have. A policy's rule names the key too."""

    def with_id(kid: str) -> dict:
        document = changed(base, ["keys"], {kid: entry})
        return changed(document, ["fields", 0, "key"], kid) if "fields" in document else document

    for kid in ("a", "k" * 64, "-", "_", "0", "A-Za_z0", "__es1", "constructor", "__proto__"):
        group.valid(f"key id {kid}", "KeyId", with_id(kid))
    for kid, what in (
        ("", "empty"),
        ("k" * 65, "65 characters"),
        ("a.b", "a full stop"),
        ("a b", "a space"),
        ("a/b", "a solidus"),
        ("a~b", "a tilde"),
        ("a+b", "a plus sign"),
        ("a=", "an equals sign"),
        ("\u00e9", "a letter beyond ASCII"),
        ("a\n", "a line feed"),
        ("a\u0000", "U+0000"),
        ("arn:aws:kms", "colons"),
    ):
        group.invalid(f"key id: {what}", "KeyId", "config_value_invalid", pointer("keys", kid), with_id(kid))


def _public_keys(group: LoadGroup) -> None:
    path = ["keys", "k1", "public_key"]
    for key in (A, B, K3072, K4096):
        group.valid(f"public key {key.name}", "PublicKey", changed(BASE, path, key.public_pem))
    for what, pem in weak_keys.accepted():
        group.valid(f"public key: {what}", "PublicKey", changed(BASE, path, pem))
    for code, what, pem in weak_keys.refused():
        group.invalid(f"public key: {what}", "PublicKey", code, pointer(*path), changed(BASE, path, pem))
    unused = changed(BASE, ["keys", "k9"], {"public_key": "not a key"})
    group.invalid(
        "the public key of a key that no rule names", "PublicKey", "public_key_not_pem", "/keys/k9/public_key", unused
    )
