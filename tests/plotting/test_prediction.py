import pytest

from bayescale.errors import PlanError
from bayescale.plotting import plot_prediction
from tests.fits import synthetic_fit
from tests.plotting.figures import points, texts


def test_prediction_shades_and_names_what_lies_beyond_the_runs():
    figure = plot_prediction(synthetic_fit(), targets=1e23)
    ax = figure.axes[0]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("training FLOPs (C)", "loss")
    assert ax.get_xlim()[1] > 1e23
    assert points(ax) == 54
    found = texts(figure)
    assert "beyond the runs →" in found
    assert any(text.startswith("10²³\n") for text in found)


def test_prediction_needs_one_curve(monkeypatch):
    fit = synthetic_fit()
    monkeypatch.setattr(type(fit.model), "columns", {"D": "tokens", "U": "unique_tokens"})
    with pytest.raises(PlanError, match="not one curve"):
        plot_prediction(fit)
