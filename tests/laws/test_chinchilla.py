import pytest

from bayescale.compute.flops import tokens_for
from bayescale.model.catalogue import models


@pytest.mark.parametrize(
    ("published", "flops", "params", "tokens_per_param"),
    [
        ("besiroglu2024", 1e21, 2.778e9, 21.6),
        ("besiroglu2024", 5.76e23, 7.225e10, 18.4),
        ("besiroglu2024", 3.8e25, 6.187e11, 16.6),
        ("hoffmann2022", 1e21, 2.217e9, 33.9),
        ("hoffmann2022", 5.76e23, 4.036e10, 58.9),
        ("hoffmann2022", 3.8e25, 2.732e11, 84.8),
        ("hoffmann2022_rounded", 1e21, 1.824e9, 50.1),
        ("hoffmann2022_rounded", 5.76e23, 3.219e10, 92.7),
        ("hoffmann2022_rounded", 3.8e25, 2.135e11, 139),
    ],
)
def test_chinchilla_recommends_what_the_published_constants_imply(
    published, flops, params, tokens_per_param
):
    card = models()["chinchilla"]
    N, D = card.law.best_split(flops / 6, card.published[published].values)
    assert pytest.approx(params, rel=1e-3) == N
    assert tokens_per_param == pytest.approx(D / N, rel=5e-3)


@pytest.mark.parametrize(
    ("published", "flops", "loss"),
    [
        ("besiroglu2024", 1e21, 2.306),
        ("besiroglu2024", 5.76e23, 1.974),
        ("besiroglu2024", 3.8e25, 1.892),
        ("hoffmann2022", 1e21, 2.296),
        ("hoffmann2022", 5.76e23, 1.918),
        ("hoffmann2022", 3.8e25, 1.811),
    ],
)
def test_chinchilla_reaches_the_loss_the_published_constants_imply(published, flops, loss):
    card = models()["chinchilla"]
    values = card.published[published].values
    N, _ = card.law.best_split(flops / 6, values)
    assert card.law.loss(N, tokens_for(flops, N), **values) == pytest.approx(loss, abs=6e-4)
