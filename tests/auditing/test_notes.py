"""What a back-test says beside its table."""

from dataclasses import replace

import pandas as pd
import pytest

import bayescale as bs
from bayescale.auditing.notes import backtest_notes
from bayescale.core.text import human


def altered(found, **columns):
    return replace(found, table=found.table.assign(**columns), notes=())


def codes(found, failed=None):
    return [note.code for note in backtest_notes(found, failed or {})]


def test_a_good_back_test_informs_and_warns_of_nothing(back_tested):
    calm = altered(back_tested, inside_90=0.9)
    notes = backtest_notes(calm, {})
    assert {note.severity for note in notes} == {"info"}
    assert {"backtest_best", "backtest_room", "hindsight"} <= {note.code for note in notes}


def test_intervals_that_did_not_hold_are_told(back_tested):
    (note, *_) = backtest_notes(altered(back_tested, inside_90=0.4), {})
    assert note.code == "backtest_coverage"
    assert note.sentence.startswith("Only 40% of the later runs lie inside the 90% intervals of")


@pytest.mark.parametrize(("factor", "drifts"), [(0.5, True), (1.0, False), (2.0, True)])
def test_a_size_that_moves_one_way_is_told(back_tested, factor, drifts):
    best = float(back_tested.plan.committed["params"][0])
    cuts = back_tested.table.index.get_level_values("cut")
    many = back_tested.table
    for step, cut in enumerate(sorted(set(cuts))):
        many = many.assign(params=many["params"].where(cuts != cut, best * factor ** (3 - step)))
    third = many[cuts == cuts.max()].rename(index={cuts.max(): 2 * cuts.max()}, level="cut")
    found = replace(back_tested, table=pd.concat([many, third.assign(params=best * factor)]))
    notes = [note for note in backtest_notes(found, {}) if note.code == "backtest_drift"]
    assert bool(notes) == drifts
    if drifts:
        assert f"became {'smaller' if factor > 1 else 'larger'}" in notes[0].sentence
        assert f"to {human(best)} parameters" in notes[0].sentence


def test_failures_with_one_reason_are_one_line(back_tested):
    failed = {f"fit {i}": bs.FitError("the same reason") for i in range(3)}
    notes = [n for n in backtest_notes(back_tested, failed) if n.code == "backtest_failed"]
    assert [note.sentence for note in notes] == ["fit 0 and 2 more like it (the same reason)."]
