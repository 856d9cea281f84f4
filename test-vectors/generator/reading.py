"""A reference reader of tokens, to check what the templates say. Slow and plain: regular expressions and a library."""

import re
from base64 import b64decode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from . import csv_reader, jsontext
from .encoding import b64, b64url, from_b64url
from .form_reader import serialise
from .rsakey import K3072, K4096, A, B

_KEYS = {key.private_file: key for key in (A, B, K3072, K4096)}
_MAX_DEPTH = 1024  # the greatest `max_depth` of a policy: what was encrypted can be decrypted
_B64U = "[A-Za-z0-9_-]"
_RSA = rf"(?:{_B64U}{{683}}|{_B64U}{{512}}|{_B64U}{{342}})"
_TOKEN = re.compile(
    rf"__es1\.(?P<kid>{_B64U}{{1,64}})\.(?:(?P<kind>[sv])\.(?P<rsa>{_RSA})"
    rf"|e\.(?P<header>{_B64U}{{1,4096}})\.(?P<wrapped>{_RSA})\.(?P<iv>{_B64U}{{16}})"
    rf"\.(?P<sealed>{_B64U}+)\.(?P<tag>{_B64U}{{22}}))\.__"
)
_START = re.compile(r"__es([0-9]+)\.")
_KIND = re.compile(rf"__es1\.{_B64U}{{1,64}}\.([A-Za-z0-9]+)\.")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_UNIT = re.compile(r"(?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)


class Failed(Exception):
    """A token did not open."""


class TooDeep(Exception):
    """More arrays and objects are open than a reader follows."""


class Value:
    """What a token holds: a text, or a JSON text."""

    def __init__(self, json_text: str) -> None:
        self.json = json_text
        self.text = jsontext.text_of(json_text)


class Reader:
    """Reads texts under one keyring."""

    def __init__(self, keyring: dict, context: dict[str, str]) -> None:
        self._entries = keyring["keys"]
        self._context = context

    def read(self, source: bytes, format: str):
        """(output, report), or (None, code)."""
        report = {"found": 0, "decrypted": 0, "kept": []}
        try:
            if format in ("text", "form"):
                text = source.decode("latin-1")
                put = _as_text if format == "text" else _as_field
                output = self._replace(text, range(len(text) + 1), report, put).encode("latin-1")
            elif format in csv_reader.DELIMITERS:
                output = self._read_csv(source, format, report)
            else:
                output = self._read_json(source, format == "ndjson", report)
        except Failed:
            return None, "decryption_failed"
        except TooDeep:
            return None, "json_too_deep"
        except UnicodeDecodeError:
            return None, "body_not_utf8"
        except ValueError:
            return None, "csv_invalid" if format in csv_reader.DELIMITERS else "json_invalid"
        report["found"] = report["decrypted"] + len(report["kept"])
        return output, report

    def _read_csv(self, source: bytes, format: str, report) -> bytes:
        def put(content: str, offsets) -> tuple[str, list[str]]:
            plaintexts = []

            def note(value: Value) -> str:
                plaintexts.append(_as_text(value))
                return plaintexts[-1]

            counts = {"decrypted": 0, "kept": []} if offsets is None else report
            return self._replace(content, offsets or range(len(content)), counts, note), plaintexts

        return csv_reader.replace(source.decode("latin-1"), format, put).encode("latin-1")

    def _read_json(self, source: bytes, lines: bool, report) -> bytes:
        text = source.decode("utf-8")
        if text.startswith("\ufeff"):
            raise UnicodeDecodeError("utf-8", source, 0, 3, "byte order mark")
        for one in text.split("\n") if lines else [text]:
            if (not lines or one.strip(" \t\r")) and _depth(jsontext.parse(one)) > _MAX_DEPTH:
                raise TooDeep
        output, at = "", 0
        for literal in _STRING.finditer(text):
            output += text[at : literal.start()] + self._read_string(text, literal, lines, report)
            at = literal.end()
        return (output + text[at:]).encode("utf-8")

    def _read_string(self, text: str, literal, lines: bool, report) -> str:
        units = list(_UNIT.finditer(text, literal.start() + 1, literal.end() - 1))
        decoded = [jsontext.parse('"' + unit[0] + '"') for unit in units]
        spelt = [unit[0] for unit in units]
        offsets = [len(text[: unit.start()].encode("utf-8")) for unit in units]
        offsets.append(len(text[: literal.end() - 1].encode("utf-8")))
        is_name = text[literal.end() :].lstrip(" \t\r\n").startswith(":")
        plain = "".join(decoded)
        whole = _TOKEN.fullmatch(plain) or self._classic_at(plain, 0, whole=True)
        if whole and not is_name:
            value = self._open_at(plain, 0)
            if isinstance(value, Value):
                report["decrypted"] += 1
                return _one_line(value.json) if lines else value.json
        return '"' + self._replace(plain, offsets, report, _as_part, spelt) + '"'

    def _replace(self, text: str, offsets, report, put, spelt=None) -> str:
        """Replaces the tokens of a text. `offsets`: where each character stands in the source; `spelt`: how."""
        spelt = spelt if spelt is not None else text
        output, at = "", 0
        while at < len(text):
            outcome = self._open_at(text, at)
            if outcome is None:
                output += spelt[at]
                at += 1
            elif isinstance(outcome, Value):
                report["decrypted"] += 1
                output += put(outcome)
                at = self._end
            else:
                report["kept"].append({"code": outcome, "offset": offsets[at]})
                output += "".join(spelt[at : self._end])
                at = self._end
        return output

    def _open_at(self, text: str, at: int) -> Value | str | None:
        """What stands here: a value, the code of what is kept, or None for no token.

        Sets where to go on: behind what follows the grammar, one character on in what only begins like a token.
        """
        classic = self._classic_at(text, at)
        if classic:
            return classic
        start = _START.match(text, at)
        if not start:
            return None
        self._end = at + 1
        if start[1] != "1":
            return "token_version_unknown"
        token = _TOKEN.match(text, at)
        if not token:
            kind = _KIND.match(text, at)
            return "token_kind_unknown" if kind and kind[1] not in ("s", "v", "e") else "token_damaged"
        rsa = _canonical(token["rsa"] or token["wrapped"])
        rest = [_canonical(token[name]) for name in ("header", "iv", "sealed", "tag")] if token["header"] else []
        if rsa is None or None in rest or (rest and (len(rest[2]) % 32 or not rest[2])):
            return "token_damaged"
        self._end = token.end()
        entry = self._entries.get(token["kid"])
        if entry is None:
            return "token_key_unknown"
        key = _KEYS[entry["private_key_file"]]
        if len(rsa) != key.bytes or entry.get("key_spec") not in (None, f"RSA_{8 * len(rsa)}"):
            return "token_damaged"
        if entry.get("mode") not in (None, "envelope" if token["kind"] is None else "direct"):
            raise Failed
        try:
            plaintext = _unwrap(key, rsa)
            if token["kind"] == "s":
                return Value(jsontext.quote(plaintext.decode("utf-8")))
            if token["kind"] == "v":
                return _single(plaintext)
            header, iv, sealed, tag = rest
            self._check_header(header)
            if len(plaintext) != 32:
                raise Failed
            opened = AESGCM(plaintext).decrypt(iv, sealed + tag, token["header"].encode("ascii"))
            return _single(opened.rstrip(b" "))
        except (ValueError, InvalidTag) as error:
            raise Failed from error

    def _classic_at(self, text: str, at: int, whole: bool = False) -> Value | str | None:
        for entry in self._entries.values():
            prefix = entry.get("prefix")
            if prefix is None or not text.startswith(prefix, at):
                continue
            key = _KEYS[entry["private_key_file"]]
            length = len(b64(bytes(key.bytes)))
            begin = at + len(prefix)
            body = text[begin : begin + length]
            end = begin + length + len(entry["suffix"])
            self._end = at + 1
            if text[begin + length : end] != entry["suffix"] or not re.fullmatch("[A-Za-z0-9+/]+=*", body):
                return "token_damaged"
            try:
                data = b64decode(body)
            except ValueError:
                return "token_damaged"
            if b64(data) != body or len(data) != key.bytes:
                return "token_damaged"
            if whole and end != len(text):
                return None
            self._end = end
            try:
                return Value(jsontext.quote(_unwrap(key, data).decode("utf-8")))
            except ValueError as error:
                raise Failed from error
        return None

    def _check_header(self, header: bytes) -> None:
        value = jsontext.parse(header.decode("utf-8"))
        members = dict(value) if isinstance(value, jsontext.Pairs) else {}
        context = members.get("ctx")
        pairs = dict(context) if isinstance(context, jsontext.Pairs) else {}
        fixed = {"alg": "RSA-OAEP-256", "cty": "json", "enc": "A256GCM"}
        if (
            sorted(members) != ["alg", "ctx", "cty", "enc"]
            or len(value) != 4
            or "field" not in pairs
            or len(pairs) != len(context)
            or any(type(item) is not str for item in pairs.values())
            or any(type(members[name]) is not str or members[name] != text for name, text in fixed.items())
            or any(pairs.get(name) != text for name, text in self._context.items())
        ):
            raise Failed


def _unwrap(key, ciphertext: bytes) -> bytes:
    return key.private.decrypt(ciphertext, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))


def _single(plaintext: bytes) -> Value:
    text = plaintext.decode("utf-8")
    jsontext.parse(text)
    if text != text.strip(" \t\r\n"):
        raise Failed
    return Value(text)


def _canonical(text: str) -> bytes | None:
    if len(text) % 4 == 1:
        return None
    data = from_b64url(text)
    return data if b64url(data) == text else None


def _depth(value) -> int:
    children = [child for _, child in value] if isinstance(value, jsontext.Pairs) else value
    return 1 + max(map(_depth, children), default=0) if isinstance(value, list) else 0


def _as_text(value: Value) -> str:
    """Plain text, as Latin-1 characters of the UTF-8 bytes: a text may hold any bytes."""
    return (value.json if value.text is None else value.text).encode("utf-8").decode("latin-1")


def _as_field(value: Value) -> str:
    return serialise((value.json if value.text is None else value.text).encode("utf-8"))


def _as_part(value: Value) -> str:
    return jsontext.escape(value.json if value.text is None else value.text)


def _one_line(json_text: str) -> str:
    # Line ends in JSON text stand in white space only: strings hold them escaped.
    return json_text.replace("\r", " ").replace("\n", " ")
