import pandas as pd
import pytest

import bayescale as bs
from bayescale.runs.columns import add_known, check_names, pick_columns

TABLE = pd.DataFrame(
    {"n_params": [1e8, 1e9], "d": [2e9, 2e10], "val_loss": [3.4, 2.8], "experts": [1, 8]}
)
WANTED = {"params": "n_params", "tokens": "d", "flops": None, "loss": "val_loss"}


def test_columns_are_picked_by_the_names_they_were_asked_by():
    cells = pick_columns(TABLE, WANTED, ".")
    assert list(cells) == ["params", "tokens", "loss"]
    assert cells["params"].tolist() == [1e8, 1e9]


def test_all_missing_columns_are_named_at_once():
    with pytest.raises(bs.RunsError, match=r"(?s)loss.*params, tokens or flops"):
        pick_columns(TABLE.drop(columns="experts"), dict.fromkeys(WANTED), ".")


def test_inputs_that_bear_their_usual_name_are_added():
    cells = add_known(pick_columns(TABLE, WANTED, "."), TABLE, [], ".")
    assert cells["experts"].tolist() == [1, 8]
    assert "experts" not in add_known(pick_columns(TABLE, WANTED, "."), TABLE, ["experts"], ".")


@pytest.mark.parametrize("slip", ["parmas", "token", "Params"])
def test_a_slip_of_a_quantity_is_refused(slip):
    with pytest.raises(bs.RunsError, match="did you mean"):
        check_names({slip: "x"})


def test_a_name_of_ones_own_is_fine():
    check_names({"share_code": "x", "depth": "layers"})
