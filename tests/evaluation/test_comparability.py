import numpy as np
import pandas as pd
import pytest

from bayescale.evaluation.comparability import doubt_intercept, doubt_losses, doubt_scales
from bayescale.runs.table import Runs

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


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1 / np.log(2), "bits instead of nats"),
        (np.log(2), "nats instead of bits"),
        (100, "percent"),
    ],
)
def test_a_factor_that_is_a_change_of_unit_is_named(factor, words):
    (note,) = doubt_losses(factor * PREDICTED, PREDICTED, "chinchilla")
    assert words in note.sentence


def test_a_factor_of_no_unit_is_not_named():
    (note,) = doubt_losses(2.3 * PREDICTED, PREDICTED, "chinchilla")
    assert "instead of" not in note.sentence


# A baseline whose loss falls by 0.1 for each factor of ten, at multiples of 1/1000 to 1000.
COMPUTE = np.linspace(18, 20, 6)
MULTIPLES = np.stack([4 - 0.1 * (COMPUTE + log_m) for log_m in np.linspace(-3, 3, 49)])
EXPECTED = MULTIPLES[24]


def test_a_factor_is_told_from_a_recipe():
    (note,) = doubt_intercept(1.12 * EXPECTED, MULTIPLES, 2.0, "compute")
    assert note.code == "comparable"
    assert "constant factor of 1.12" in note.sentence


def test_a_recipe_worth_ten_times_the_compute_is_one():
    assert list(doubt_intercept(EXPECTED - 0.1, MULTIPLES, 2.0, "compute")) == []


def test_runs_of_the_baseline_are_no_intercept():
    noise = 0.002 * np.random.default_rng(1).standard_normal(6)
    assert list(doubt_intercept(EXPECTED * np.exp(noise), MULTIPLES, 2.0, "compute")) == []


def of(**groups):
    table = pd.DataFrame({"params": [1e8, 1e9], "loss": [3.0, 2.8], **groups})
    return Runs(table, groups=tuple(groups))


def test_other_tokenizers_are_named():
    (note,) = doubt_scales(of(tokenizer="gpt2"), of(tokenizer=["llama", "qwen"]))
    assert "The new runs have tokenizer llama, qwen, the baseline gpt2" in note.sentence
    assert list(doubt_scales(of(tokenizer="gpt2"), of(tokenizer=["gpt2", "llama"]))) == []
    assert list(doubt_scales(of(arch="base"), of(arch="muon"))) == []
