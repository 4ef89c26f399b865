"""Tell which surviving mutants nobody has judged yet.

``make mutants`` runs it last. What may live stands in ``tests/surviving_mutants.txt``, grouped by
the reason: a line ``# why``, then for each mutant the function, and the lines that were taken out
(``-``) and put in (``+``). A survivor that is not there ends the run with 1, in the form in which
it can be added; one that is there and no longer lives is told, so that it can be taken out.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JUDGED = ROOT / "tests" / "surviving_mutants.txt"
MUTMUT = ROOT / ".cache" / "mutmut" / "bin" / "mutmut"

_RESULT = re.compile(r"^\s+(\S+): (?:survived|no tests|timeout|suspicious)$", flags=re.MULTILINE)
_NUMBER = re.compile(r"__mutmut_\d+$")


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One small change of a function.

    Attributes:
        where: The function, with its module and class.
        lines: The lines taken out and put in, each with its sign.
    """

    where: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join((self.where, *self.lines))


def judged(text: str) -> list[Mutant]:
    """The mutants of the file of reasons."""
    blocks = re.split(r"\n\s*\n", re.sub(r"^#.*$", "", text, flags=re.MULTILINE))
    rows = (block.strip().splitlines() for block in blocks if block.strip())
    return [Mutant(where=where, lines=tuple(lines)) for where, *lines in rows]


def function_of(name: str) -> str:
    """The function of a mutant's name.

    >>> function_of("core.panel.x_place_months__mutmut_10")
    'core.panel.place_months'
    >>> function_of("core.history.xǁHistoryǁ__init____mutmut_3")
    'core.history.History.__init__'
    """
    module, _, rest = _NUMBER.sub("", name).rpartition(".")
    own = rest.removeprefix("x_") if rest.startswith("x_") else rest[2:].replace("ǁ", ".")
    return f"{module}.{own}"


def lines_of(difference: str) -> tuple[str, ...]:
    """The changed lines of a difference, without indentation."""
    changed = (line for line in difference.splitlines() if re.match(r"[-+](?!--|\+\+)", line))
    return tuple(f"{line[0]} {line[1:].strip()}" for line in changed)


def survivors() -> Iterator[Mutant]:
    """What the last run of mutmut left alive."""
    for name in _RESULT.findall(_mutmut("results")):
        yield Mutant(where=function_of(name), lines=lines_of(_mutmut("show", name)))


def _mutmut(*words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own program
        [MUTMUT, *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def main() -> int:
    """Compare what lives with what may."""
    known, alive = judged(JUDGED.read_text(encoding="utf-8")), list(survivors())
    new = [mutant for mutant in alive if mutant not in known]
    gone = [mutant for mutant in known if mutant not in alive]
    print(f"{len(alive)} mutants live; {len(new)} of them nobody has judged.")
    for mutant in new:
        print(f"\n{mutant}")
    for mutant in gone:
        print(f"\nno longer alive, to be taken out of {JUDGED.name}:\n{mutant}")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
