import numpy as np
import pytest

from bayescale.planning.allocating import allocate


def test_summary_keeps_the_two_answers_apart(fitted):
    plan = allocate(fitted, flops=[1e22, 1e23])
    table = plan.summary(ci_prob=0.5)
    assert list(table.columns) == ["committed", "median", "lower", "upper"]
    assert table.loc[(1e23, "params"), "committed"] == float(plan.committed["params"][1])
    low, high = np.quantile(plan.optimum["params"].isel(budget=1), [0.25, 0.75])
    assert table.loc[(1e23, "params"), ["lower", "upper"]].tolist() == pytest.approx([low, high])
