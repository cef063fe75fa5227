import bayescale as bs
from bayescale.looking.wording import shorten_to
from tests.looking.test_look import SWEEP


def test_a_page_tells_quantities_other_columns_models_and_what_is_odd():
    text = str(bs.look(SWEEP))
    assert text.startswith("a DataFrame: 12 rows, 5 columns")
    assert "  params  10M to 1B " in text
    assert "2.0 decades" in text
    assert "by C = 6ND" in text
    assert "may group the runs (--group)" in text
    assert "  can be fitted: " in text
    assert "  lack experts: moe, moe_routed" in text
    assert "  warning: 12 rows share the inputs of another and differ in lr" in text
    assert "Taken by their names: loss from val_loss" in text
    assert max(map(len, text.splitlines())) <= 110


def test_what_must_be_said_first_stands_in_place_of_the_quantities():
    text = str(bs.look(SWEEP.assign(test_loss=2.0 + SWEEP["lr"])))
    assert "Taken so far\n  params    n_params" in text
    assert "To be said before a fit\n  loss may be val_loss or test_loss" in text
    assert "Models" not in text


def test_a_loss_in_bits_is_said():
    bits = SWEEP.rename(columns={"val_loss": "val_bpb"})
    assert "bits" in str(bs.look(bits, loss="val_bpb"))


def test_long_texts_are_cut():
    assert shorten_to("x" * 50, 10) == "x" * 7 + "..."
