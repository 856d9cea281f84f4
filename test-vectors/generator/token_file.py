"""token_test.json: what becomes of tokens in plain text."""

from . import (
    token_context,
    token_direct,
    token_envelope,
    token_example,
    token_header,
    token_structure,
    token_surroundings,
)
from .vectorfile import VectorFile

_NOTES = {
    "Example": "The worked example of docs/FORMAT.md, section 9.",
    "Direct": "Kinds s and v.",
    "Envelope": "Kind e.",
    "Classic": "A key with a prefix and suffix of its own.",
    "KeyId": "What a key id may be.",
    "Version": "A version other than es1.",
    "Kind": "A kind other than s, v, e.",
    "Structure": "The text does not follow the grammar.",
    "Canonical": "Another spelling of the same bytes.",
    "ModulusSize": "The RSA part is as long as another key's modulus.",
    "UnknownKey": "The keyring does not have the key id.",
    "Oaep": "The RSA ciphertext is not RSAES-OAEP-SHA-256 under the key.",
    "ModifiedCiphertext": "A token that was changed after it was made.",
    "Plaintext": "The token opens, and the plaintext is not what its kind says.",
    "DataKey": "The RSA part of an envelope token does not hold 32 bytes.",
    "Header": "The protected header.",
    "Context": "The context, and what the caller requires of it.",
    "Surroundings": "Tokens with text around them.",
}


def make() -> VectorFile:
    """The file."""
    file = VectorFile(
        "token_test", "Tokens in plain text: which open to what, which are kept, which do not open.", _NOTES
    )
    for part in (
        token_example,
        token_direct,
        token_envelope,
        token_header,
        token_context,
        token_structure,
        token_surroundings,
    ):
        part.add(file)
    return file
