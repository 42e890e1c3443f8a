"""A file of 200 MB sent to the site: how much memory does its web process take, and do other visitors wait?

    python benchmarks/tables/web.py [--megabytes 199] [--rounds 3]

Protocol. A demonstration of its own, blank, served by granian exactly as `dcant serve` runs it, on loopback. Once each
web process has answered every page asked here, and its memory has ceased to move, a process sends the file by the API as fast
as it is taken, while another visitor asks a small page over and over; the same page is also asked with no upload under
way, before each round. Memory is sampled every 20 ms from the kernel. The file is checked to have arrived whole.
Exit status: 0 when no web process grew by 60 MB or more and the p95 of the small page stays under 100 ms, 1 otherwise.
"""

import argparse
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent)]

from apart import met  # noqa: E402  # beside this script
from machine import describe, load  # noqa: E402

from dcant.cli.serve import server  # noqa: E402

GROWTH_BAR, P95_BAR = 60, 100
PAGE = "/verifier/table/"
EDGE = "edge-of-a-form"
ENOUGH = 60  # times the small page is asked with no upload under way


def get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert answer.status == 200, (path, answer.status)
    return content


def send(port: int, file: Path, schema: str) -> None:
    """The file as the form of the API, read from the disk as it goes; prints what the site answered."""
    head = (
        f'--{EDGE}\r\nContent-Disposition: form-data; name="schema"\r\n\r\n{schema}\r\n'
        f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="big.csv"\r\nContent-Type: text/csv\r\n\r\n'
    ).encode()
    tail = f"\r\n--{EDGE}--\r\n".encode()

    def body() -> Iterator[bytes]:
        yield head
        with file.open("rb") as content:
            while block := content.read(1 << 18):
                yield block
        yield tail

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    size = len(head) + file.stat().st_size + len(tail)
    headers = {"Content-Type": f"multipart/form-data; boundary={EDGE}", "Content-Length": str(size)}
    began = time.perf_counter()
    connection.request("POST", "/api/v1/table-checks", body=body(), headers=headers)
    answer = connection.getresponse()
    said = json.loads(answer.read())
    print(json.dumps({"status": answer.status, "seconds": time.perf_counter() - began, "said": said}))


def resident(pid: int) -> float:
    """MB of memory this process holds now."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def workers_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


@contextmanager
def site(data: Path) -> Iterator[tuple[int, list[int]]]:
    """The port and the web processes of a site that has settled."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = server(host="127.0.0.1", port=port, workers=2)
    served = subprocess.Popen(command, env=os.environ | {"DCANT_DATA": str(data), "DCANT_DEMO": "1"})
    try:
        for _ in range(600):
            try:
                get(port, "/healthz")
                break
            except OSError:
                time.sleep(0.1)
        pids, before = workers_of(served.pid), []
        for _ in range(120):
            for _each in range(10):
                get(port, PAGE)
                get(port, "/api/v1/standards?checkable=true")
            now = [resident(pid) for pid in pids]
            if before and all(abs(one - was) < 0.2 for one, was in zip(now, before, strict=True)):
                break
            before = now
            time.sleep(0.5)
        yield port, pids
    finally:
        served.terminate()
        served.wait()


def asked(port: int) -> float:
    """Milliseconds to have the small page, connection included."""
    began = time.perf_counter()
    get(port, PAGE)
    return (time.perf_counter() - began) * 1000


def during(port: int, pids: list[int], file: Path, schema: str) -> tuple[dict, list[float], float]:
    """One upload: what came of it, the waits of the other visitor, the most that a web process grew by."""
    before = {pid: resident(pid) for pid in pids}
    command = [sys.executable, __file__, "--role", "send", str(port), str(file), schema]
    sending = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    waits, grown, looked = [], 0.0, 0.0
    while sending.poll() is None:
        waits.append(asked(port))
        if time.perf_counter() - looked > 0.02:
            grown = max(grown, *(resident(pid) - before[pid] for pid in pids))
            looked = time.perf_counter()
    return json.loads(sending.stdout.read()), waits, grown


def p95(waits: list[float]) -> float:
    return quantiles(waits, n=20)[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=199)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--role", nargs=4, metavar="WORD", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role:
        _, port, file, schema = options.role
        send(int(port), Path(file), schema)
        return 0
    print(describe())
    with tempfile.TemporaryDirectory(prefix="dcant-web-") as temporary:
        return measure(Path(temporary), options.megabytes, options.rounds)


def measure(folder: Path, megabytes: int, rounds: int) -> int:
    data, file = folder / "data", folder / "big.csv"
    made = [sys.executable, "-m", "dcant", "demo", "--no-serve", "--blank", "--data", str(data)]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    line = b"B001;Le grand banc;2021-03-01;4;oui;01234567400019\n"
    with file.open("wb") as out:
        for _ in range(megabytes):
            out.write(line * (1_000_000 // len(line)))
    idle, busy, most = [], [], 0.0
    with site(data) as (port, pids):
        schema = json.loads(get(port, "/api/v1/standards?checkable=true"))["results"][0]["slug"]
        for number in range(1, rounds + 1):
            idle += [asked(port) for _ in range(ENOUGH)]
            came, waits, grown = during(port, pids, file, schema)
            assert came["status"] == 202, came
            assert (data / "checks" / came["said"]["id"]).stat().st_size == file.stat().st_size
            cancel(port, came["said"]["id"])
            busy, most = busy + waits, max(most, grown)
            print(f"round {number}: sent in {came['seconds']:.2f} s, {len(waits)} pages meanwhile, {load()}")
            print(
                f"  web processes grew by {grown:.1f} MB at most; page: median {median(waits):.1f} ms, p95 {p95(waits):.1f} ms"
            )
    print(f"\nfile of {file.stat().st_size / 1e6:.0f} MB, {rounds} rounds")
    print(f"page with no upload: median {median(idle):.1f} ms, p95 {p95(idle):.1f} ms over {len(idle)}")
    print(f"growth of a web process: {most:.1f} MB (bar {GROWTH_BAR}: {met(most < GROWTH_BAR)})")
    print(f"page during an upload: p95 {p95(busy):.1f} ms over {len(busy)} (bar {P95_BAR}: {met(p95(busy) < P95_BAR)})")
    return 0 if most < GROWTH_BAR and p95(busy) < P95_BAR else 1


def cancel(port: int, check_id: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("DELETE", f"/api/v1/table-checks/{check_id}")
    assert connection.getresponse().status == 200
    connection.close()


if __name__ == "__main__":
    sys.exit(main())
