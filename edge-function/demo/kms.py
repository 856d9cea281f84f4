"""Runs the demonstration with keys in an emulator of AWS KMS: POLICY OUT COMMAND...

Starts the emulator, makes a key for each one of the policy, of the same size, writes a policy and a keyring of these keys to the folder
OUT, runs the command with `--policy` and `--keyring` behind it and the emulator in the SDK's environment variables, and ends the emulator.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3
from cryptography.hazmat.primitives import serialization

REGION = "eu-central-1"
ROOT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
PATIENCE_SECONDS = 60


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(port):
    """Starts the emulator, and waits until it answers."""
    ours = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "SERVICES": "kms,iam,sts",
        "AUTH": "true",
        # Without these it opens more ports, and not on 127.0.0.1 alone.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    program = Path(sys.executable).with_name("ministack")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    emulator = subprocess.Popen([program], env={**os.environ, **ours}, **quiet)
    for _ in range(PATIENCE_SECONDS * 20):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_ministack/health", timeout=5).close()
            return emulator
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    emulator.kill()
    sys.exit("the emulator does not answer")


def make_keys(kms, policy):
    """Puts keys of the emulator in the place of the policy's; gives the keyring."""
    keyring = {"version": 1, "keys": {}}
    for key_id, key in policy["keys"].items():
        bits = serialization.load_pem_public_key(key["public_key"].encode()).key_size
        made = kms.create_key(KeySpec=f"RSA_{bits}", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]
        public = serialization.load_der_public_key(kms.get_public_key(KeyId=made["Arn"])["PublicKey"])
        pem = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        key["public_key"] = public.public_bytes(*pem).decode()
        tags = {name: key[name] for name in ("prefix", "suffix") if name in key}
        keyring["keys"][key_id] = {"kms_key_arn": made["Arn"], **tags}
        print(f"{key_id}: an RSA key of {bits} bits in the emulator, {made['Arn']}")
    return keyring


def main():
    policy_file, out, *command = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    emulator = start(port)
    try:
        root = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        kms = boto3.client("kms", region_name=REGION, endpoint_url=endpoint, **root)
        policy = json.loads(Path(policy_file).read_text())
        keyring = make_keys(kms, policy)
        folder = Path(out) / "kms"
        folder.mkdir(parents=True, exist_ok=True)
        arguments = []
        for name, content in ("policy", policy), ("keyring", keyring):
            file = folder / f"{name}.json"
            file.write_text(json.dumps(content, indent=2))
            arguments += [f"--{name}", str(file)]
        # Nothing of whoever runs this: neither their profile nor another endpoint.
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        aws = {"AWS_ENDPOINT_URL_KMS": endpoint, "AWS_EC2_METADATA_DISABLED": "true", **ROOT}
        return subprocess.run([*command, *arguments], env={**own, **aws}).returncode
    finally:
        emulator.terminate()
        emulator.wait()


sys.exit(main())
