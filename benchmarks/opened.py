"""What an opened dataset takes in memory, beside what the bound ``CTCRIMES_OPEN_MB`` counts for it.

A process with the application opens the same dataset four times, makes the forecast of all places
in each and shows every page of the first place; what the process has grown by, over four, is the
truth, and the largest of the four estimates is what is counted.

``opened``  megabytes right after the opening: counted, and grown by
``used``    the same after forecast and pages

    python benchmarks/opened.py artifacts/ct-demo [DATASET...]
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# As gunicorn.conf.py has it: what was freed is given back at once, and counts for nobody.
ALLOCATION = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0", "OMP_NUM_THREADS": "1"}
SCRIPT = """
import ctypes, gc, json, sys, tempfile
from pathlib import Path
from webapp.lean import import_lightgbm_alone
import_lightgbm_alone()
from flask import Flask
from core.dataset import open_dataset
from webapp.app import open_site, Queries
from webapp.cache import ViewCache, open_cache
from webapp.pages.parts import Visit
from webapp.pages.router import PAGES
from webapp.settings import Settings

folder = Path(sys.argv[1])
cache = Path(tempfile.mkdtemp())
settings = Settings(dataset=folder, artifacts=folder.parent, cache_dir=cache, log_level="ERROR")
store = open_cache(Flask("x"), settings=settings)

def opened(version):
    dataset = open_dataset(folder)
    return open_site(Queries(dataset, cache=ViewCache(store, version=f"{version}")))

def use(site):
    site.queries.prepare()
    slug = site.queries.places[0].slug
    for page in PAGES:
        visit = Visit(site=site, slug=slug if page.about_a_place else "")
        page.layout(visit)
        for chart in page.charts.values():
            chart.parts(visit)

def resident():
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6

use(opened("first"))  # what is loaded once, by whatever dataset
gc.collect()
before = resident()
sites = [opened(version) for version in range(4)]
told = [max(site.held_bytes for site in sites) / 1e6, (resident() - before) / 4]
for site in sites:
    use(site)
told += [max(site.held_bytes for site in sites) / 1e6, (resident() - before) / 4]
print(json.dumps(told))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("datasets", nargs="+", type=Path)
    print(f"{'':24s}  opened: counted  grown by   used: counted  grown by")
    for dataset in parser.parse_args().datasets:
        opened, grown, used, grown_by_use = measured(dataset.resolve())
        print(
            f"{dataset.name:24s} {opened:13.1f} MB {grown:6.1f} MB {used:12.1f} MB "
            f"{grown_by_use:6.1f} MB"
        )


def measured(dataset: Path) -> list[float]:
    """Megabytes of one process: see the head of this module."""
    said = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-c", SCRIPT, str(dataset)],
        cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, **ALLOCATION},
    )  # fmt: skip
    told: list[float] = json.loads(said.stdout)
    return told


if __name__ == "__main__":
    main()
