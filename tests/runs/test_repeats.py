import numpy as np
import pandas as pd
import pytest

from bayescale.runs.reading import load_runs
from bayescale.runs.repeats import find_repeats


def configurations(repeats=3, noise=0.004, **columns):
    rng = np.random.default_rng(5)
    params = np.repeat([1e8, 2e8, 4e8, 8e8, 1.6e9], repeats)
    tokens = 20 * params
    loss = 1.8 + 350 * params**-0.34 + 1500 * tokens**-0.36
    table = pd.DataFrame({"params": params, "tokens": tokens})
    for name, values in columns.items():
        table[name] = np.tile(values, len(table) // len(values))
    return table.assign(loss=loss * np.exp(noise * rng.standard_normal(len(table))))


def found(table, run=None):
    quantities = [name for name in ("params", "tokens") if name in table]
    kinds = find_repeats(table, table, quantities, run)
    return (kinds[0].kind, kinds[0].column) if kinds else None


def test_seeds_are_seeds():
    assert found(configurations(seed=[0, 1, 2])) == ("seeds", "seed")


def test_repeats_without_any_other_column_are_seeds_if_they_scatter_little():
    assert found(configurations()) == ("seeds", "")
    assert found(configurations(noise=0.1)) == ("unexplained", "")


def test_a_setting_that_moves_the_loss_is_a_sweep():
    table = configurations(lr=[1e-4, 1e-3, 1e-2], seed=[0, 1, 2])
    table["loss"] *= np.tile([1.2, 1.0, 1.1], 5)
    assert found(table) == ("sweep", "lr")


def test_a_text_that_moves_the_loss_is_a_family():
    table = configurations(arm=["base", "wide", "deep"])
    table["loss"] *= np.tile([1.0, 0.9, 1.05], 5)
    assert found(table) == ("families", "arm")


def test_an_outcome_is_no_setting():
    table = configurations(seed=[0, 1, 2], noise=0.02)
    assert found(table.assign(train_loss=table["loss"] * 0.99, seconds=np.arange(15.0))) == (
        "seeds",
        "seed",
    )


def curves(times, **columns):
    params = np.repeat([1e8, 2e8, 4e8], len(times))
    tokens = params * np.tile(times, 3)
    table = pd.DataFrame({"params": params, "tokens": tokens, **columns})
    return table.assign(loss=1.8 + 350 * params**-0.34 + 1500 * tokens**-0.36)


def test_evenly_spaced_tokens_of_one_size_are_checkpoints():
    assert found(curves([5, 10, 15, 20, 25])) == ("checkpoints", "params")


def test_a_design_of_several_lengths_is_none():
    assert found(curves([5, 10, 20, 40, 80], model=np.repeat(["s", "m", "l"], 5))) is None


def test_a_rate_that_falls_within_a_size_tells_checkpoints():
    rate = np.tile([1e-3, 8e-4, 4e-4, 1e-5], 3)
    assert found(curves([5, 10, 20, 40], lr=rate)) == ("checkpoints", "params")


@pytest.mark.parametrize(("decays", "word"), [(True, "worse than a finished"), (False, None)])
def test_a_constant_rate_leaves_no_bias(decays, word):
    from bayescale.runs.repeats import describe_repeats

    rate = np.tile([1e-3, 5e-4, 1e-4, 1e-5] if decays else [1e-3], 12)[:12]
    table = curves([5, 10, 20, 40], lr=rate, run_id=np.repeat(["a", "b", "c"], 4))
    (repeats,) = find_repeats(table, table, ["params", "tokens"], None)
    assert repeats.constant_rate is not decays
    assert (word or "a") in describe_repeats(repeats).sentence
    assert ("worse than a finished" in describe_repeats(repeats).sentence) is decays


def test_what_was_found_survives_being_written():
    from bayescale.runs.provenance import Provenance

    runs = load_runs(configurations(seed=[0, 1, 2]), where="params < 1e9")
    assert Provenance.from_dict(runs.provenance.to_dict()) == runs.provenance


def test_columns_without_a_name_tell_nothing():
    rows = [[1e8, 3.0, 1.0, 2.0], [1e8, 2.9, 2.0, 1.0]]
    table = pd.DataFrame(rows, columns=["tokens", "loss", "", ""])
    assert len(load_runs(table)) == 2
