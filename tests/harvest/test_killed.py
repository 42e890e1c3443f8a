"""Killed without warning at any moment, the next run finishes the work and nothing is doubled."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

CHILD = """
import json, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import django
django.setup()
from django.core.management import call_command
from dcant.catalogue.sources import load_source
from dcant.harvest.models import Item, Run, Statement
from dcant.harvest.services import run_harvest
from dcant.harvest.snapshots import open_snapshot

folder, data, moment = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
place, _, left = moment.partition(":")
left = [int(left or 0)]

def perhaps_die(here):
    if here == place:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

class Sink:
    def changed(self, item, statements, links): perhaps_die("in-batch")
    def settle(self): pass
    def withdrawn(self, item): pass
    def returned(self, item): pass

call_command("migrate", "harvest", verbosity=0)
source, reader = load_source("apigouv")
with open_snapshot(folder) as snapshot:
    report = run_harvest(
        source=source, reader=reader, snapshot=snapshot, sink=Sink(), now=lambda: datetime(2026, 11, 21, tzinfo=UTC),
        data=data, on_progress=lambda done, total: perhaps_die("between"), on_finished=lambda run: perhaps_die("at-end"),
    )
rows = list(Statement.objects.current().values_list("item__collection", "item__remote_id", "field", "value"))
print(json.dumps({
    "report": report.as_dict(),
    "runs": list(Run.objects.order_by("number").values_list("state", flat=True)),
    "items": Item.objects.count(),
    "statements": sorted(json.dumps(row, sort_keys=True) for row in rows),
    "all": Statement.objects.count(),
}))
"""


def child(folder: Path, data: Path, moment: str) -> subprocess.CompletedProcess[bytes]:
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment["DCANT_DATA"] = str(data)
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), str(data), moment], env=environment, capture_output=True, check=False
    )


def test_a_run_killed_again_and_again_ends_as_if_it_never_was(corpora, tmp_path):
    chance = random.Random(2026)
    folder = corpora / "catalogue" / "apigouv"
    moments = [f"in-batch:{chance.randint(1, 120)}", f"between:{chance.randint(1, 2)}", "at-end:1"]
    for moment in moments:
        assert child(folder, tmp_path / "killed", moment).returncode == -signal.SIGKILL
    done = [child(folder, tmp_path / name, "") for name in ("killed", "clean")]
    assert [one.returncode for one in done] == [0, 0], done[0].stderr
    killed, clean = (json.loads(one.stdout) for one in done)
    assert killed["runs"] == ["interrupted"] * 3 + ["complete"]
    assert (killed["items"], killed["statements"], killed["all"]) == (clean["items"], clean["statements"], clean["all"])
    again = json.loads(child(folder, tmp_path / "killed", "").stdout)
    assert again["report"]["written"] == 0
