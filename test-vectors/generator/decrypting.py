"""Texts made of pieces: literal text, tokens that open, tokens that are kept."""

from dataclasses import dataclass

from . import reading
from .rsakey import RsaKey
from .vectorfile import VectorFile, bytes_member


@dataclass
class T:
    """A token as it is spelt in the input, and what stands in its place in the output."""

    spelt: str
    out: str | bytes


@dataclass
class K:
    """Text that is reported at its first byte and kept."""

    spelt: str
    code: str


Piece = str | bytes | T | K


def keyring(**keys: RsaKey | dict) -> dict:
    """A keyring document. Key files are relative to `test-vectors/`."""
    return {"version": 1, "keys": {kid: entry(key) for kid, key in keys.items()}}


def entry(key: RsaKey | dict, **tags: str) -> dict:
    """A keyring entry."""
    return key if isinstance(key, dict) else {"private_key_file": key.private_file, **tags}


class DecryptGroup:
    """Tests under one keyring. `alone`: token_test.json, where the whole input is text."""

    def __init__(
        self, file: VectorFile, comment: str, keyring: dict, alone: bool = False, context: dict[str, str] | None = None
    ) -> None:
        shared = {"keyring": keyring} | ({"requiredContext": context} if context else {})
        self._group = file.group(comment, **shared)
        self._reader = reading.Reader(keyring, context or {})
        self._alone = alone

    def opens(self, comment: str, flags, *pieces: Piece, format: str = "text", tokens: int | None = None) -> None:
        """Every token opens, or is kept where a piece says so. `tokens`: how many open, if not one in each `T`."""
        source = b"".join(_bytes(piece.spelt if isinstance(piece, (T, K)) else piece) for piece in pieces)
        output = b"".join(_out(piece) for piece in pieces)
        kept = _kept(pieces)
        decrypted = sum(isinstance(piece, T) for piece in pieces) if tokens is None else tokens
        report = {"found": decrypted + len(kept), "decrypted": decrypted, "kept": kept}
        self._audit(source, format, output, report)
        codes = {item["code"] for item in kept}
        if self._alone:
            result = {"result": "valid"}
            if kept:
                (code,) = codes
                result = {"result": "invalid", "code": code}
            self._group.add(
                comment,
                flags,
                **bytes_member("text", source),
                **bytes_member("output", output),
                report=report,
                **result,
            )
        else:
            self._group.add(
                comment,
                flags,
                format=format,
                **bytes_member("input", source),
                **bytes_member("output", output),
                report=report,
                result="valid",
                exit=3 if kept else 0,
            )

    def fails(
        self, comment: str, flags, source: str | bytes, format: str = "text", code: str = "decryption_failed"
    ) -> None:
        """Nothing is written."""
        data = _bytes(source)
        self._audit(data, format, None, code)
        if self._alone:
            self._group.add(comment, flags, **bytes_member("text", data), result="invalid", code=code)
        else:
            self._group.add(
                comment, flags, format=format, **bytes_member("input", data), result="invalid", code=code, exit=1
            )

    def _audit(self, source: bytes, format: str, output: bytes | None, report) -> None:
        """Asks the reference reader."""
        found = self._reader.read(source, format)
        if found != (output, report):
            raise AssertionError(f"{source!r}\n  the template says {(output, report)}\n  the reader says {found}")


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8") if isinstance(text, str) else text


def _out(piece: Piece) -> bytes:
    return _bytes(piece.out if isinstance(piece, T) else piece.spelt if isinstance(piece, K) else piece)


def _kept(pieces) -> list[dict]:
    kept, offset = [], 0
    for piece in pieces:
        if isinstance(piece, K):
            kept.append({"code": piece.code, "offset": offset})
        offset += len(_bytes(piece.spelt if isinstance(piece, (T, K)) else piece))
    return kept
