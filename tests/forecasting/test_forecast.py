import pandas as pd
import pytest

import bayescale as bs

COUNTS = pd.DataFrame({"params": [2e10], "tokens": [4e12]})


def by_hand(
    values=(1.9, 2.0, 2.1), levels=(0.05, 0.5, 0.95), question=COUNTS, origin="a colleague"
):
    return bs.Forecast(question, pd.DataFrame([values], columns=list(levels)), origin=origin)


def test_what_is_saved_is_what_is_loaded(foretold, on_record):
    again = bs.Forecast.load(on_record)
    assert again.digest == foretold.digest
    assert again.to_content() == foretold.to_content()
    assert str(again) == str(foretold)


def test_a_forecast_on_record_is_not_replaced(foretold, on_record):
    before = on_record.read_bytes()
    with pytest.raises(bs.FileError, match="a forecast on record is not replaced; give another"):
        foretold.save(on_record)
    assert on_record.read_bytes() == before


def test_a_forecast_that_no_fit_made_says_where_it_comes_from(tmp_path):
    by_hand().save(tmp_path / "one.json")
    again = bs.Forecast.load(tmp_path / "one.json")
    assert again.model == "a colleague"
    assert again.made_at is None
    assert again.summary().loc[0, ["median", "lower", "upper"]].tolist() == [2.0, 1.9, 2.1]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"levels": (0.05, 0.5, 0.9)}, "with 0.05, 0.5 and 0.95"),
        ({"levels": (0.1, 0.5, 0.9)}, "with 0.05, 0.5 and 0.95"),
        ({"levels": ("a", "b", "c")}, "must hold numbers"),
        ({"values": (2.1, 2.0, 1.9)}, "quantiles fall with their level"),
        ({"values": (1.9, 2.0, float("nan"))}, "no finite number"),
        ({"question": COUNTS.head(0)}, "give one of each for every run"),
        ({"origin": ""}, "say where a forecast comes from"),
    ],
)
def test_what_is_no_forecast_is_refused(given, words):
    with pytest.raises(bs.PlanError, match=words):
        by_hand(**given)


def test_an_interval_that_it_has_not_is_refused():
    with pytest.raises(bs.PlanError, match="has quantiles at 0.05, 0.5, 0.95; ask for an interval"):
        by_hand().summary(0.5)
