# Runs a program and writes what it used, as JSON, to the file named first; what the program prints is let go.
import json
import resource
import subprocess
import sys
import time

into, limit, *command = sys.argv[1:]
start = time.monotonic()
try:
    ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=float(limit))
    code, said = ended.returncode, ended.stderr.decode(errors="replace")[-2000:]
except subprocess.TimeoutExpired:
    code, said = None, f"not done after {limit} s"
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(into, "w") as file:
    json.dump(
        {
            "code": code,
            "said": said,
            "wall": (time.monotonic() - start) * 1000,
            "cpu": (used.ru_utime + used.ru_stime) * 1000,
            "memory": used.ru_maxrss / 1024,
        },
        file,
    )
