from dataclasses import replace

import bayescale as bs
from tests.plotting.figures import texts


def test_each_form_is_drawn_at_each_cut_beside_the_plan_by_all_runs(back_tested):
    figure = back_tested.plot()
    sizes, errors, inside = figure.axes
    forms = back_tested.table.index.get_level_values("form").unique()
    for ax in (errors, inside):
        lines = [line for line in ax.lines if line.get_marker() == "o"]
        assert len(lines) == len(forms)
        dashed = [line for line in lines if line.get_linestyle() == "--"]
        assert len(dashed) == sum("without" in form for form in forms)
    best = float(back_tested.plan.committed["params"][0])
    assert any(set(line.get_ydata()) == {best} for line in sizes.lines)
    assert {"chinchilla", "kaplan", "mixture"} <= set(texts(figure))
    assert "simulated runs" in texts(figure)


def test_without_a_plan_there_are_no_sizes(back_tested):
    figure = bs.plot_backtest(replace(back_tested, plan=None))
    assert len(figure.axes) == 2
