import numpy as np

from bayescale.evaluation.comparability import doubt_losses

PREDICTED = np.array([3.0, 2.8, 2.6, 2.4, 2.2])


def test_losses_in_bits_are_doubted():
    (note,) = doubt_losses(PREDICTED / np.log(2), PREDICTED, "chinchilla")
    assert note.code == "comparable"
    assert "44% above what chinchilla predicts" in note.sentence


def test_a_recipe_that_is_a_little_better_is_not():
    assert list(doubt_losses(0.95 * PREDICTED, PREDICTED, "chinchilla")) == []


def test_large_misses_to_both_sides_are_another_matter():
    wild = PREDICTED * np.array([0.6, 1.6, 0.6, 1.6, 1.6])
    assert list(doubt_losses(wild, PREDICTED, "chinchilla")) == []
