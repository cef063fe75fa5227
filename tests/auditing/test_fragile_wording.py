from dataclasses import replace

from bayescale.auditing.fragile_wording import MOST_ROWS, changes, summarize_fragility, written


def test_the_first_row_is_the_fit(fragile):
    table = changes(fragile)
    assert table.index[0] == ("as fitted", "")
    assert table.iloc[0]["best size"] == written("best size", fragile.fitted["value"]["best size"])
    assert table["largest"][1:].astype(float).is_monotonic_decreasing


def test_where_nothing_moves_it_that_is_said(fragile):
    calm = replace(fragile, table=fragile.table.assign(shift=0.0))
    assert summarize_fragility(calm).endswith("FLOPs, and nothing that was tried moves it.")


def test_the_two_strongest_are_of_two_causes(fragile):
    text = summarize_fragility(fragile)
    named = [cause for cause in fragile.table["cause"].unique() if f"({cause})" in text]
    assert len(named) == 2


def test_weak_changes_are_counted(fragile):
    many = len(changes(fragile)) - 1 - MOST_ROWS
    assert (f"and {many} that move it less" in str(fragile)) == (many > 0)
