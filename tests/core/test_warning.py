import warnings

import bayescale as bs


def test_a_warning_names_the_line_that_called_bayescale(table):
    table["params"] /= 1e9
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        bs.load_runs(table, bad_rows="refuse")
    assert caught
    assert {warning.filename for warning in caught} == {__file__}
