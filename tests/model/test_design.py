import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.core.quantities import quantity_of
from bayescale.model.design import EPOCHS


def test_a_design_has_the_columns_of_the_law_and_covers_their_usual_range():
    table = bs.design("chinchilla", 64)
    assert len(table) == 64
    for column in ("params", "tokens"):
        low, high = quantity_of(column).span
        position = np.log(table[column] / low) / np.log(high / low)
        counts, _ = np.histogram(position, bins=8, range=(0.0, 1.0))
        assert counts.tolist() == [8] * 8
    np.testing.assert_allclose(table["flops"], 6 * table["params"] * table["tokens"])


def test_the_compute_of_a_run_follows_from_its_size_and_tokens():
    table = bs.design("isoflop", 32)
    low, high = quantity_of("tokens").span
    tokens = table["flops"] / (6 * table["params"])
    assert tokens.between(0.999 * low, 1.001 * high).all()


def test_unique_tokens_are_neither_more_than_tokens_nor_repeated_too_often():
    table = bs.design("data_constrained", 64)
    epochs = table["tokens"] / table["unique_tokens"]
    assert epochs.min() >= 1.0
    assert 5 < epochs.max() <= EPOCHS
    memorising = table["unique_tokens"] < 0.999 * table["params"].clip(upper=table["tokens"])
    assert not memorising.any()


def test_shares_of_a_mixture_add_up_to_one():
    table = bs.design("mixture", 16)
    shares = table.filter(like="share")
    assert shares.shape[1] > 1
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)


def test_the_seed_decides_the_design():
    pd.testing.assert_frame_equal(bs.design("chinchilla", seed=1), bs.design("chinchilla", seed=1))
    assert not bs.design("chinchilla", seed=1).equals(bs.design("chinchilla", seed=2))


def test_an_unknown_model_is_named():
    with pytest.raises(bs.ModelError, match="did you mean 'chinchilla'"):
        bs.design("chinchila")
