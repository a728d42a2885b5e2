# MiniStack without those of its lies that a rotation cannot live with. differences.ts names each of them, with where AWS says
# otherwise.
import json
import re
import time

from ministack.app import main
from ministack.core import iam_actions, iam_evaluator
from ministack.services import iam, secretsmanager, stepfunctions


def mend(module, name):
    """The decorated function takes the place of the module's, which it gets as its first argument."""

    def replace(mended):
        original = getattr(module, name)
        setattr(module, name, lambda *args, **named: mended(original, *args, **named))

    return replace


# last-use
uses = {}


@mend(iam_evaluator, "enforce")
def enforce(original, access_key_id, iam_action, service, region, **others):
    denied = original(access_key_id, iam_action, service, region, **others)
    if denied is None:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        uses[access_key_id] = f"<LastUsedDate>{at}</LastUsedDate><Region>{region}</Region><ServiceName>{service}</ServiceName>"
    return denied


def get_access_key_last_used(params, original=iam._get_access_key_last_used):
    status, headers, body = original(params)
    use = uses.get(iam._p(params, "AccessKeyId"))
    if use:
        body = re.sub(rb"<Region>N/A</Region>\s*<ServiceName>N/A</ServiceName>", use.encode(), body)
    return status, headers, body


# user-arn
@mend(iam_actions, "extract_resource_arn")
def extract_resource_arn(original, service, method, path, headers, body, params, region, account):
    arn = original(service, method, path, headers, body, params, region, account)
    if service != "iam":
        return arn
    key = iam._access_keys.get(iam_actions._query_param(params, "AccessKeyId"), {})
    named = iam_actions._query_param(params, "UserName") or key.get("UserName")
    user = iam._users.get(named) if ":user/" in arn or arn == "*" else None
    return user["Arn"] if user else iam_actions._query_param(params, "PolicySourceArn") or arn


# principal-arn, secure-transport
@mend(iam_evaluator, "_resolve_condition_key")
def resolve_condition_key(original, key, context):
    if key.lower() == "aws:securetransport":
        return "true"
    value = original(key, context)
    if key.lower() != "aws:principalarn" or ":assumed-role/" not in str(value):
        return value
    role = iam._roles.get(value.split("/")[1])
    return role["Arn"] if role else value


# client-request-token
@mend(secretsmanager, "_create_secret")
def create_secret(original, data):
    token, secret = data.get("ClientRequestToken"), secretsmanager._secrets.get(data.get("Name"))
    if secret and token in secret["Versions"] and secret["Versions"][token]["SecretString"] == data.get("SecretString"):
        return secretsmanager.json_response({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token})
    status, headers, body = original(data)
    if status != 200 or not token:
        return status, headers, body
    made = json.loads(body)
    versions = secretsmanager._secrets[made["Name"]]["Versions"]
    versions[token] = versions.pop(made["VersionId"])
    return secretsmanager.json_response({**made, "VersionId": token})


# timeout-path
@mend(stepfunctions, "_invoke_with_callback")
def invoke_with_callback(original, resource, given, token, state):
    seconds = given["Payload"]["context"]
    for name in state["TimeoutSecondsPath"].split(".")[1:]:
        seconds = seconds[name]
    return original(resource, given, token, {**state, "TimeoutSeconds": seconds})


# error-names: those of Node's runtime are one and the same; see runtime.mjs.

iam._IAM_HANDLERS["GetAccessKeyLastUsed"] = get_access_key_last_used
main()
