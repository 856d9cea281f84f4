#!/usr/bin/env python3
"""Opens tokens of EdgeSeal with other libraries, and the other way round.

EdgeSeal takes part as the wasm module, and as each command that is an argument.
"""

import base64
import json
import sys
import tempfile
from pathlib import Path

import blog
import cryptography_rsa
import jose_jwe
import jwcrypto_jwe
import openssl_rsa
import samples
from edgeseal_command import EdgeSeal

WASM = Path(__file__).with_name("wasm.mjs")
DIRECT = {"OpenSSL": openssl_rsa, "cryptography": cryptography_rsa}
ENVELOPE = {"jwcrypto": jwcrypto_jwe, "jose": jose_jwe}


def main() -> None:
    """Both directions for each way."""
    with tempfile.TemporaryDirectory() as folder:
        for command in [["node", WASM], *([path] for path in sys.argv[1:])]:
            edgeseal = EdgeSeal(command, Path(folder))
            others_open(edgeseal)
            edgeseal_opens(edgeseal)


def others_open(edgeseal: EdgeSeal) -> None:
    """Encrypts once, then opens every token with every library."""
    sealed = edgeseal.encrypt(samples.body())
    document = json.loads(sealed)
    for other, library in DIRECT.items():
        count = 0
        for key, name in samples.SIZES.items():
            for token, (kind, text) in zip(document["direct"][key], samples.VALUES.values(), strict=True):
                ciphertext = body_of(token, key, kind)
                expect(library.decrypt(name, decode(ciphertext)), text.encode())
                count += 1
        say(edgeseal, "to", other, count, "direct")
    for other, library in ENVELOPE.items():
        count = 0
        for key, name in samples.SIZES.items():
            for token, text in zip(document["envelope"][key], samples.VALUES, strict=True):
                jwe = body_of(token, key, "e")
                expect(decode(jwe.split(".")[0]).decode(), samples.header(f"envelope-{key}"))
                expect(library.decrypt(name, jwe), samples.padded(text))
                count += 1
        say(edgeseal, "to", other, count, "envelope")
    expect(blog.decrypt_all(sealed), [json.loads(text) for text in samples.STRINGS])
    say(edgeseal, "to", "PyCryptodome", len(samples.STRINGS), "classic")


def edgeseal_opens(edgeseal: EdgeSeal) -> None:
    """Has every library make tokens, then decrypts them as one body each."""
    for other, library in DIRECT.items():
        tokens, texts = [], []
        for key, name in samples.SIZES.items():
            for text, (kind, plaintext) in samples.VALUES.items():
                ciphertext = library.encrypt(name, plaintext.encode())
                tokens.append(f'"__es1.{key}.{kind}.{encode(ciphertext)}.__"')
                texts.append(text)
        expect(edgeseal.decrypt(array(tokens)), array(texts))
        say(edgeseal, "from", other, len(tokens), "direct")
    for other, library in ENVELOPE.items():
        tokens, texts = [], []
        for key, name in samples.SIZES.items():
            for text in samples.VALUES:
                jwe = library.encrypt(name, samples.header("elsewhere"), samples.padded(text))
                tokens.append(f'"__es1.{key}.e.{jwe}.__"')
                texts.append(text)
        expect(edgeseal.decrypt(array(tokens)), array(texts))
        say(edgeseal, "from", other, len(tokens), "envelope")
    tokens = [json.dumps(blog.encrypt(json.loads(text))) for text in samples.STRINGS]
    expect(edgeseal.decrypt(array(tokens)), array(samples.STRINGS))
    say(edgeseal, "from", "PyCryptodome", len(tokens), "classic")


def body_of(token: str, key: str, kind: str) -> str:
    """What stands between kind and suffix."""
    prefix, suffix = f"__es1.{key}.{kind}.", ".__"
    expect((token[: len(prefix)], token[-len(suffix) :]), (prefix, suffix))
    return token[len(prefix) : -len(suffix)]


def encode(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """From base64url without padding."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def array(texts: list[str]) -> str:
    """A JSON array of JSON texts."""
    return f"[{', '.join(texts)}]\n"


def expect(found: object, expected: object) -> None:
    """Both are test data: they may be shown."""
    if found != expected:
        sys.exit(f"check.py: expected {expected!r}, found {found!r}")


def say(edgeseal: EdgeSeal, direction: str, other: str, count: int, kind: str) -> None:
    """One line for each pair."""
    print(f"{edgeseal.name} {direction} {other}: {count} {kind} tokens")


if __name__ == "__main__":
    main()
