import pytest

from bayescale.laws import get_law
from bayescale.model.catalogue import models

CARD = models()["best_batch"]
PUBLISHED = CARD.published["li2025"].values


def test_the_published_batch_of_a_hundred_billion_tokens():
    # Li et al. 2025, eq. 1: 0.58 * (1e11)^0.571 tokens, whatever the size
    batch = get_law("best_batch").loss
    assert batch(1e9, 1e11, **PUBLISHED) == pytest.approx(1.11e6, rel=0.01)
    assert batch(1e9, 1e11, **PUBLISHED) == batch(1e8, 1e11, **PUBLISHED)


def test_it_is_fitted_to_the_best_rows_of_a_sweep():
    assert CARD.needs == ["params", "tokens", "best_batch"]
    assert CARD.observed == "log_best_batch"
