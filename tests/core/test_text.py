import numpy as np
import pytest

from bayescale.compute.batch import critical_batch, min_flops, min_steps
from bayescale.compute.flops import params_for, tokens_for, train_flops
from bayescale.core.quantities import QUANTITIES
from bayescale.core.text import human, parse_quantity
from bayescale.errors import BayescaleError
from bayescale.model.problem import reference_point


@pytest.mark.parametrize(
    ("symbol", "column"),
    [("N", "params"), ("D", "tokens"), ("C", "flops"), ("U", "unique_tokens")],
)
def test_each_letter_stands_for_one_column(symbol, column):
    assert QUANTITIES[symbol].column == column


def test_training_flops_are_six_per_parameter_and_token():
    assert train_flops(70e9, 1.4e12) == pytest.approx(5.88e23)


def test_training_flops_of_integers_do_not_overflow():
    params = np.array([70_000_000_000], dtype=np.int64)
    tokens = np.array([1_400_000_000_000], dtype=np.int64)
    assert train_flops(params, tokens) == pytest.approx([5.88e23])


def test_params_and_tokens_spend_exactly_the_budget():
    params, tokens = np.array([1e8, 7e9]), np.array([2e9, 1.4e11])
    flops = train_flops(params, tokens)
    np.testing.assert_allclose(params_for(flops, tokens), params)
    np.testing.assert_allclose(tokens_for(flops, params), tokens)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.4e8] * 5, 3e8),
        ([9.7e8] * 5, 1e9),
        ([0.0123], 0.01),
        ([1000.0], 1000.0),
        (np.arange(1.0, 102.0), 10.0),
    ],
)
def test_reference_point_is_the_low_end_with_one_significant_digit(values, expected):
    assert reference_point(values) == expected


def test_reference_point_ignores_one_tiny_run():
    assert reference_point([1e3, *[5e8] * 20]) == 5e8


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7e10, "70B"),
        (1.4e12, "1.4T"),
        (1e24, "1e24"),
        (1.234e9, "1.23B"),
        (1e15, "1e15"),
        (999e12, "999T"),
        (999_950, "1M"),
        (999.6, "1K"),
        (512, "512"),
        (0.5, "0.5"),
        (0, "0"),
        (-7e10, "-70B"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_counts_are_written_for_people(value, text):
    assert human(value) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (123_456, 2, "120K"),
        (70e9, 1, "70B"),
        (50, 1, "50"),
        (1.23456e9, 5, "1.2346B"),
        (1.26e24, 2, "1.3e24"),
    ],
)
def test_counts_are_rounded_to_the_digits_asked_for(value, digits, text):
    assert human(value, digits=digits) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("70B", 70e9),
        ("1.4T", 1.4e12),
        ("1.4 T", 1.4e12),
        ("5e2m", 5e8),
        ("10k", 1e4),
        ("1e24", 1e24),
        ("7_000_000", 7e6),
        (" 12 ", 12.0),
    ],
)
def test_counts_are_read_as_people_write_them(text, value):
    assert parse_quantity(text) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("value", [1.0, 7e10, 1.4e12, 3e14, 1e24])
def test_what_is_written_can_be_read_back(value):
    assert parse_quantity(human(value)) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("text", ["", "B", "seventy", "70 GB", "7e", "1.2.3", "nan", "inf"])
def test_what_is_not_a_count_is_refused_with_an_example(text):
    with pytest.raises(
        BayescaleError, match="is not a count: write a number such as 1e24"
    ) as error:
        parse_quantity(text)
    assert repr(text) in str(error.value)


def test_the_critical_batch_doubles_for_every_13_percent_less_loss():
    assert critical_batch(1.0) == pytest.approx(2.1e8)
    assert critical_batch(0.87 * 3.0) / critical_batch(3.0) == pytest.approx(2.0, abs=0.1)


def test_training_at_the_critical_batch_takes_twice_the_fewest_steps_and_twice_the_least_flops():
    losses = np.array([2.5, 3.0, 4.0])
    batch = critical_batch(losses)
    np.testing.assert_allclose(min_steps(1e5, batch, losses), 5e4)
    np.testing.assert_allclose(min_flops(1e20, batch, losses), 5e19)


@pytest.mark.parametrize("batch", [1e3, 5e5, 2e6, 1e9])
def test_steps_and_tokens_trade_off_along_a_hyperbola(batch):
    steps, loss = 2e5, 3.0
    fewest = min_steps(steps, batch, loss)
    least_tokens = fewest * critical_batch(loss)
    assert (steps / fewest - 1) * (steps * batch / least_tokens - 1) == pytest.approx(1.0)
    flops = train_flops(1e8, steps * batch)
    assert min_flops(flops, batch, loss) == pytest.approx(train_flops(1e8, least_tokens))


def test_a_huge_batch_takes_the_fewest_steps_and_a_tiny_one_the_least_flops():
    assert min_steps(1e4, 1e15, 3.0) == pytest.approx(1e4)
    assert min_flops(1e20, 1.0, 3.0) == pytest.approx(1e20, rel=1e-5)


def test_the_steps_of_another_batch_follow_from_the_fewest():
    fewest = min_steps(1e5, 5e5, 3.0)
    other = fewest * (1 + critical_batch(3.0) / 2e6)
    assert min_steps(other, 2e6, 3.0) == pytest.approx(fewest)
