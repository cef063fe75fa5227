import numpy as np
import pytest

from bayescale.planning.allocating import allocate
from bayescale.plotting import plot_plan
from tests.fits import synthetic_fit
from tests.plotting.figures import texts


def test_a_plan_shows_the_size_to_commit_to_and_the_flat_range():
    plan = allocate(synthetic_fit(), flops=1e22)
    figure = plot_plan(plan)
    found = texts(figure)
    assert figure.axes[0].get_xlabel() == "parameters (N) at 10²² FLOPs"
    assert any(text.startswith("committed: ") for text in found)
    assert any(text.startswith("costs at most 0.1% more loss: ") for text in found)
    assert "simulated runs" in found


def test_a_plan_whose_limit_binds_everywhere_can_be_drawn():
    plan = allocate(synthetic_fit(), flops=1e22, unique_tokens=1e9)
    assert any("1B tokens" in text for text in texts(plot_plan(plan)))


def test_several_budgets_are_drawn_against_compute_in_order():
    plan = allocate(synthetic_fit(), flops=[1e23, 1e21, 1e22])
    sizes, tokens = plot_plan(plan).axes
    assert sizes.get_ylabel() == "parameters (N)"
    assert (tokens.get_xlabel(), tokens.get_ylabel()) == (
        "training FLOPs (C)",
        "training tokens (D)",
    )
    drawn = sizes.lines[0].get_xydata()
    assert drawn[:, 0] == pytest.approx([1e21, 1e22, 1e23])
    assert drawn[:, 1] == pytest.approx(np.sort(plan.committed["params"].to_numpy()))
