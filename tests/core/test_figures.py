"""The figures of a noun, by tab."""

from inspect import signature

import pytest
from matplotlib.figure import Figure

import bayescale as bs
from bayescale.core.figures import kinds
from tests.fits import synthetic_fit

FIT = synthetic_fit()


def test_the_figures_of_a_fit_are_complete_by_tab():
    assert {"fit", "parameters", "prediction"} <= set(dir(FIT.plot))
    assert not {"runs", "plan", "score", "targets"} & set(dir(FIT.plot))
    assert {f"plot_{kind}" for kind in kinds()} == {n for n in bs.__all__ if n.startswith("plot_")}


def test_a_figure_knows_what_it_draws_and_what_it_takes():
    assert next(iter(signature(FIT.plot.parameters).parameters)) == "names"
    assert FIT.plot.parameters.__doc__ == bs.plot_parameters.__doc__
    assert isinstance(FIT.plot.parameters(names=["E"]), Figure)


def test_the_figure_of_its_own_name_is_called_for_short():
    assert isinstance(FIT.plot(), Figure)


def test_a_figure_that_is_none_is_named_with_those_that_are():
    with pytest.raises(AttributeError, match="no figure 'runs' of a fit; there are .*parameters"):
        FIT.plot.runs  # noqa: B018
    assert "parameters" in repr(FIT.plot)


def test_runs_and_scores_draw_themselves():
    assert isinstance(FIT.runs.plot(), Figure)
