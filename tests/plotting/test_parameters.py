import pytest

from bayescale.errors import ModelError
from bayescale.plotting import plot_parameters
from tests.fits import synthetic_fit


def test_each_parameter_has_a_panel_with_its_interval():
    fit = synthetic_fit()
    panels = [ax for ax in plot_parameters(fit).axes if ax.axison]
    assert len(panels) == len(fit.model.law.parameters)
    assert panels[0].get_title(loc="left") == "$E$"
    assert float(panels[0].get_xlabel().split()[0]) == pytest.approx(
        float(fit.posterior["E"].median()), abs=0.01
    )


def test_an_unknown_parameter_is_an_error():
    with pytest.raises(ModelError, match="alpha_M"):
        plot_parameters(synthetic_fit(), names=["alpha_M"])
