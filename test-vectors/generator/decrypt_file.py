"""decrypt_test.json: whole texts in, whole texts out."""

from . import decrypt_csv, decrypt_forms, decrypt_keyrings, decrypt_lines, decrypt_outcomes, decrypt_places, decrypt_spellings
from .vectorfile import VectorFile

_NOTES = {
    "WholeString": "A token that is a whole JSON string becomes the value's JSON text.",
    "InString": "A token inside a longer JSON string: the plaintext is minimally escaped.",
    "InName": "A token in a member name.",
    "Form": "A form or a query string: plaintexts are serialised.",
    "Csv": "Records of fields; a field gets quotation marks if it has to.",
    "PlainText": "The whole input is text.",
    "Ndjson": "JSON texts on lines of their own.",
    "Escapes": "A token that is written with JSON escapes.",
    "LoneSurrogate": "A string that has no text.",
    "Injection": "A plaintext that tries to be more than a value.",
    "NotAgain": "Output is never scanned again.",
    "ByteExact": "Every byte outside the tokens stays.",
    "Classic": "A key with a prefix and suffix of its own.",
    "Kept": "Tokens that stay in place, with the offset of their first byte.",
    "AllOrNothing": "One token that does not open, and nothing is written.",
    "NotJson": "The input is not what the format says.",
    "NotCsv": "The input is not CSV.",
    "Keyring": "The keyring tells the size or the mode of a key.",
    "NoToken": "There is nothing to decrypt.",
}


def make() -> VectorFile:
    """The file."""
    file = VectorFile("decrypt_test", "Decrypting a text as JSON, as NDJSON, as a form, as CSV, or as plain text.", _NOTES)
    for part in (decrypt_places, decrypt_spellings, decrypt_lines, decrypt_outcomes, decrypt_forms, decrypt_csv, decrypt_keyrings):
        part.add(file)
    return file
