"""A build by one process and the same build by worker processes of this machine, in turn.

``alone``    seconds of ``ctcrimes build`` from the start of the process to its end
``together`` the same with ``--workers N``, the start of the workers included
``ratio``    alone over together, of the same round; median of the rounds

    python benchmarks/cluster.py [--scale 1] [--workers 2] [--rounds 3] [--without-models]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from scaled_bundles import write_scaled_bundles

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-models", action="store_true")
    options = parser.parse_args()
    extra = ["--without-models"] if options.without_models else []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        bundles = write_scaled_bundles(folder / "bundles", scale=options.scale)
        rounds = []
        for number in range(options.rounds):
            out = folder / str(number)
            alone = seconds_of(bundles, out=out / "alone", options=extra)
            workers = ["--workers", str(options.workers)]
            together = seconds_of(bundles, out=out / "together", options=[*extra, *workers])
            rounds.append((alone, together))
    for name, values in zip(("alone", "together"), zip(*rounds, strict=True), strict=True):
        print(f"{name:9s} {statistics.median(values):8.1f} s")
    ratio = statistics.median(alone / together for alone, together in rounds)
    print(f"{'ratio':9s} {ratio:8.2f}")


def seconds_of(bundles: Sequence[Path], *, out: Path, options: list[str]) -> float:
    """Seconds of one build."""
    command = [sys.executable, "-c", "import sys; from core.cli import main; sys.exit(main())"]
    start = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own command
        [*command, "build", *map(str, bundles), "--out", str(out), *options],
        cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
