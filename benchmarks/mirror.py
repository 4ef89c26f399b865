"""What object storage costs a worker: memory of its client, and time of a copy and of a look.

A server with the protocol of S3 on loopback holds a dataset; a process with the application copies
it and looks three times whether it is new. The line to a real service is not measured.

``client``  megabytes that the process has grown by
``copy``    seconds of the first copy, all hashes compared
``look``    seconds of a look that finds nothing new: median

    python benchmarks/mirror.py [artifacts/ct-demo]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.request import Request, urlopen

from moto.server import ThreadedMotoServer

from core.dataset import open_dataset
from core.dataset_remote import publish_dataset
from core.storage import open_store, parse_address

ROOT = Path(__file__).resolve().parents[1]
SHELF = "s3://bucket/artifacts"
SCRIPT = """
import ctypes, gc, json, statistics, time
from webapp.lean import import_lightgbm_alone
import_lightgbm_alone()
import webapp.app
from webapp.mirror import Mirror
from webapp.settings import read_settings

def resident():
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6

def timed(action):
    started = time.perf_counter()
    assert not action()
    return time.perf_counter() - started

before = resident()
mirror = Mirror(read_settings())
copy = timed(mirror.bring)
look = statistics.median(timed(mirror.look) for _ in range(3))
print(json.dumps([resident() - before, copy, look]))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", nargs="?", type=Path, default=ROOT / "artifacts" / "ct-demo")
    dataset = open_dataset(parser.parse_args().dataset)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    os.environ |= {
        "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    with urlopen(Request(f"{url}/bucket", method="PUT")):  # noqa: S310 - our own
        publish_dataset(dataset, store=open_store(parse_address(f"{SHELF}/{dataset.name}")))
    megabytes, copy, look = measured()
    print(f"client {megabytes:.0f} MB, copy {copy:.2f} s, look {look:.3f} s")


def measured() -> list[float]:
    """Megabytes and seconds of one process: see the head of this module."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"CTCRIMES_ARTIFACTS": SHELF, "CTCRIMES_MIRROR_DIR": f"{folder}/mirror"}
        said = subprocess.run(  # noqa: S603 - our own Python
            [sys.executable, "-c", SCRIPT],
            cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, **settings},
        )  # fmt: skip
    told: list[float] = json.loads(said.stdout)
    return told


if __name__ == "__main__":
    main()
