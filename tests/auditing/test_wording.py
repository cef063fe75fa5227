from dataclasses import replace

from bayescale.auditing.wording import decided, foretold, summarize_backtest
from bayescale.core.text import human


def test_the_last_row_is_the_plan_by_all_runs(back_tested):
    last = decided(back_tested).iloc[-1]
    assert last.name == ("all runs", "mixture")
    assert last["params"] == human(float(back_tested.plan.committed["params"][0]))
    assert " to " in last["90% of the best size"]


def test_shares_are_percentages_and_weights_are_those_of_mixed_forms(back_tested):
    table = foretold(back_tested)
    assert table["in 90%"].str.endswith("%").all()
    plain = table.index.get_level_values("form").str.endswith("without discrepancy")
    assert table["weight"][plain].eq("").all()


def test_one_cut_and_one_form_are_said_as_such(back_tested):
    form = back_tested.table.xs("chinchilla", level="form", drop_level=False).iloc[:1]
    found = replace(back_tested, table=form, forms=("chinchilla",))
    text = summarize_backtest(found)
    cut = human(form.index[0][0])
    assert text.startswith(f"Asked at {cut} FLOPs, chinchilla would have recommended")
    assert "that plan would have wasted" in text
