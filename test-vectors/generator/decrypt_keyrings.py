"""Decrypt vectors: what a keyring tells of its keys."""

from .decrypt_places import make, tag
from .decrypting import DecryptGroup, K, T, entry, keyring
from .rsakey import A, B


def add(file) -> None:
    """Adds the groups."""
    kinds = {"s": ("s", "1", '"1"'), "v": ("v", "2", "2"), "e": ("e", "3", "3")}
    for mode, opens in (("direct", "sv"), ("envelope", "e")):
        group = DecryptGroup(file, f"a key of mode {mode}", keyring(k1=entry(A, mode=mode), k2=B))
        for kind, plaintext, out in kinds.values():
            token = make(kind, plaintext)
            if kind in opens:
                group.opens(f"mode {mode}, kind {kind}", "Keyring", "[", T(f'"{token}"', out), "]", format="json")
            else:
                group.fails(f"mode {mode}, kind {kind}", ["Keyring", "AllOrNothing"], f'["{token}"]', "json")
            group.opens(
                f"mode {mode}, kind {kind} under another key",
                "Keyring",
                "[",
                T(f'"{make(kind, plaintext, "k2")}"', out),
                "]",
                format="json",
            )
    size = DecryptGroup(file, "keys that tell their size", keyring(k1=entry(A, key_spec="RSA_2048"), k2=B))
    size.opens("key_spec: of the size", "Keyring", T(make("s", "1"), "1"), " ", T(make("e", "3"), "3"))
    for other in ("RSA_3072", "RSA_4096"):
        group = DecryptGroup(file, f"a key that says it is {other}", keyring(k1=entry(A, key_spec=other), k2=B))
        for kind, plaintext, _ in kinds.values():
            group.opens(
                f"key_spec {other}, kind {kind}: another size",
                ["Keyring", "Kept"],
                K(make(kind, plaintext), "token_damaged"),
                " ",
                T(make(kind, plaintext, "k2"), plaintext),
            )
    classic = keyring(c1=entry(A, key_spec="RSA_2048", mode="direct", prefix="[enc:", suffix=":enc]"))
    group = DecryptGroup(file, "classic tags of a key that tells its size and mode", classic)
    group.opens("key_spec and mode, classic", ["Keyring", "Classic"], T(tag("a"), "a"))
