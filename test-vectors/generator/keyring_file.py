"""keyring_test.json: keyrings that load, and keyrings that are refused. Key files are not opened."""

from . import policy_keys, tags
from .encoding import pointer
from .loading import MAX_BYTES, LoadGroup, Members, Raw, changed, write
from .vectorfile import VectorFile

_NOTES = {
    "Document": "The file as a whole.",
    "Version": "The version member.",
    "Missing": "A required member is not there.",
    "Unknown": "A member that this version does not know.",
    "Duplicate": "A member stands twice.",
    "Type": "A value has another JSON type.",
    "Limits": "A count or a length at its limit, or past it.",
    "KeyId": "What a key id may be.",
    "Source": "Exactly one of kms_key_arn and private_key_file.",
    "Arn": "What is the ARN of a KMS key.",
    "Fingerprint": "The SHA-256 of the SubjectPublicKeyInfo.",
    "KeySpec": "The size of the key, in AWS KMS's words.",
    "Mode": "The mode of the key's tokens.",
    "Tags": "The prefix and suffix of classic tags.",
}
_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
_ARN = f"arn:aws:kms:eu-central-1:111122223333:key/{_ID}"
_FILE = {"private_key_file": "dev-1.pem"}
BASE = {"version": 1, "keys": {"k1": {"kms_key_arn": _ARN}}}
FULL = {
    "version": 1,
    "keys": {
        "k1": {
            "kms_key_arn": _ARN,
            "spki_sha256": "0123456789abcdef" * 4,
            "key_spec": "RSA_2048",
            "mode": "envelope",
        },
        "k2": {
            "private_key_file": "keys/dev-1.pem",
            "spki_sha256": "f" * 64,
            "mode": "direct",
            "prefix": "[enc:",
            "suffix": ":enc]",
        },
    },
}
CODE = "config_value_invalid"


def make() -> VectorFile:
    """The file."""
    file = VectorFile(
        "keyring_test", "Loading a keyring: what is accepted, and the code and JSON Pointer of what is not.", _NOTES
    )
    _documents(LoadGroup(file, "the file as a whole"))
    _members(LoadGroup(file, "missing, unknown and duplicate members, types"))
    _sources(LoadGroup(file, "where a key lives"))
    _arns(LoadGroup(file, "ARNs"))
    _fingerprints(LoadGroup(file, "fingerprints"))
    _words(LoadGroup(file, "sizes and modes"))
    policy_keys.key_ids(LoadGroup(file, "key ids"), BASE, BASE["keys"]["k1"])
    tags.add(LoadGroup(file, "classic tags"), BASE, BASE["keys"]["k1"], ("k1", "k2"))
    return file


def _documents(group: LoadGroup) -> None:
    base = write(BASE)
    group.valid("the smallest keyring", "Document", BASE)
    group.valid("every member", "Document", FULL)
    group.valid("white space around everything", "Document", " \r\n" + base.replace(":{", " :\n\t{ ") + "\n")
    group.valid("as long as is allowed", ["Document", "Limits"], base, MAX_BYTES)
    group.invalid("one byte too long", ["Document", "Limits"], "config_too_large", "", base, MAX_BYTES + 1)
    for text, what in (
        ("", "empty"),
        (base[:-1], "not closed"),
        (base + base, "two texts"),
        ("\ufeff" + base, "a byte order mark"),
        (base[:-1] + ",}", "a comma at the end"),
        ("# keys\n" + base, "a comment"),
    ):
        group.invalid(f"not JSON: {what}", "Document", "config_not_json", "", text)
    group.invalid("not UTF-8: byte FF", "Document", "config_not_json", "", base.encode().replace(b"k1", b"\xff"))
    group.invalid("not UTF-8: UTF-16", "Document", "config_not_json", "", base.encode("utf-16"))
    for depth, code, where in ((32, "config_type_wrong", "/keys/k1"), (33, "config_not_json", "")):
        nested = changed(BASE, ["keys", "k1"], Raw("[" * (depth - 2) + "]" * (depth - 2)))
        group.invalid(f"nested {depth} deep", ["Document", "Limits"], code, where, nested)
    for version in (0, 2, -1):
        group.invalid(
            f"version {version}",
            "Version",
            "config_version_unsupported",
            "/version",
            changed(BASE, ["version"], version),
        )
    many = {f"k{number}": {"private_key_file": "a"} for number in range(1025)}
    group.valid("1,024 keys", "Limits", changed(BASE, ["keys"], dict(list(many.items())[:1024])))
    group.invalid("1,025 keys", "Limits", CODE, "/keys", changed(BASE, ["keys"], many))
    group.invalid("no keys", "Limits", CODE, "/keys", changed(BASE, ["keys"], {}))


