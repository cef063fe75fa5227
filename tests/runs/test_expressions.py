import numpy as np
import pandas as pd
import pytest

from bayescale.errors import RunsError
from bayescale.runs.expressions import condition, evaluate
from bayescale.runs.reading import load_runs


@pytest.fixture
def odd():
    return pd.DataFrame(
        {
            "perplexity": [20.0, 10.0, 5.0],
            "val loss": [3.0, 2.5, 2.0],
            "train/tokens": [1e9, 2e9, 4e9],
            "size": ["19.0 M", "1.5B", "8,192"],
            "arm": ["base ", "base", "wide"],
            "loss - floor": [1.0, 2.0, 3.0],
        }
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("log(perplexity)", np.log([20.0, 10.0, 5.0])),
        ("1 - perplexity / 100", [0.8, 0.9, 0.95]),
        ("-(`val loss` ** 2)", [-9.0, -6.25, -4.0]),
        ("train/tokens * 1e3", [1e12, 2e12, 4e12]),
        ("`train/tokens` / 1e9 + sqrt(4)", [3.0, 4.0, 6.0]),
        ("size * 2", [38e6, 3e9, 16384]),
        ("log2(8) + log10(1000) + exp(0) + 0 * perplexity", [7.0, 7.0, 7.0]),
        ("loss - floor", [1.0, 2.0, 3.0]),
    ],
)
def test_a_formula_gives_the_numbers_it_says(text, expected, odd):
    np.testing.assert_allclose(evaluate(text, odd, "loss").astype(float), expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arm == 'base'", [True, True, False]),
        ("arm != 'base' or perplexity > 15", [True, False, True]),
        ("not (perplexity <= 5) and `val loss` < 3", [False, True, False]),
        ("2 < `val loss` < 3", [False, True, False]),
        ("size == 8192", [False, False, True]),
    ],
)
def test_a_condition_holds_where_it_says(text, expected, odd):
    assert condition(text, odd, "where").tolist() == expected


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "perplexity.__class__",
        "perplexity[0]",
        "(lambda: 1)()",
        "[x for x in perplexity]",
        "log(perplexity, 2)",
        "sin(perplexity)",
        "perplexity ^ 2",
        "'text'",
        "True",
        "perplexity > 3",
        "-" * 900 + "perplexity",
        "perplexity + " * 200 + "1",
    ],
)
def test_what_is_no_formula_is_refused_with_what_is_allowed(text, odd):
    with pytest.raises(RunsError, match=r"loss='?.*give columns, numbers, \+ - "):
        evaluate(text, odd, "loss")


def test_powers_of_powers_end_at_once(odd):
    assert np.isinf(evaluate("9 ** 9 ** 9 ** 9", odd, "loss").astype(float)).all()


def test_a_name_in_a_formula_that_is_absent_suggests_the_nearest(odd):
    with pytest.raises(
        RunsError, match=r"loss='log\(perplexty\)': unknown column 'perplexty': did"
    ):
        evaluate("log(perplexty)", odd, "loss")


def test_a_name_that_needs_backticks_is_told_so(odd):
    with pytest.raises(RunsError, match="put the name in backticks: `train/tokens`"):
        evaluate("train/tokens / 2", odd, "tokens")


def test_a_cell_that_is_no_number_is_shown_as_it_is(odd):
    odd["size"] = ["19M", "unknown", None]
    found = evaluate("size * 2", odd, "params")
    assert found[1] == "unknown"
    assert pd.isna(found[2])


def test_a_formula_without_a_value_is_no_missing_cell(odd):
    assert evaluate("log(0 - perplexity)", odd, "loss").tolist() == ["undefined"] * 3


def test_a_condition_that_is_none_is_refused(odd):
    with pytest.raises(RunsError, match="where='perplexity': is no condition; give comparisons"):
        condition("perplexity", odd, "where")


def test_formulas_can_be_given_wherever_a_column_is_named(table):
    given = table.assign(ppl=np.exp(table.pop("loss")), n_experts=[1.0, 2.0, 4.0, 8.0])
    runs = load_runs(given, loss="log(ppl)", columns={"experts": "2 * n_experts"})
    np.testing.assert_allclose(runs.loss, [3.5, 3.3, 3.1, 2.9])
    assert runs.table["experts"].tolist() == [2.0, 4.0, 8.0, 16.0]
