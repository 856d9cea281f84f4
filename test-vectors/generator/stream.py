"""Bytes that look random and never change: SHAKE-256 over a label."""

import hashlib


class Stream:
    """A deterministic byte stream. Two labels give two streams that have nothing to do with each other."""

    def __init__(self, label: str) -> None:
        self._label = b"EdgeSeal test vectors\x00" + label.encode("utf-8")
        self._used = 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        end = self._used + count
        data = hashlib.shake_256(self._label).digest(end)[self._used :]
        self._used = end
        return data


class Fixed(Stream):
    """A stream of given bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        taken, self._data = self._data[:count], self._data[count:]
        return taken
