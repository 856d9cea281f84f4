"""Decrypts the way of the AWS post "How to protect sensitive data for its entire lifecycle in AWS", written from its description: a regular
expression finds what stands between prefix and suffix, and each find is one call of AWS KMS, one after the other.

`post.py PREFIX SUFFIX KEY_ARN INPUT OUTPUT`; prints how long it took once everything was imported, in milliseconds, and the number of calls.
"""

import base64
import re
import sys
import time
from pathlib import Path

import boto3


def main():
    prefix, suffix, key, source, output = sys.argv[1:]
    kms = boto3.client("kms")
    calls = 0

    def plaintext(match):
        nonlocal calls
        calls += 1
        ciphertext = base64.b64decode(match.group(1))
        answer = kms.decrypt(KeyId=key, CiphertextBlob=ciphertext, EncryptionAlgorithm="RSAES_OAEP_SHA_256")
        return answer["Plaintext"].decode("utf-8")

    began = time.perf_counter()
    text = Path(source).read_text(encoding="utf-8")
    text = re.sub(re.escape(prefix) + "(.*?)" + re.escape(suffix), plaintext, text)
    Path(output).write_text(text, encoding="utf-8")
    print((time.perf_counter() - began) * 1_000, calls)


main()
