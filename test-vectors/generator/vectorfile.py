"""One vector file: groups, tests, numbers, and its text."""

import json

_WRITTEN_ORDER = ("policy", "keyring")
_NULLABLE = ("contentType",)


class VectorFile:
    """Collects groups and numbers their tests."""

    def __init__(self, name: str, description: str, notes: dict[str, str]) -> None:
        self.name = name
        self._description = description
        self._notes = notes
        self._groups: list[dict] = []
        self._comments: set[str] = set()
        self._count = 0

    def group(self, comment: str, **shared) -> "Group":
        """A new group. `shared` is what all its tests have in common."""
        group = {"comment": comment, **shared, "tests": []}
        self._groups.append(group)
        return Group(self, group["tests"])

    def number(self, comment: str, flags: list[str]) -> int:
        """The id of a new test. Comments are unique: the random streams hang on them."""
        if comment in self._comments:
            raise ValueError(f"{self.name}: two tests say: {comment}")
        unknown = set(flags) - set(self._notes)
        if unknown or not flags:
            raise ValueError(f"{self.name}: {comment}: flags {flags}")
        self._comments.add(comment)
        self._count += 1
        return self._count

    def document(self) -> dict:
        """The whole file as a value."""
        used = {flag for group in self._groups for test in group["tests"] for flag in test["flags"]}
        if used != set(self._notes):
            raise ValueError(f"{self.name}: flags never used: {sorted(set(self._notes) - used)}")
        return {
            "schema": f"schemas/{self.name}.schema.json",
            "description": self._description,
            "numberOfTests": self._count,
            "notes": {flag: {"description": text} for flag, text in self._notes.items()},
            "testGroups": self._groups,
        }

    def text(self) -> str:
        """The file's text: sorted members, ASCII, two spaces."""
        return json.dumps(_sorted(self.document()), indent=2, ensure_ascii=True) + "\n"


class Group:
    """The tests of one group."""

    def __init__(self, file: VectorFile, tests: list[dict]) -> None:
        self._file = file
        self._tests = tests

    def add(self, comment: str, flags: list[str] | str, **members) -> None:
        """A test. Members that are None are left out, but for those where null means something."""
        flags = [flags] if isinstance(flags, str) else flags
        number = self._file.number(comment, flags)
        kept = {name: value for name, value in members.items() if value is not None or name in _NULLABLE}
        self._tests.append({"tcId": number, "comment": comment, "flags": flags, **kept})

    def label(self, comment: str) -> str:
        """The label of a test's random stream."""
        return f"{self._file.name}\x00{comment}"


def bytes_member(name: str, data: bytes) -> dict[str, str]:
    """`name` with a string where the bytes are UTF-8, else `nameHex`."""
    try:
        return {name: data.decode("utf-8")}
    except UnicodeDecodeError:
        return {name + "Hex": data.hex()}


def _sorted(value):
    """Sorted members everywhere, but what an implementation reads as a file stays in the order it was written."""
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    if isinstance(value, dict):
        return {name: value[name] if name in _WRITTEN_ORDER else _sorted(value[name]) for name in sorted(value)}
    return value
