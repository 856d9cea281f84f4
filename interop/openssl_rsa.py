"""RSAES-OAEP-SHA-256 by OpenSSL's command line."""

import subprocess

from samples import KEYS, private_pem

_OAEP = [
    "-pkeyopt", "rsa_padding_mode:oaep",
    "-pkeyopt", "rsa_oaep_md:sha256",
    "-pkeyopt", "rsa_mgf1_md:sha256",
]  # fmt: skip


def decrypt(name: str, ciphertext: bytes) -> bytes:
    """Opens a ciphertext with the private key of that name."""
    return _pkeyutl(["-decrypt", "-inkey", str(private_pem(name))], ciphertext)


def encrypt(name: str, plaintext: bytes) -> bytes:
    """Encrypts under the public key of that name."""
    return _pkeyutl(["-encrypt", "-pubin", "-inkey", str(KEYS / f"{name}.public.pem")], plaintext)


def _pkeyutl(arguments: list[str], data: bytes) -> bytes:
    command = ["openssl", "pkeyutl", *arguments, *_OAEP]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout
