"""The mutants that may live are judged one by one, and are of the code as it stands."""

import re
from pathlib import Path

import pytest

from scripts.judge_mutants import JUDGED, Mutant, function_of, judged, lines_of

ROOT = Path(__file__).parents[2]
MUTANTS = judged(JUDGED.read_text(encoding="utf-8"))


def module_of(mutant: Mutant) -> Path:
    parts = mutant.where.split(".")
    known = [ROOT.joinpath(*parts[:n]).with_suffix(".py") for n in range(2, len(parts))]
    return next(path for path in known if path.is_file())


def test_every_mutant_stands_under_a_reason() -> None:
    text = JUDGED.read_text(encoding="utf-8")
    groups = re.split(r"^# .+\n", text, flags=re.MULTILINE)

    assert groups[0] == ""
    assert len(groups) > 10
    assert all(judged(group) for group in groups[1:]), "a reason without a mutant"
    assert len(MUTANTS) > 50


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.where)
def test_what_a_mutant_changes_is_in_the_code(mutant: Mutant) -> None:
    taken = [line[2:] for line in mutant.lines if line.startswith("- ")]
    put = [line[2:] for line in mutant.lines if line.startswith("+ ")]
    source = {line.strip() for line in module_of(mutant).read_text(encoding="utf-8").splitlines()}

    assert taken
    assert put
    assert taken != put
    assert set(taken) <= source


def test_a_difference_is_read_without_its_head() -> None:
    difference = """--- core/x.py
+++ core/x.py
@@ -1,3 +1,3 @@
 def f() -> int:
-    return 1 - 2
+    return 1 + 2
"""
    assert lines_of(difference) == ("- return 1 - 2", "+ return 1 + 2")


def test_a_name_is_that_of_its_function() -> None:
    assert function_of("core.panel.x__lags__mutmut_2") == "core.panel._lags"
    assert (
        function_of("core.history.xǁHistoryǁ__init____mutmut_34") == "core.history.History.__init__"
    )


def test_what_is_printed_can_be_added_as_it_is() -> None:
    mutant = Mutant(where="core.x.f", lines=("- a", "+ b"))
    assert judged(f"# why\n\n{mutant}\n\n# another\n\n{mutant}\n") == [mutant, mutant]
