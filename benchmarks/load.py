"""Load on one address: wrk when it is here, else threads of our own."""

import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

from benchmarks.server import Server

CONNECTIONS = 16

SCRIPT = """
local requests = {}
local at = 0
init = function()
%(requests)s
end
request = function()
  at = at %% #requests + 1
  return requests[at]
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('{"requests":%%d,"seconds":%%f,"bytes":%%d,"failed":%%d,"p50":%%f,"p95":%%f}',
    summary.requests, summary.duration / 1e6, summary.bytes,
    e.status + e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000))
end
"""


@dataclass(frozen=True)
class Request:
    """One request as it is repeated."""

    path: str
    headers: Mapping[str, str]
    method: str = "GET"
    body: str = ""


@dataclass(frozen=True)
class Load:
    """What one burst came to.

    Times are milliseconds, ``size`` bytes of an answer on the wire, ``cost`` the server's
    milliseconds of processor time for an answer: that one hardly minds busy neighbours.
    """

    per_second: float
    p50: float
    p95: float
    failed: int
    size: float
    cost: float = 0.0


def burst(server: Server, requests: Sequence[Request], seconds: float) -> Load:
    """Send the requests in turn on 16 connections for some seconds."""
    before = server.processor_seconds()
    drive = _wrk if shutil.which("wrk") else _threads
    load = drive(server.port, requests, seconds)
    answers = max(load.per_second * seconds, 1)
    return replace(load, cost=(server.processor_seconds() - before) * 1000 / answers)


def middle(loads: Sequence[Load]) -> Load:
    """The burst in the middle by throughput, with the failures of all."""
    ordered = sorted(loads, key=lambda load: load.per_second)
    chosen = ordered[len(ordered) // 2]
    failed = sum(load.failed for load in loads)
    cost = statistics.median(load.cost for load in loads)
    return replace(chosen, failed=failed, cost=cost)


def _wrk(port: int, requests: Sequence[Request], seconds: float) -> Load:
    listed = "\n".join(
        f"  requests[{place}] = wrk.format({_lua(each.method)}, {_lua(each.path)}, "
        f"{{{', '.join(f'[{_lua(k)}] = {_lua(v)}' for k, v in each.headers.items())}}}, "
        f"{_lua(each.body) if each.body else 'nil'})"
        for place, each in enumerate(requests, start=1)
    )
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "requests.lua"
        script.write_text(SCRIPT % {"requests": listed})
        command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds:.0f}s",
                   "--timeout", "20s", "-s", str(script), f"http://127.0.0.1:{port}"]  # fmt: skip
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    told = json.loads(said[said.index("{") :])
    return Load(
        told["requests"] / told["seconds"], told["p50"], told["p95"], told["failed"],
        told["bytes"] / max(told["requests"], 1),
    )  # fmt: skip


def _lua(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + quoted.replace("\r", "\\r") + '"'


def _threads(port: int, requests: Sequence[Request], seconds: float) -> Load:
    until = time.monotonic() + seconds
    taken: list[float] = []
    sizes: list[int] = []
    failed: list[int] = []

    def visit(place: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        while time.monotonic() < until:
            request = requests[place % len(requests)]
            place += 1
            began = time.monotonic()
            connection.request(request.method, request.path, request.body or None,
                               dict(request.headers))  # fmt: skip
            answer = connection.getresponse()
            sizes.append(len(answer.read()))
            taken.append((time.monotonic() - began) * 1000)
            if answer.status >= 400:
                failed.append(answer.status)

    threads = [Thread(target=visit, args=(place,)) for place in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cuts = statistics.quantiles(taken, n=20)
    mean = statistics.fmean(sizes)
    return Load(len(taken) / seconds, cuts[9], cuts[18], len(failed), mean)
