"""Makes a user of the emulator who may decrypt under some keys, or has an IAM policy, and prints an access key: ENDPOINT (ARN... | --policy JSON)."""

import json
import sys
import uuid

import boto3

endpoint, *arns = sys.argv[1:]
root = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
iam = boto3.client("iam", region_name="us-east-1", endpoint_url=endpoint, **root)
name = f"reader-{uuid.uuid4()}"
iam.create_user(UserName=name)
if arns[0] == "--policy":
    policy = arns[1]
else:
    statement = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": arns}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
iam.put_user_policy(UserName=name, PolicyName="decrypt", PolicyDocument=policy)
key = iam.create_access_key(UserName=name)["AccessKey"]
print(key["AccessKeyId"], key["SecretAccessKey"])
