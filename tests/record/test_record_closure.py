"""What an auditor must read to believe the verifier: few lines, none of them of Django nor of what writes a log."""

import json
import subprocess
import sys
from pathlib import Path

from own_log import POLICY, write_log

LINES = 1000
VERIFY = """
import json, sys
from pathlib import Path
from dcant.record.policy import Policy
from dcant.record.tiles import folder_reader
from dcant.record.verifier import verify_log
report = verify_log(folder_reader(Path(sys.argv[1])), Policy.parse(sys.argv[2].encode()))
house = {name: module.__file__ for name, module in sys.modules.items() if name.split(".")[0] == "dcant"}
strangers = [name for name in sys.modules if name.split(".")[0] in {"django", "ninja", "psycopg", "sqlite3"}]
print(json.dumps({"findings": len(report.findings), "entries": report.entries, "house": house, "strangers": strangers}))
"""


def test_the_whole_verifier_is_under_a_thousand_lines_and_needs_no_django(tmp_path):
    log = write_log(tmp_path, [300])
    command = [sys.executable, "-c", VERIFY, str(log), POLICY]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert (said["findings"], said["entries"], said["strangers"]) == (0, 300, [])
    assert set(said["house"]) == {"dcant", "dcant.record"} | {
        f"dcant.record.{name}" for name in ("checkpoint", "merkle", "note", "policy", "tiles", "verifier")
    }
    lines = {name: len(Path(file).read_text(encoding="utf-8").splitlines()) for name, file in said["house"].items()}
    assert sum(lines.values()) < LINES, lines
