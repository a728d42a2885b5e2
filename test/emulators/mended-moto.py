# moto without two of its lies, which no client can live with. step-functions-differences.ts names both, so the day when moto
# tells the truth by itself is not missed.
import json
from types import SimpleNamespace

import boto3
from moto.core.responses import ActionResult
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

main()
