"""What is encrypted, under which keys: every kind of token under every size of key."""

import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEYS = ROOT / "test-vectors" / "keys"
SIZES = {"k2048": "rsa2048-a", "k3072": "rsa3072", "k4096": "rsa4096"}
CLASSIC_KEY = "blog"
CLASSIC_NAME = "rsa2048-b"
PREFIX, SUFFIX = "#blog#", "#golb#"

# JSON texts, and what they become in direct mode: kind `s` holds the text of a string, `v` the JSON text.
VALUES = {
    '"078-05-1120"': ("s", "078-05-1120"),
    '"Zoë \\"Z\\" 😀"': ("s", 'Zoë "Z" 😀'),
    '""': ("s", ""),
    '"\\u0041"': ("v", '"\\u0041"'),
    "-12.50e3": ("v", "-12.50e3"),
    '{"a": [1, null, true]}': ("v", '{"a": [1, null, true]}'),
}
STRINGS = [text for text, (kind, _) in VALUES.items() if kind == "s"]


def public_pem(name: str) -> str:
    """The public key of that name."""
    return (KEYS / f"{name}.public.pem").read_text("ascii")


def private_pem(name: str) -> Path:
    """The file of the private key of that name."""
    return KEYS / f"TEST-ONLY-{name}.private.pem"


def policy() -> str:
    """A rule for each key and mode, and one with classic tags."""
    keys = {key: {"public_key": public_pem(name)} for key, name in SIZES.items()}
    keys[CLASSIC_KEY] = {"public_key": public_pem(CLASSIC_NAME), "prefix": PREFIX, "suffix": SUFFIX}
    fields = [
        {"name": f"{mode}-{key}", "path": f"$.{mode}.{key}[*]", "key": key, "mode": mode}
        for key in SIZES
        for mode in ("direct", "envelope")
    ]
    fields.append({"name": "classic", "path": "$.classic[*]", "key": CLASSIC_KEY})
    return json.dumps({"version": 1, "keys": keys, "fields": fields, "context": {"tenant": "t-1"}})


def keyring(folder: Path) -> str:
    """A keyring for that folder."""
    keys = {key: {"private_key_file": os.path.relpath(private_pem(name), folder)} for key, name in SIZES.items()}
    path = os.path.relpath(private_pem(CLASSIC_NAME), folder)
    keys[CLASSIC_KEY] = {"private_key_file": path, "prefix": PREFIX, "suffix": SUFFIX}
    return json.dumps({"version": 1, "keys": keys})


def body() -> str:
    """Every value under every rule."""
    values = f"[{', '.join(VALUES)}]"
    sizes = f"{{{', '.join(f'{json.dumps(key)}: {values}' for key in SIZES)}}}"
    return f'{{"direct": {sizes}, "envelope": {sizes}, "classic": [{", ".join(STRINGS)}]}}\n'


def padded(text: str) -> bytes:
    """The plaintext of an envelope token."""
    data = text.encode()
    return data.ljust(max(32, -(-len(data) // 32) * 32))


def header(field: str) -> str:
    """The protected header of an envelope token."""
    ctx = {"field": field, "tenant": "t-1"}
    members = {"alg": "RSA-OAEP-256", "cty": "json", "ctx": ctx, "enc": "A256GCM"}
    return json.dumps(members, separators=(",", ":"))
