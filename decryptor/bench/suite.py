"""The suite `decryptor` of `cargo xtask bench`: `suite.py COMMAND RIPGREP SCANNING OUT [--quick]`.

Whole commands, in turns, on texts in the page cache: what it costs to read a text without tokens, against ripgrep that counts a prefix; what tokens cost;
and what decrypting with AWS KMS takes against the way of the AWS post, in an emulator. Each command's output is checked once before it is timed.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import kms
import texts
from clock import Results, Run, in_turns, machine

MEGABYTE = 1 << 20
#: What ripgrep counts.
PREFIX = r"__es1\."
#: Most that reading a text without tokens shall take of ripgrep's time.
TARGET = 2


def scanning(results, folder, command, ripgrep, size, rounds):
    """Texts without tokens."""
    keyring = folder / "keyring.json"
    keyring.write_text(json.dumps({"version": 1, "keys": {"pii": {"private_key_file": "pii.pem"}}}))
    for case, file in texts.write(folder, size).items():
        length = file.stat().st_size
        out = memory_folder(folder) / "edgeseal-bench.out"
        read, decrypt = [command, "inspect", file], [command, "decrypt", "-k", keyring, file]
        check(read, decrypt, file, folder)
        with open(os.devnull, "wb") as nowhere:
            subjects = {
                "ripgrep -c": lambda: Run([ripgrep, "-c", PREFIX, file]),
                "grep -c": lambda: Run(["grep", "-c", PREFIX, file]),
                "edgeseal inspect": lambda: Run(read),
                "edgeseal decrypt --stream": lambda: Run([*decrypt, "--stream"], into=nowhere),
                "edgeseal decrypt -o": lambda: Run([*decrypt, "-o", out]),
                "cp": lambda: Run(["cp", file, out]),
            }
            costs = in_turns(rounds, subjects)
        out.unlink()
        compare(results, case, length, costs)


def compare(results, case, length, costs):
    """By the clock, and by processor time, which other work on the machine does not change much."""
    for what, cost_of in {
        "time": lambda cost: cost.milliseconds,
        "processor time": lambda cost: cost.processor_milliseconds,
    }.items():
        times = {subject: [cost_of(cost) for cost in of] for subject, of in costs.items()}
        for subject in times:
            results.measured(f"text without tokens: {what}", case, subject, "ms", times[subject], length)
            if what == "time":
                speeds = [length / time / 1e6 for time in times[subject]]
                results.measured("text without tokens: speed", case, subject, "GB/s", speeds, length)
        name = f"{case} without tokens, {what}"
        # The target is of the one that other work on the machine changes least.
        target = TARGET if what == "processor time" else None
        for subject in "edgeseal inspect", "edgeseal decrypt --stream":
            results.ratioed(name, subject, "ripgrep -c", times[subject], times["ripgrep -c"], target)
        # Whoever searches a file and copies it does both.
        both = [one + other for one, other in zip(times["ripgrep -c"], times["cp"])]
        results.ratioed(name, "edgeseal decrypt -o", "ripgrep -c and cp", times["edgeseal decrypt -o"], both, target)


def check(read, decrypt, file, folder):
    """Nothing is found, and what comes out is what went in."""
    found = json.loads(subprocess.run([*read, "--json"], check=True, capture_output=True).stdout)
    assert found["found"] == 0 and found["complete"], file
    copy = folder / "copy"
    subprocess.run([*decrypt, "-o", copy], check=True)
    assert subprocess.run(["cmp", "--silent", file, copy]).returncode == 0, file
    copy.unlink()


def memory_folder(folder):
    """Where a file is in memory, if there is such a place: a disk's speed is not what is measured."""
    shared = Path("/dev/shm")
    return shared if shared.is_dir() and os.access(shared, os.W_OK) else folder


def dense(results, folder, command, keys, lines, rounds):
    """A token in every line, always the same one: what it costs beside the private key."""
    (folder / "dense.keyring.json").write_text(json.dumps({"version": 1, "keys": {"pii": {"private_key_file": "pii.pem"}}}))
    private = folder / "pii.pem"
    shutil.copyfile(keys / "TEST-ONLY-rsa2048-a.private.pem", private)
    private.chmod(0o600)
    public = (keys / "rsa2048-a.public.pem").read_text()
    for mode in "direct", "envelope":
        rules = [{"name": "ssn", "path": "$.ssn", "key": "pii", "mode": mode}]
        policy, one = folder / "dense.policy.json", folder / "one.json"
        policy.write_text(json.dumps({"version": 1, "keys": {"pii": {"public_key": public}}, "fields": rules}))
        one.write_text('{"id":12345,"name":"Ada Lovelace","ssn":"078-05-1120"}')
        encrypted = subprocess.run([command, "encrypt", "--policy", policy, one], check=True, capture_output=True).stdout
        file, out = folder / "dense.ndjson", memory_folder(folder) / "edgeseal-bench.out"
        file.write_bytes((encrypted.strip() + b"\n") * lines)
        length = file.stat().st_size
        decrypt = [command, "decrypt", "-k", folder / "dense.keyring.json", file, "-o", out]
        subprocess.run(decrypt, check=True)
        assert out.read_bytes() == (one.read_bytes() + b"\n") * lines, mode
        subjects = {"edgeseal inspect": lambda: Run([command, "inspect", file]), "edgeseal decrypt -o": lambda: Run(decrypt)}
        for subject, of in in_turns(rounds, subjects).items():
            case = f"{mode} mode, {length // lines} bytes a line"
            results.measured("a token in every line: each token", case, subject, "us", [it.milliseconds * 1_000 / lines for it in of], length)
            results.measured("a token in every line: speed", case, subject, "GB/s", [length / it.milliseconds / 1e6 for it in of], length)
        out.unlink()


def library(results, folder, scanning_program, rounds):
    """The library by itself, in memory."""
    files = {"text": "text.log", "NDJSON": "text.ndjson", "JSON": "text.json", "CSV": "text.csv"}
    for case, file in files.items():
        done = subprocess.run([scanning_program, folder / file, str(rounds)], check=True, capture_output=True, text=True)
        for line in done.stdout.splitlines():
            subject, length, *speeds = line.split("\t")
            results.measured("library: text without tokens", case, subject, "GB/s", [float(it) for it in speeds], int(length))


def main():
    command, ripgrep, scanning_program, out, *options = sys.argv[1:]
    is_quick = "--quick" in options
    root = Path(__file__).parents[2]
    version = subprocess.run([ripgrep, "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
    environment = {**machine(), "ripgrep": version, "python": platform.python_version(), "quick": is_quick}
    results = Results("decryptor", environment)
    rounds = 3 if is_quick else 21
    with tempfile.TemporaryDirectory(dir=Path(out).parent) as folder:
        folder = Path(folder)
        scanning(results, folder, command, ripgrep, (16 if is_quick else 128) * MEGABYTE, rounds)
        library(results, folder, scanning_program, rounds)
        dense(results, folder, command, root / "test-vectors/keys", 2_000 if is_quick else 50_000, rounds)
        kms.measure(results, folder, command, Path(sys.executable).with_name("ministack"), min(rounds, 9))
    Path(out).write_text(json.dumps(results.whole, indent=1) + "\n")


main()
