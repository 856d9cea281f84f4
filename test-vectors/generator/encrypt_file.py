"""encrypt_test.json: policy, body and random bytes in, body or refusal out."""

from . import (
    encrypt_bodies,
    encrypt_content_types,
    encrypt_envelopes,
    encrypt_foreign_tokens,
    encrypt_limits,
    encrypt_randomness,
    encrypt_rules,
    encrypt_values,
)
from .vectorfile import VectorFile

_NOTES = {
    "Direct": "A value in direct mode.",
    "Envelope": "A value in envelope mode.",
    "Oversize": "A direct value at or past the limit of the key.",
    "Escapes": "A string whose JSON text is not minimal, or nearly so.",
    "Null": "null is kept unless the rule says otherwise.",
    "Context": "The protected header holds the field name and the context.",
    "Rules": "Which rule decides about a value.",
    "Names": "How member names compare.",
    "DuplicateNames": "An object with two members of one name.",
    "ByteExact": "Every byte outside the replaced values stays.",
    "Ndjson": "JSON texts on lines of their own.",
    "ContentType": "What the content type decides.",
    "NotUtf8": "A body that is not UTF-8, or begins with a byte order mark.",
    "NotJson": "A body that is not one JSON text.",
    "Limits": "A count or a length at its limit, or past it.",
    "ForeignToken": "Text in the shape of a token in the request.",
    "Required": "A rule that must match.",
    "Classic": "A key with a prefix and suffix of its own.",
    "Randomness": "The random number generator fails or repeats itself.",
}


def make() -> VectorFile:
    """The file."""
    file = VectorFile("encrypt_test", "Encrypting a body by a policy, with given random bytes.", _NOTES)
    for part in (
        encrypt_values,
        encrypt_envelopes,
        encrypt_rules,
        encrypt_bodies,
        encrypt_content_types,
        encrypt_limits,
        encrypt_foreign_tokens,
        encrypt_randomness,
    ):
        part.add(file)
    return file
