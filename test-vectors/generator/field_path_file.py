"""field_path_test.json: what a path matches, and which paths are refused."""

from . import field_path_names, field_path_refused, field_path_steps
from .vectorfile import VectorFile

_NOTES = {
    "Root": "The whole document.",
    "Name": "A member by its name.",
    "Index": "An element by its index.",
    "Wildcard": "Every element of an array, every member of an object.",
    "Descendant": "At any depth.",
    "Escapes": "Names with escapes, in the path or in the document.",
    "IgnoreCase": "Names compare by simple case folding.",
    "DuplicateNames": "An object with two members of one name: both match, their pointers are equal.",
    "Outermost": "Matches below matches: only the outermost are encrypted.",
    "Syntax": "Not RFC 9535.",
    "Unsupported": "RFC 9535, and outside the subset.",
}


def make() -> VectorFile:
    """The file."""
    file = VectorFile("field_path_test", "Paths: the JSON Pointers of what they match, in document order.", _NOTES)
    for part in (field_path_names, field_path_steps, field_path_refused):
        part.add(file)
    return file
