"""JWE by the npm package `jose`."""

import json
import subprocess
from pathlib import Path

from samples import private_pem, public_pem

_SCRIPT = Path(__file__).with_name("jose.mjs")


def decrypt(name: str, jwe: str) -> bytes:
    """Opens a JWE with the private key of that name."""
    pem = private_pem(name).read_text("ascii")
    return bytes.fromhex(_run({"privateKey": pem, "jwe": jwe}))


def encrypt(name: str, header: str, plaintext: bytes) -> str:
    """Makes a JWE under the public key of that name."""
    return _run({"publicKey": public_pem(name), "header": json.loads(header), "plaintext": plaintext.hex()})


def _run(request: dict) -> str:
    done = subprocess.run(["node", _SCRIPT], input=json.dumps(request), text=True, stdout=subprocess.PIPE, check=True)
    return done.stdout
