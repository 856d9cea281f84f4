#!/usr/bin/env python3
"""Every vector of test-vectors/ that a command can show, through the `edgeseal` command: the argument is its path.

A command takes its randomness from the operating system, so an encrypted body is compared by its length, which follows from
the policy and the body, and a refusal by its code.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

VECTORS = Path(__file__).resolve().parent.parent / "test-vectors"
FAILED, SOME_KEPT = 1, 3


class Command:
    """The command, and the folder its files are in."""

    def __init__(self, path: str, folder: Path) -> None:
        self._path = path
        self._folder = folder
        # The keyrings of the vectors name private keys relative to the folder of the vectors.
        (folder / "keys").symlink_to(VECTORS / "keys")

    def file(self, name: str, content: bytes) -> Path:
        """A file for the command to read."""
        path = self._folder / name
        path.write_bytes(content)
        return path

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
        """Runs it to its end."""
        return subprocess.run([self._path, *arguments], capture_output=True, check=False)


def main() -> None:
    """Runs every file that is there."""
    (path,) = sys.argv[1:]
    failures: list[str] = []
    files = sorted(VECTORS.glob("*_test.json"))
    expect(sorted(file.name for file in files), sorted(RUNNERS))
    with tempfile.TemporaryDirectory() as folder:
        command = Command(path, Path(folder))
        for file in files:
            vectors = json.loads(file.read_text("utf-8"))
            count = skipped = 0
            for group in vectors["testGroups"]:
                for test in group["tests"]:
                    count += 1
                    try:
                        skipped += not RUNNERS[file.name](command, group, test)
                    except AssertionError as error:
                        failures.append(f"{file.name} tcId {test['tcId']}: {test['comment']}: {error}")
            expect(count, vectors["numberOfTests"])
            print(f"{file.name}: {count - skipped} by the command, {skipped} that no command can show")
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


def encrypts(command: Command, group: dict, test: dict) -> bool:
    """A body under a policy."""
    if "maxOutputBytes" in group or "Randomness" in test["flags"] or test["contentType"] is None:
        return False
    policy = command.file("policy.json", json.dumps(group["policy"], ensure_ascii=False).encode())
    body = command.file("body", content(test, "body"))
    done = command.run("encrypt", "--policy", policy, "--content-type", test["contentType"], body)
    if test["result"] == "invalid":
        expect_failure(done, test["code"])
    else:
        expect(done.returncode, 0)
        expect(len(done.stdout), len(content(test, "output")))
        if test["report"]["values"] == 0:
            expect(done.stdout, content(test, "output"))
    return True


def decrypts(command: Command, group: dict, test: dict) -> bool:
    """A text under a keyring."""
    if "requiredContext" in group:
        return False
    keyring = command.file("keyring.json", json.dumps(group["keyring"], ensure_ascii=False).encode())
    text = command.file("text", content(test, "text" if "text" in test or "textHex" in test else "input"))
    done = command.run("decrypt", "--keyring", keyring, "--format", test.get("format", "text"), text)
    if "report" in test:
        expect(done.returncode, SOME_KEPT if test["report"]["kept"] else 0)
        expect(done.stdout, content(test, "output"))
    else:
        expect_failure(done, test["code"])
    expect(done.returncode, test.get("exit", done.returncode))
    return True


def loads_policy(command: Command, _group: dict, test: dict) -> bool:
    """A policy; what it makes of the body is not asked."""
    body = command.file("body", b"0")
    done = command.run("encrypt", "--policy", document(command, test), body)
    expect_loaded(done, test)
    return True


def loads_keyring(command: Command, _group: dict, test: dict) -> bool:
    """A keyring; what it makes of the text is not asked."""
    text = command.file("text", b"")
    done = command.run("decrypt", "--keyring", document(command, test), "--format", "text", text)
    expect_loaded(done, test)
    return True


def matches(command: Command, _group: dict, test: dict) -> bool:
    """A path, in a policy around it."""
    rule = {"name": "x", "path": test["path"], "key": "k", "encrypt_null": True, "match": test.get("match", "exact")}
    pem = (VECTORS / "keys" / "rsa2048-a.public.pem").read_text("ascii")
    policy = {"version": 1, "keys": {"k": {"public_key": pem}}, "fields": [rule]}
    body = command.file("body", test.get("document", "0").encode())
    done = command.run("encrypt", "--policy", command.file("policy.json", json.dumps(policy).encode()), body)
    if test["result"] == "invalid":
        expect_failure(done, test["code"])
    else:
        expect(done.returncode, 0)
        expect(done.stdout.count(b"__es1.k."), len(test["protected"]))
    return True


RUNNERS = {
    "decrypt_test.json": decrypts,
    "encrypt_test.json": encrypts,
    "field_path_test.json": matches,
    "keyring_test.json": loads_keyring,
    "policy_test.json": loads_policy,
    "token_test.json": decrypts,
}


def content(test: dict, member: str) -> bytes:
    """A member that is text, or bytes when `Hex` is added to its name."""
    return test[member].encode() if member in test else bytes.fromhex(test[member + "Hex"])


def document(command: Command, test: dict) -> Path:
    """The file of a policy or keyring."""
    return command.file("document.json", content(test, "document").ljust(test.get("padToBytes", 0)))


def expect_loaded(done: subprocess.CompletedProcess[bytes], test: dict) -> None:
    """Refused with the code and the member, or not refused for what the file is."""
    if test["result"] == "invalid":
        expect_failure(done, test["code"])
        if test["pointer"]:
            assert test["pointer"] in done.stderr.decode(), f"{test['pointer']} is not in {done.stderr.decode()!r}"
    else:
        said = done.stderr.decode()
        assert not any(start in said for start in ("config_", "path_", "public_key_")), said


def expect_failure(done: subprocess.CompletedProcess[bytes], code: str) -> None:
    """It fails with this code and puts nothing out."""
    expect((done.returncode, done.stdout), (FAILED, b""))
    assert code in done.stderr.decode(), f"{code} is not in {done.stderr.decode()!r}"


def expect(found: object, expected: object) -> None:
    """Both are test data: they may be shown."""
    assert found == expected, f"expected {expected!r}, found {found!r}"[:400]


if __name__ == "__main__":
    main()
