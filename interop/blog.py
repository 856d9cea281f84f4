"""Classic tags the way of the AWS post "How to protect sensitive data for its entire lifecycle in AWS": PyCryptodome, and a
regular expression over the text."""

import base64
import re

from Crypto.Cipher import PKCS1_OAEP
from Crypto.Hash import SHA256
from Crypto.PublicKey import RSA

from samples import CLASSIC_NAME, PREFIX, SUFFIX, private_pem, public_pem


def encrypt(text: str) -> str:
    """The tagged value."""
    cipher = PKCS1_OAEP.new(RSA.import_key(public_pem(CLASSIC_NAME)), SHA256)
    return PREFIX + base64.b64encode(cipher.encrypt(text.encode("utf-8"))).decode() + SUFFIX


def decrypt_all(text: str) -> list[str]:
    """The plaintexts of all tagged values of a text."""
    cipher = PKCS1_OAEP.new(RSA.import_key(private_pem(CLASSIC_NAME).read_bytes()), SHA256)
    found = re.findall(re.escape(PREFIX) + "(.*?)" + re.escape(SUFFIX), text)
    return [cipher.decrypt(base64.b64decode(value)).decode("utf-8") for value in found]
