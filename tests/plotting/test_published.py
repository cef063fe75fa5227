from dataclasses import replace

import pytest

from bayescale.errors import ModelError
from bayescale.plotting import plot_published
from tests.fits import synthetic_fit
from tests.plotting.figures import texts


@pytest.fixture(scope="module")
def figure():
    return plot_published(synthetic_fit())


def test_each_parameter_has_its_interval_and_every_published_value_inside_the_axes(figure):
    fit = synthetic_fit()
    panels = [ax for ax in figure.axes if ax.axison]
    assert len(panels) == len(fit.model.law.parameters)
    for ax in panels:
        bar, _, values = (line.get_xdata() for line in ax.lines)
        assert len(values) == len(fit.model.published)
        low, high = ax.get_xlim()
        assert low < min(*bar, *values) <= max(*bar, *values) < high
    assert {"this fit", *fit.model.published} <= set(texts(figure))


def test_published_costs_are_stated_at_the_reference_run(figure):
    fit = synthetic_fit()
    known = fit.model.published["besiroglu2024"].values
    panel = next(ax for ax in figure.axes if ax.get_title(loc="left") == "$A$")
    drawn = panel.lines[2].get_xdata()[list(fit.model.published).index("besiroglu2024")]
    assert drawn == pytest.approx(known["A"] * fit.reference["N"] ** -known["alpha_N"])


def test_a_card_that_knows_of_nothing_published_says_so():
    fit = synthetic_fit("power_law")
    bare = replace(fit, model=fit.model.model_copy(update={"published": {}}))
    with pytest.raises(ModelError, match="plot_parameters"):
        plot_published(bare)
