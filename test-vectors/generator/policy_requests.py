"""Policy vectors: rules limited by method and path, reports, digests, leftovers."""

from .encoding import pointer
from .loading import LoadGroup, Members, changed
from .policy_members import BASE
from .policy_rules import CODE
from .policy_targets import RESERVED, types, with_member

_MANY = [f"h{number}" for number in range(33)]


def add(file) -> None:
    """Adds the groups."""
    _methods(LoadGroup(file, "rules limited by method"))
    _paths(LoadGroup(file, "rules limited by path"))
    _actions(LoadGroup(file, "the action of a rule"))
    _digests(LoadGroup(file, "digest headers"))
    _leftovers(LoadGroup(file, "leftovers"))


def _methods(group: LoadGroup) -> None:
    letters = "ABCDEFGHIJKLMNOP"
    for methods, what in (
        (["POST"], "one"),
        (["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"], "those that CloudFront forwards"),
        (list(letters), "16"),
        (["A" * 32], "one of 32 letters"),
        (["PROPFIND", "GET"], "one of WebDAV"),
        (["VERSION-CONTROL", "M-SEARCH"], "names with a hyphen"),
    ):
        group.valid(f"methods: {what}", "Requests", with_member("methods", methods))
    for methods, what in (([], "none"), ([*letters, "Q"], "17")):
        group.invalid(
            f"methods: {what}", ["Requests", "Limits"], CODE, "/fields/0/methods", with_member("methods", methods)
        )
    for method in ("", "post", "Post", "*", "GET ", " GET", "G T", "GET,POST", "GET\n", "G\u00c9T", "A" * 33, "P0ST", "-", "-A", "A-", "A--B", "A_B"):
        group.invalid(
            f"method {method!r}", "Requests", CODE, "/fields/0/methods/1", with_member("methods", ["PUT", method])
        )
    types(group, with_member("methods", ["GET"]), ["fields", 0, "methods"], "an array", "Requests")
    types(group, with_member("methods", ["GET"]), ["fields", 0, "methods", 0], "a string", "Requests")


def _paths(group: LoadGroup) -> None:
    for path, what in (
        ("/", "the root"),
        ("/*", "everything"),
        ("/a", "a name"),
        ("/a/", "a slash at the end"),
        ("/a/*/b?c/**", "wildcards"),
        ("/-._~!$&'()*+,=:@", "every character of a plain path"),
        ("/...", "three dots"),
        ("/A", "a capital"),
        ("/?", "one character"),
        ("/" + "a" * 1023, "1,024 bytes"),
    ):
        group.valid(f"a path pattern: {what}", "Requests", with_member("paths", [path]))
    group.valid(
        "32 path patterns", ["Requests", "Limits"], with_member("paths", [f"/{number}" for number in range(32)])
    )
    for paths, what in (([], "none"), ([f"/{number}" for number in range(33)], "33")):
        group.invalid(
            f"path patterns: {what}", ["Requests", "Limits"], CODE, "/fields/0/paths", with_member("paths", paths)
        )
    for path, what in (
        ("", "empty"),
        ("a", "no slash at the beginning"),
        ("*", "an asterisk alone"),
        ("//", "an empty segment"),
        ("/a//b", "an empty segment between others"),
        ("/a//", "an empty segment at the end"),
        ("/.", "a dot segment"),
        ("/a/../b", "two dots"),
        ("/..", "two dots at the end"),
        ("/%61", "a percent sign"),
        ("/a;b", "a semicolon"),
        ("/a\\b", "a reverse solidus"),
        ("/a b", "a space"),
        ("/a#b", "a number sign"),
        ("/\u00e9", "a letter beyond ASCII"),
        ("/a\n", "a line feed"),
        ("/[a]", "brackets"),
        ("https://example.org/a", "a whole URL"),
        ("/" + "a" * 1024, "1,025 bytes"),
    ):
        group.invalid(
            f"a path pattern: {what}", "Requests", CODE, "/fields/0/paths/1", with_member("paths", ["/a", path])
        )
    types(group, with_member("paths", ["/a"]), ["fields", 0, "paths"], "an array", "Requests")
    types(group, with_member("paths", ["/a"]), ["fields", 0, "paths", 0], "a string", "Requests")


def _actions(group: LoadGroup) -> None:
    for value in ("encrypt", "report"):
        group.valid(f"action is {value}", "Value", with_member("action", value))
    for value in ("", "Report", "report ", "refuse", "count", "dry-run"):
        group.invalid(f"action is {value!r}", "Value", CODE, "/fields/0/action", with_member("action", value))
    types(group, with_member("action", "report"), ["fields", 0, "action"], "a string", "Value")


