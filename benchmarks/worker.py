"""What a worker loads: memory and time of its imports, with and without what only training needs.

Each round starts two Python processes after one another: one imports the application as ``wsgi.py``
does, the other with whatever LightGBM finds.

``memory``  resident megabytes after the imports
``seconds`` from the first import to the last

    python benchmarks/worker.py [--rounds 5]
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALONE = "from webapp.lean import import_lightgbm_alone; import_lightgbm_alone()"
WHOLE = "import lightgbm"
SCRIPT = """
import json, time
started = time.perf_counter()
{first}
import webapp.app
seconds = time.perf_counter() - started
pages = int(open("/proc/self/statm").read().split()[1])
print(json.dumps([pages * 4096 / 1e6, seconds]))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = range(parser.parse_args().rounds)
    pairs = [(imported(ALONE), imported(WHOLE)) for _ in rounds]
    for name, at in (("LightGBM alone", 0), ("with what it finds", 1)):
        memory, seconds = (statistics.median(pair[at][part] for pair in pairs) for part in (0, 1))
        print(f"{name:20s} {memory:5.0f} MB {seconds:6.2f} s")
    ratio = statistics.median(alone[1] / whole[1] for alone, whole in pairs)
    print(f"time of the first / time of the second: {ratio:.2f}")


def imported(first: str) -> tuple[float, float]:
    """Megabytes and seconds of one process."""
    said = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-c", SCRIPT.format(first=first)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    memory, seconds = json.loads(said.stdout)
    return memory, seconds


if __name__ == "__main__":
    main()
