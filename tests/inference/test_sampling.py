import arviz_stats
import numpy as np

import bayescale as bs
from bayescale.inference.fitting import fit
from bayescale.inference.sampling import Sampled, thin_out


def test_chains_that_mix_slowly_are_made_longer_and_thinned():
    """The floor of this sweep is hardly known, and so the chains wander: see `check`."""
    slow = fit(
        bs.datasets.load("sweep"), "outer_power", discrepancy=False, random_seed=2, draws=500
    )
    assert slow.attrs["thin"] == 4
    assert slow.posterior.sizes == {"chain": 4, "draw": 500}
    assert slow.posterior["draw"].to_numpy().tolist() == list(range(500))
    assert float(arviz_stats.ess(slow.posterior)["E"]) > 0.15 * 2000


def test_a_kept_draw_diverges_if_one_of_those_it_stands_for_does():
    points = np.arange(2 * 40.0).reshape(2, 40, 1)
    diverging = np.zeros((2, 40), bool)
    diverging[0, 5] = diverging[1, 39] = True
    thinned = thin_out(Sampled(points, {"diverging": diverging}, 0.9))
    assert thinned.points[0, :, 0].tolist() == list(range(3, 40, 4))
    assert np.argwhere(thinned.statistics["diverging"]).tolist() == [[0, 1], [1, 9]]
    assert thinned.thin == 4
