import pytest

from bayescale.laws import get_law
from bayescale.model.catalogue import models

CARD = models()["best_learning_rate"]
PUBLISHED = CARD.published["li2025"].values


def test_the_published_rate_of_a_billion_parameters_on_a_hundred_billion_tokens():
    # Li et al. 2025, eq. 1: 1.79 * (1e9)^-0.713 * (1e11)^0.307
    assert get_law("best_learning_rate").loss(1e9, 1e11, **PUBLISHED) == pytest.approx(
        1.6325e-3, rel=1e-4
    )


def test_it_is_fitted_to_the_best_rows_of_a_sweep():
    assert CARD.needs == ["params", "tokens", "best_learning_rate"]
    assert CARD.observed == "log_best_learning_rate"


def test_the_rate_falls_with_size_and_rises_with_tokens():
    rate = get_law("best_learning_rate").loss
    assert (
        rate(2e9, 1e11, **PUBLISHED) < rate(1e9, 1e11, **PUBLISHED) < rate(1e9, 2e11, **PUBLISHED)
    )
