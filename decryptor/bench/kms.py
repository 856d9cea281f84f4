"""Texts that are decrypted with keys in an emulator of AWS KMS: by the command, and the way of the AWS post."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3
from clock import Run, in_turns
from cryptography.hazmat.primitives import serialization

REGION = "eu-central-1"
ROOT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
PREFIX, SUFFIX = "[enc:", ":enc]"
PATIENCE_SECONDS = 60
FIELDS = "name", "email", "phone", "street", "born", "ssn"


class Emulator:
    """An emulator of AWS KMS on this machine, with one RSA key of 2048 bits."""

    def __init__(self, ministack):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        # Without the last two it opens more ports, and not on 127.0.0.1 alone.
        ours = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SERVICES": "kms,iam,sts", "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([ministack], env={**os.environ, **ours}, cwd=tempfile.gettempdir(), **quiet)
        self.wait()
        # Nothing of whoever runs this: neither their profile nor another endpoint.
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.environment = {**own, **ROOT, "AWS_ENDPOINT_URL_KMS": self.url, "AWS_EC2_METADATA_DISABLED": "true"}
        kms = boto3.client("kms", region_name=REGION, endpoint_url=self.url, aws_access_key_id="test", aws_secret_access_key="test")
        self.arn = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["Arn"]
        public = serialization.load_der_public_key(kms.get_public_key(KeyId=self.arn)["PublicKey"])
        form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        self.public_pem = public.public_bytes(*form).decode()

    def wait(self):
        for _ in range(PATIENCE_SECONDS * 20):
            try:
                return urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=5).close()
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        self.process.kill()
        sys.exit("the emulator does not answer")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def people(count, distinct):
    """So many records of six values; so many of them differ, and the others come again, as in an export of orders."""
    return [
        {
            "name": f"Ada Lovelace {number}", "email": f"ada{number}@example.com", "phone": f"+49 30 {number:06}",
            "street": f"{number} Main Street", "born": f"1990-01-{number % 28 + 1:02}", "ssn": f"078-05-{number:04}",
        }
        for number in (index % distinct for index in range(count))
    ]


class Texts:
    """Encrypted texts in a folder, and what decrypts them."""

    def __init__(self, folder: Path, command, emulator: Emulator):
        self.folder, self.command, self.emulator = folder, command, emulator

    def made(self, name, records, fields, mode):
        """Encrypts the records as one request; records that come again come with the same tokens."""
        distinct = [json.loads(text) for text in dict.fromkeys(json.dumps(it) for it in records)]
        tags = {} if mode == "envelope" else {"prefix": PREFIX, "suffix": SUFFIX}
        rules = [{"name": field, "path": f"$[*].{field}", "key": "pii", "mode": mode} for field in fields]
        key = {"public_key": self.emulator.public_pem, **tags}
        files = {
            f"{name}.policy.json": {"version": 1, "keys": {"pii": key}, "fields": rules},
            f"{name}.keyring.json": {"version": 1, "keys": {"pii": {"kms_key_arn": self.emulator.arn, **tags}}},
            f"{name}.plain.json": distinct,
        }
        for file, content in files.items():
            (self.folder / file).write_text(json.dumps(content))
        encrypted = self.folder / f"{name}.json"
        command = [self.command, "encrypt", "--policy", f"{name}.policy.json", f"{name}.plain.json", "-o", encrypted.name]
        subprocess.run(command, cwd=self.folder, check=True)
        sealed = {json.dumps(plain): it for plain, it in zip(distinct, json.loads(encrypted.read_text()))}
        encrypted.write_text(json.dumps([sealed[json.dumps(it)] for it in records]))
        return records

    def ours(self, name, *more):
        out = ["-k", self.folder / f"{name}.keyring.json", "-o", self.folder / f"{name}.ours", *more]
        return [self.command, "decrypt", self.folder / f"{name}.json", *out]

    def post(self, name):
        out = [self.emulator.arn, self.folder / f"{name}.json", self.folder / f"{name}.post"]
        return [sys.executable, Path(__file__).with_name("post.py"), PREFIX, SUFFIX, *out]

    def calls(self, name, records):
        """Decrypts once, says how many calls that takes, and checks what comes out."""
        report = self.folder / f"{name}.report"
        subprocess.run(self.ours(name, f"--report={report}"), env=self.emulator.environment, check=True)
        assert json.loads((self.folder / f"{name}.ours").read_text()) == records, name
        return sum(key["calls"] for key in json.loads(report.read_text())["keys"].values())

    def post_calls(self, name, records):
        """The same of the post."""
        done = subprocess.run(self.post(name), env=self.emulator.environment, check=True, capture_output=True, text=True)
        assert json.loads((self.folder / f"{name}.post").read_text()) == records, name
        return int(done.stdout.split()[1])


def measure(results, folder, command, ministack, rounds):
    emulator = Emulator(ministack)
    try:
        texts = Texts(folder, command, emulator)
        for case, count, distinct, fields in [
            ("100 records of 2 fields, 40 of them distinct", 100, 40, FIELDS[:2]),
            ("100 records of 2 fields", 100, 100, FIELDS[:2]),
            ("100 records of 6 fields", 100, 100, FIELDS),
        ]:
            records = people(count, distinct)
            modes = {"classic": "direct", "envelope": "envelope"}
            calls = {subject: texts.calls(subject, texts.made(subject, records, fields, mode)) for subject, mode in modes.items()}
            calls["post"] = texts.post_calls("classic", records)
            subjects = {subject: lambda subject=subject: Run(texts.ours(subject), emulator.environment) for subject in modes}
            subjects["post"] = lambda: Run(texts.post("classic"), emulator.environment)
            costs = in_turns(rounds, subjects)
            words = {"classic": "edgeseal decrypt, classic tags", "envelope": "edgeseal decrypt, envelope mode", "post": "AWS post, Python"}
            times = {subject: [cost.milliseconds for cost in of] for subject, of in costs.items()}
            for subject, said in words.items():
                assert all(cost.status == 0 for cost in costs[subject]), said
                results.measured("KMS: whole command", case, said, "ms", times[subject])
                results.measured("KMS: calls per record", case, said, "calls", [calls[subject] / count])
            for subject in modes:
                results.ratioed(f"KMS, {case}: time", words[subject], words["post"], times[subject], times["post"])
                results.ratioed(f"KMS, {case}: calls", words[subject], words["post"], [calls[subject]], [calls["post"]])
            # What there must be: a call for each distinct ciphertext, or for each data key.
            least = {"classic": distinct * len(fields), "envelope": 1}
            for subject, number in least.items():
                results.ratioed(f"KMS, {case}: calls", words[subject], "distinct data keys or values", [calls[subject]], [number], target=1)
    finally:
        emulator.end()
