import pandas as pd

from bayescale.forecasting.digests import describe_runs, run_digests
from tests.fits import synthetic_fit


def test_a_run_is_recognised_whatever_wrote_its_numbers():
    table = pd.DataFrame({"params": [7_000_000_000, 7.1e9], "loss": [2.345678, 2.345679]})
    again = pd.DataFrame({"params": [7.000000001e9], "loss": [2.3456780001]})
    first, second = run_digests(table, ["params", "loss"])
    assert run_digests(again, ["params", "loss"]) == [first]
    assert first != second


def test_runs_are_recognised_by_what_all_fits_know_of_them():
    fits = [synthetic_fit(), synthetic_fit("power_law")]
    found = describe_runs(fits, ["params", "tokens", "experts", "loss"])
    assert found["columns"] == ["params", "tokens", "loss"]
    assert len(found["digests"]) == len(set(found["digests"])) == 54
