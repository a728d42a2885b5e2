"""Reads, for each path on standard input, what botocore's own loader finds in the profile default, and the names of all others."""

import json
import sys

import botocore.configloader
import botocore.credentials
import botocore.exceptions


def look(path):
    try:
        found = botocore.credentials.SharedCredentialProvider(path, "default").load()
        profiles = botocore.configloader.raw_config_parse(path)
    except (botocore.exceptions.BotoCoreError, UnicodeDecodeError) as error:
        return {"error": type(error).__name__}
    pair = [found.access_key, found.secret_key] if found else None
    return {"pair": pair, "others": {name: value for name, value in profiles.items() if name != "default"}}


json.dump([look(line.rstrip("\n")) for line in sys.stdin], sys.stdout)
