import pandas as pd
import pytest

from bayescale.runs.extent import decades, find_narrow

WIDE = pd.DataFrame({"params": [1e7, 1e7, 1e9, 1e9], "tokens": [1e8, 1e10, 1e8, 1e10]})


def test_runs_that_vary_in_both_are_fine():
    assert list(find_narrow(WIDE, ["params", "tokens"])) == []
    assert decades(WIDE["params"]) == pytest.approx(2)


def test_sizes_that_go_with_tokens_are_said():
    codes = [n.code for n in find_narrow(WIDE.assign(tokens=20 * WIDE["params"]), list(WIDE))]
    assert codes == ["constant_ratio"]


def test_a_quantity_that_hardly_varies_is_said():
    (note,) = find_narrow(WIDE.assign(tokens=[1e9, 2e9, 1e9, 2e9]), ["params", "tokens"])
    assert note.sentence.startswith("tokens spans 0.30 decades")