def _members(group: LoadGroup) -> None:
    for path in (["version"], ["keys"]):
        group.invalid(
            f"{pointer(*path)} is missing", "Missing", "config_member_missing", pointer(*path), changed(BASE, path, ...)
        )
    for path, what in (
        (["Version"], "a capital"),
        (["fields"], "a policy's member"),
        (["keys", "k1", "public_key"], "in an entry"),
        (["keys", "k1", "alias"], "an alias"),
        (["keys", "k1", "region"], "a Region"),
        (["keys", "k1", "KMS_KEY_ARN"], "capitals in an entry"),
    ):
        group.invalid(
            f"unknown member: {what}", "Unknown", "config_member_unknown", pointer(*path), changed(BASE, path, "x")
        )
    entry = BASE["keys"]["k1"]
    for where, document in (
        ("/version", Members(*BASE.items(), ("version", 1))),
        ("/keys", Members(*BASE.items(), ("keys", BASE["keys"]))),
        ("/keys/k1", BASE | {"keys": Members(("k1", entry), ("k1", _FILE))}),
        ("/keys/k1/kms_key_arn", BASE | {"keys": {"k1": Members(*entry.items(), *entry.items())}}),
    ):
        group.invalid(f"{where} stands twice", "Duplicate", "config_member_duplicate", where, document)
    values = {"null": None, "a string": "x", "a number": 1, "true": True, "an array": [], "an object": {}}
    right = {
        ("version",): "a number",
        ("keys",): "an object",
        ("keys", "k1"): "an object",
        ("keys", "k1", "kms_key_arn"): "a string",
        ("keys", "k2", "private_key_file"): "a string",
        ("keys", "k1", "spki_sha256"): "a string",
        ("keys", "k1", "key_spec"): "a string",
        ("keys", "k1", "mode"): "a string",
        ("keys", "k2", "prefix"): "a string",
        ("keys", "k2", "suffix"): "a string",
    }
    for path, kind in right.items():
        for what, value in values.items():
            if what != kind:
                group.invalid(
                    f"{pointer(*path)} is {what}",
                    "Type",
                    "config_type_wrong",
                    pointer(*path),
                    changed(FULL, list(path), value),
                )
    group.invalid(
        "/version is a string of a digit", "Type", "config_type_wrong", "/version", changed(BASE, ["version"], "1")
    )
    for text, what in (("[]", "an array"), ('"x"', "a string"), ("null", "null")):
        group.invalid(f"the file is {what}", ["Document", "Type"], "config_type_wrong", "", text)


def _sources(group: LoadGroup) -> None:
    group.valid("a private key file", "Source", changed(BASE, ["keys", "k1"], _FILE))
    group.valid(
        "a private key file in a folder", "Source", changed(BASE, ["keys", "k1"], {"private_key_file": "keys/a.pem"})
    )
    group.valid("one of each kind", "Source", changed(BASE, ["keys", "k2"], _FILE))
    group.valid("two key ids for one KMS key", "Source", changed(BASE, ["keys", "k2"], BASE["keys"]["k1"]))
    group.invalid(
        "both kinds in one entry", "Source", CODE, "/keys/k1", changed(BASE, ["keys", "k1"], BASE["keys"]["k1"] | _FILE)
    )
    group.invalid("neither kind: an empty entry", "Source", CODE, "/keys/k1", changed(BASE, ["keys", "k1"], {}))
    group.invalid(
        "neither kind: a fingerprint alone",
        ["Source", "Fingerprint"],
        CODE,
        "/keys/k1",
        changed(BASE, ["keys", "k1"], {"spki_sha256": "0" * 64}),
    )
    group.invalid(
        "an empty file name",
        "Source",
        CODE,
        "/keys/k1/private_key_file",
        changed(BASE, ["keys", "k1"], {"private_key_file": ""}),
    )