def _digests(group: LoadGroup) -> None:
    def with_(headers) -> dict:
        return changed(BASE, ["digest_headers"], headers)

    flag = "DigestHeaders"
    recomputed = ("digest", "content-digest", "repr-digest", "x-amz-content-sha256")
    group.valid("digest headers: none", flag, with_({}))
    group.valid("digest headers: 32", [flag, "Limits"], with_({name: "remove" for name in _MANY[:32]}))
    group.invalid(
        "digest headers: 33", [flag, "Limits"], CODE, "/digest_headers", with_({name: "remove" for name in _MANY})
    )
    for name in (*recomputed, "content-md5", "x-hub-signature-256", "Content-MD5", "Signature", "a" * 64):
        for action in ("remove", "refuse"):
            group.valid(f"digest header {name}: {action}", flag, with_({name: action}))
    for name in (*recomputed, "Digest", "CONTENT-DIGEST", "Repr-Digest", "X-Amz-Content-SHA256"):
        group.valid(f"digest header {name}: recompute", flag, with_({name: "recompute"}))
    for name in (
        "content-md5",
        "Content-MD5",
        "x-hub-signature-256",
        "signature",
        "content-digest2",
        "want-digest",
        "x-amz-content-sha25",
    ):
        group.invalid(
            f"digest header {name}: recompute", flag, CODE, pointer("digest_headers", name), with_({name: "recompute"})
        )
    for action in ("", "Remove", "keep", "refuse ", "report", "add"):
        group.invalid(f"digest header: {action!r}", flag, CODE, "/digest_headers/digest", with_({"digest": action}))
    for name in ("", "a b", "a:", "a" * 65, "\u00e9", *RESERVED, "Content-Length", "X-Edge-Location"):
        group.invalid(
            f"digest header by the name {name!r}", flag, CODE, pointer("digest_headers", name), with_({name: "remove"})
        )
    for second in ("digest", "Digest", "DIGEST"):
        group.invalid(
            f"digest and {second}",
            [flag, "Duplicate"],
            "config_member_duplicate",
            f"/digest_headers/{second}",
            BASE | {"digest_headers": Members(("digest", "remove"), (second, "remove"))},
        )
    types(group, with_({}), ["digest_headers"], "an object", flag)
    types(group, with_({"digest": "remove"}), ["digest_headers", "digest"], "a string", flag)


def _leftovers(group: LoadGroup) -> None:
    def with_(**members) -> dict:
        return changed(BASE, ["leftovers"], {"min_chars": 8, "action": "refuse"} | members)

    flag = "Leftovers"
    for value in (4, 8, 256):
        group.valid(f"leftovers from {value} characters", [flag, "Limits"], with_(min_chars=value))
    for value in (3, 0, -4, 257, 4.5, 1e9):
        group.invalid(
            f"leftovers from {value} characters", [flag, "Limits"], CODE, "/leftovers/min_chars", with_(min_chars=value)
        )
    for value in ("refuse", "report"):
        group.valid(f"leftovers: {value}", flag, with_(action=value))
    for value in ("", "Refuse", "allow", "encrypt", "report "):
        group.invalid(f"leftovers: {value!r}", flag, CODE, "/leftovers/action", with_(action=value))
    for name in ("min_chars", "action"):
        group.invalid(
            f"leftovers without {name}",
            [flag, "Missing"],
            "config_member_missing",
            f"/leftovers/{name}",
            changed(with_(), ["leftovers", name], ...),
        )
    for name in ("max_chars", "Action", "rules"):
        group.invalid(
            f"leftovers with {name}",
            [flag, "Unknown"],
            "config_member_unknown",
            f"/leftovers/{name}",
            with_(**{name: 1}),
        )
    for name, value in (("min_chars", 8), ("action", "refuse")):
        twice = Members(("min_chars", 8), ("action", "refuse"), (name, value))
        group.invalid(
            f"leftovers with {name} twice",
            [flag, "Duplicate"],
            "config_member_duplicate",
            f"/leftovers/{name}",
            BASE | {"leftovers": twice},
        )
    types(group, with_(), ["leftovers"], "an object", flag)
    types(group, with_(), ["leftovers", "min_chars"], "a number", flag)
    types(group, with_(), ["leftovers", "action"], "a string", flag)
