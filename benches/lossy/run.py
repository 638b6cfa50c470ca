#!/usr/bin/env python3
"""How long a message takes over a bad link, over WebTransport and over WebSocket (Linux, needs root).

For each share of lost packets, in turn, a server and `chinwag load` stand on the two sides of a link of 40 ms there and
back (tests/faults/lossy_link.py). Then the same with everybody in a second room as well, over the same connection: one
round in turn while nothing is said there, and while it is flooded. Latencies are those of the first room. Prints the
medians of the rounds with their spread, and ratios within a round. Nothing is judged.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVER = "10.77.0.1"
PORT = 4433
# A second room in which next to nothing is said.
QUIET = "1"
CARRIERS = {"WebTransport": "100", "WebSocket": "0"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=os.environ.get("CHINWAG_BIN", ROOT / "target/release/chinwag"))
    parser.add_argument("--loss", default="0,1,2,5", help="per cent of packets lost each way, with commas")
    parser.add_argument("--flood", default="300", help="messages a second into the second room; 0: no second scene")
    parser.add_argument("--flood-loss", type=float, default=2, help="per cent of packets lost meanwhile")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--members", default="10")
    parser.add_argument("--rate", default="2", help="messages a second of each of them")
    return parser.parse_args()


def inside(namespace, *words):
    return ["ip", "netns", "exec", namespace, *map(str, words)]


class Link:
    """The link, and a server at its far end."""

    def __init__(self, options, loss, seed):
        self.options, self.name = options, f"lossy-{os.getpid()}"
        script = ROOT / "tests/faults/lossy_link.py"
        flags = ["--name", self.name, "--delay-ms", 20, "--loss", loss / 100, "--seed", seed]
        words = [sys.executable, script, *flags, "--seconds", 10 * options.seconds + 60]
        self.link = subprocess.Popen(list(map(str, words)), stdout=subprocess.PIPE, text=True)
        if self.link.stdout.readline().strip() != "ready":
            sys.exit("the link does not come up; are you root, and is there /dev/net/tun?")

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        flags = "--ephemeral --rate 1000 --burst 10000 --http off --metrics off --listen".split()
        words = inside(f"{self.name}-a", self.options.binary, "serve", *flags, f"{SERVER}:{PORT}")
        self.server = subprocess.Popen(
            words, cwd=self.folder.name, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        # It says where it is when it can be dialled.
        if not any(f"{SERVER}:{PORT}" in line for line in self.server.stdout):
            sys.exit("the server does not start")
        return self

    def __exit__(self, *_):
        for process in (self.server, self.link):
            process.terminate()
            process.wait()
        self.folder.cleanup()

    def load(self, carrier, flood=0):
        options = self.options
        flags = ["--members", options.members, "--senders", options.members, "--rate", options.rate]
        flags += ["--duration", options.seconds, "--webtransport", CARRIERS[carrier], "--insecure", "--json"]
        flags += ["--flood", flood] if flood else []
        words = inside(f"{self.name}-b", options.binary, "load", f"https://{SERVER}:{PORT}", *flags)
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode != 0:
            print(f"  {carrier}: {done.stderr.strip().splitlines()[-1:]}", flush=True)
            return None
        report = json.loads(done.stdout)
        return {**report["latency_ms"], "flood": report.get("flood", {}).get("delivered_per_second", 0)}


def spread(values):
    return f"{statistics.median(values):6.0f} ({min(values):.0f} to {max(values):.0f})"


def tell(what, runs):
    runs = [run for run in runs if run]
    if runs:
        p50, p99 = ([run[at] for run in runs] for at in ("p50", "p99"))
        print(f"{what} p50 {spread(p50)}  p99 {spread(p99)}", flush=True)


def ratios(what, runs, others):
    """How often the p99 of one has that of the other, within each round."""
    found = [run["p99"] / other["p99"] for run, other in zip(runs, others) if run and other]
    if found:
        print(f"{what}, p99 {statistics.median(found):.2f} ({min(found):.2f} to {max(found):.2f})", flush=True)


def losses(options):
    for loss in map(float, filter(None, options.loss.split(","))):
        seen = {carrier: [] for carrier in CARRIERS}
        for seed in range(1, options.rounds + 1):
            with Link(options, loss, seed) as link:
                for carrier in CARRIERS:
                    seen[carrier].append(link.load(carrier))
        for carrier, runs in seen.items():
            tell(f"loss {loss:2.0f} %  {carrier:13}", runs)
        ratios(f"loss {loss:2.0f} %  WebTransport / WebSocket", seen["WebTransport"], seen["WebSocket"])


def floods(options):
    """What a flood does to the other room of whoever is in both."""
    seen = {carrier: {flood: [] for flood in (QUIET, options.flood)} for carrier in CARRIERS}
    for seed in range(1, options.rounds + 1):
        with Link(options, options.flood_loss, seed) as link:
            for carrier, runs in seen.items():
                for flood, found in runs.items():
                    found.append(link.load(carrier, flood))
    for carrier, runs in seen.items():
        rest, flooded = runs.values()
        tell(f"{carrier:13} at rest", rest)
        tell(f"{carrier:13} flooded", flooded)
        heard = [run["flood"] for run in flooded if run]
        if heard:
            print(f"{carrier:13} {spread(heard)} messages of the flood delivered a second", flush=True)
        ratios(f"{carrier:13} flooded / at rest", flooded, rest)


def main():
    options = arguments()
    print(f"load {os.getloadavg()[0]:.1f}; {options.rounds} rounds of {options.seconds} s; milliseconds", flush=True)
    losses(options)
    if options.flood != "0":
        print(f"two rooms, {options.flood} messages a second in the other; loss {options.flood_loss:.0f} %", flush=True)
        floods(options)


main()