def _arns(group: LoadGroup) -> None:
    for arn in (
        _ARN,
        _ARN.replace("aws:", "aws-cn:").replace("eu-central-1", "cn-north-1"),
        _ARN.replace("aws:", "aws-us-gov:").replace("eu-central-1", "us-gov-west-1"),
        _ARN.replace(_ID, "mrk-1234abcd12ab34cd56ef1234567890ab"),
    ):
        group.valid(f"the ARN {arn}", "Arn", changed(BASE, ["keys", "k1", "kms_key_arn"], arn))
    for arn, what in (
        ("", "empty"),
        (_ID, "a key's ID alone"),
        (f"key/{_ID}", "a resource alone"),
        ("alias/pii", "an alias"),
        ("arn:aws:kms:eu-central-1:111122223333:alias/pii", "the ARN of an alias"),
        (_ARN.replace(":kms:", ":s3:"), "another service"),
        (_ARN.replace("arn:", "ARN:"), "capitals"),
        (_ARN.replace("eu-central-1", ""), "no Region"),
        (_ARN.replace("111122223333", ""), "no account"),
        (_ARN.replace(_ID, ""), "no key"),
        (_ARN.replace("key/", ""), "no resource type"),
        (_ARN.replace("key/", "key:"), "a colon for the solidus"),
        (_ARN.replace(":aws:", "::"), "no partition"),
        (_ARN + "\n", "a line feed behind it"),
        (" " + _ARN, "a space before it"),
        (_ARN + " ", "a space behind it"),
        (_ARN.replace(_ID, "a b"), "a space in the key"),
        (_ARN + "\u00e9", "a letter beyond ASCII"),
        (_ARN.replace(_ID, "a" * 2048), "more than 2,048 bytes"),
        (_ARN.replace("111122223333", "11112222333x"), "a letter in the account"),
    ):
        group.invalid(
            f"ARN: {what}", "Arn", CODE, "/keys/k1/kms_key_arn", changed(BASE, ["keys", "k1", "kms_key_arn"], arn)
        )


def _fingerprints(group: LoadGroup) -> None:
    group.valid("a fingerprint", "Fingerprint", changed(BASE, ["keys", "k1", "spki_sha256"], "0123456789abcdef" * 4))
    for text, what in (
        ("", "empty"),
        ("0" * 63, "63 digits"),
        ("0" * 65, "65 digits"),
        ("A" * 64, "capitals"),
        ("g" * 64, "letters that are no digits"),
        (":".join(["00"] * 32), "colons"),
        ("0x" + "0" * 62, "0x"),
        ("0" * 63 + " ", "a space"),
        ("0" * 63 + "\u0660", "a digit beyond ASCII"),
        ("A" * 43 + "=", "base64"),
    ):
        group.invalid(
            f"fingerprint: {what}",
            "Fingerprint",
            CODE,
            "/keys/k1/spki_sha256",
            changed(BASE, ["keys", "k1", "spki_sha256"], text),
        )


def _words(group: LoadGroup) -> None:
    for member, flag, words, others in (
        (
            "key_spec",
            "KeySpec",
            ("RSA_2048", "RSA_3072", "RSA_4096"),
            ("", "RSA_1024", "rsa_2048", "RSA2048", "2048", "RSA_2048 ", "ECC_NIST_P256", "SYMMETRIC_DEFAULT"),
        ),
        ("mode", "Mode", ("direct", "envelope"), ("", "Direct", "envelope ", "both", "s")),
    ):
        for word in words:
            group.valid(f"{member}: {word}", flag, changed(BASE, ["keys", "k1", member], word))
        for word in others:
            group.invalid(
                f"{member}, refused: {word!r}",
                flag,
                CODE,
                f"/keys/k1/{member}",
                changed(BASE, ["keys", "k1", member], word),
            )
    group.invalid(
        "mode: envelope under a key with classic tags",
        ["Mode", "Tags"],
        CODE,
        "/keys/k2/mode",
        changed(FULL, ["keys", "k2", "mode"], "envelope"),
    )
