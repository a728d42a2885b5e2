# moto without those of its lies that no client can live with, in whole rotations and whole audits. The lists of differences
# name each, so the day when moto tells the truth by itself is not missed.
import json
import os
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import boto3
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.iam import models
from moto.iam.responses import IamResponse
from moto.server import main
from moto.stepfunctions import responses
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str

# moto's own encoder, which knows dates.
responses.json = SimpleNamespace(dumps=to_json_str, loads=json.loads)


def get_execution_history(self):
    history = self.stepfunction_backend.get_execution_history(self._get_param("executionArn"))
    events = list(history["events"])
    if self._get_param("reverseOrder"):
        events.reverse()
    return ActionResult({"events": events})


responses.StepFunctionResponse.get_execution_history = get_execution_history

# Executions are threads that make clients of their own, and boto3 makes the first one safely only where it is alone.
boto3.client("lambda", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")

# Nobody can wait 90 days for a key to grow old: a file says how many days ago moto dates what is made and used.
days_ago = os.environ.get("MOTO_DAYS_AGO_FILE")


def dated():
    return utcnow() - timedelta(days=float(Path(days_ago).read_text()) if days_ago else 0)


models.utcnow = dated

root = "<root_account>,arn:aws:iam::{account}:root,2015-01-01T00:00:00+00:00,true,no_information,2015-01-01T00:00:00+00:00,not_supported,true,"
no_key = "false,N/A,N/A,N/A,N/A,"
own_report = models.IAMBackend.get_credential_report
own_row = models.User.to_csv


def row(user):
    keys = user.access_keys
    user.access_keys = sorted(keys, key=lambda key: key.access_key_id)
    cells = own_row(user).split(",")
    user.access_keys = keys
    if not user.password:
        cells[4] = cells[5] = "N/A"
    return ",".join(cells)


def credential_report(self):
    header, _, rows = own_report(self).partition("\n")
    mine = root.format(account=self.account_id) + no_key + no_key + "false,N/A,false,N/A"
    return f"{header}\n{mine}\n{rows}"


def get_credential_report(self):
    content = self.backend.get_credential_report()
    return ActionResult({"Content": content, "ReportFormat": "text/csv", "GeneratedTime": utcnow()})


models.User.to_csv = row
models.IAMBackend.get_credential_report = credential_report
IamResponse.get_credential_report = get_credential_report

main()
