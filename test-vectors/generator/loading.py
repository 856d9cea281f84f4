"""Tests of files that are loaded: a policy or a keyring, as text."""

import json
from dataclasses import dataclass

from .jsontext import Pairs, parse
from .vectorfile import Group, VectorFile, bytes_member

MAX_BYTES = 1_048_576


@dataclass
class Raw:
    """JSON text that stands in a document as it is."""

    text: str


def write(value) -> str:
    """JSON text of a document. A list of pairs is an object, so that a name can stand twice."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, dict):
        value = Members(*value.items())
    if isinstance(value, Members):
        return "{" + ",".join(f"{json.dumps(name)}:{write(item)}" for name, item in value.pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(write(item) for item in value) + "]"
    return json.dumps(value)


class Members:
    """An object by its members; a name may stand twice."""

    def __init__(self, *pairs: tuple[str, object]) -> None:
        self.pairs = list(pairs)


class LoadGroup:
    """Tests of documents."""

    def __init__(self, file: VectorFile, comment: str) -> None:
        self._group: Group = file.group(comment)

    def valid(self, comment: str, flags, document, pad_to: int | None = None) -> None:
        """A document that loads. `pad_to`: spaces are added behind it up to this many bytes."""
        text = document if isinstance(document, str) else write(document)
        self._group.add(comment, flags, document=text, padToBytes=pad_to, result="valid")

    def invalid(self, comment: str, flags, code: str, pointer: str, document, pad_to: int | None = None) -> None:
        """A document that is refused."""
        data = document.encode() if isinstance(document, str) else document
        data = data if isinstance(data, bytes) else write(data).encode()
        _audit(data, code, pointer)
        self._group.add(
            comment,
            flags,
            **bytes_member("document", data),
            padToBytes=pad_to,
            result="invalid",
            code=code,
            pointer=pointer,
        )


def changed(document: dict, path: list, value) -> dict:
    """A copy with one member set, or left out where `value` is `...`."""
    copy = json.loads(json.dumps(document))
    target = copy
    for step in path[:-1]:
        target = target[step]
    if value is ...:
        del target[path[-1]]
    else:
        target[path[-1]] = value if isinstance(value, (Raw, Members)) else json.loads(json.dumps(value))
    return copy


def _audit(data: bytes, code: str, pointer: str) -> None:
    """The pointer leads somewhere; for a missing member, all but its last step does, and that does not."""
    if code == "config_not_json":
        return
    value = parse(data.decode("utf-8"))
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    for number, step in enumerate(steps):
        names = [name for name, _ in value] if isinstance(value, Pairs) else [str(n) for n in range(len(value))]
        if step not in names:
            if code == "config_member_missing" and number == len(steps) - 1:
                return
            raise AssertionError(f"{pointer} leads nowhere")
        value = value[names.index(step)][1] if isinstance(value, Pairs) else value[int(step)]
    if code == "config_member_missing":
        raise AssertionError(f"{pointer} is there")
