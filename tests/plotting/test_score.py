import numpy as np

from bayescale.plotting import plot_score
from tests.plotting.figures import larger, points, scatters, texts


def test_a_score_shows_each_run_beside_its_interval():
    figure = plot_score(larger())
    (ax,) = figure.axes
    inside, outside = scatters(ax)
    assert (len(inside.get_offsets()), len(outside.get_offsets())) == (2, 1)
    assert {"2B on 300B", "4B on 300B"} <= set(texts(figure))


def test_of_many_scored_runs_the_furthest_are_drawn():
    score = larger(60)
    (ax,) = plot_score(score).axes
    assert points(ax) == 40
    furthest = score.table.loc[score.table["extrapolation"].nlargest(40).index]
    losses = np.concatenate([part.get_offsets()[:, 0] for part in scatters(ax)])
    assert sorted(losses) == sorted(furthest["loss"])
