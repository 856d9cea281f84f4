"""request_test.json: policy, request and random bytes in, request or refusal out."""

from . import (
    request_forms,
    request_forms_refused,
    request_headers,
    request_leftovers,
    request_limits,
    request_multipart,
    request_multipart_parts,
    request_multipart_refused,
    request_names,
    request_part_lengths,
    request_parts,
    request_query,
    request_reports,
    request_would_refuse,
)
from .vectorfile import VectorFile

_NOTES = {
    "Methods": "A rule that is limited by method.",
    "Paths": "A rule that is limited by path.",
    "Rules": "Which rule decides about a value.",
    "Required": "A rule that must match.",
    "Form": "A body of application/x-www-form-urlencoded.",
    "Multipart": "A body of multipart/form-data.",
    "JsonPart": "A part that is read as JSON or NDJSON.",
    "File": "A part that passes.",
    "PartLength": "A part that says how long it is.",
    "Names": "How names compare.",
    "FieldNames": "A name of a form's field with brackets or dots, which is read in two ways.",
    "DuplicateNames": "A name that comes twice.",
    "ByteExact": "Every byte outside the replaced values stays.",
    "ContentType": "What the content type decides.",
    "Envelope": "A value in envelope mode.",
    "Oversize": "A direct value at or past the limit of the key.",
    "Classic": "A key with a prefix and suffix of its own.",
    "Differently": "What parsers read differently.",
    "NotUtf8": "A body that is not UTF-8, or begins with a byte order mark.",
    "ForeignToken": "Text in the shape of a token in the request.",
    "Limits": "A count or a length at its limit, or past it.",
    "Randomness": "The random number generator fails or repeats itself.",
    "Ndjson": "JSON texts on lines of their own.",
    "Report": "A rule that only reports.",
    "Leftovers": "A protected value that also stands elsewhere in the body.",
    "Query": "The query string.",
    "Headers": "Request headers.",
}


def make() -> VectorFile:
    """The file."""
    file = VectorFile("request_test", "Encrypting a request by a policy, with given random bytes.", _NOTES)
    for part in (
        request_limits,
        request_forms,
        request_forms_refused,
        request_multipart,
        request_multipart_parts,
        request_multipart_refused,
        request_part_lengths,
        request_names,
        request_query,
        request_headers,
        request_parts,
        request_reports,
        request_would_refuse,
        request_leftovers,
    ):
        part.add(file)
    return file
