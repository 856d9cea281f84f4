"""Users of the emulator, each with an IAM policy: makes those that are not there, and prints their access keys. ENDPOINT < {name: policy}"""

import json
import sys

import boto3

root = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
iam = boto3.client("iam", region_name="us-east-1", endpoint_url=sys.argv[1], **root)
made = {}
for name, policy in json.load(sys.stdin).items():
    try:
        iam.create_user(UserName=name)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        made[name] = [key["AccessKeyId"], key["SecretAccessKey"]]
    except iam.exceptions.EntityAlreadyExistsException:
        pass
    iam.put_user_policy(UserName=name, PolicyName="page", PolicyDocument=json.dumps(policy))
json.dump(made, sys.stdout)
