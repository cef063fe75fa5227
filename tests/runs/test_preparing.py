import pandas as pd

from bayescale.runs.preparing import prepare


def test_what_was_given_wins_over_what_is_usual_and_what_is_guessed(table):
    export = table.rename(columns={"loss": "val_loss"}).assign(Name=list("abcd"), State="finished")
    export.loc[3, "State"] = "crashed"
    prepared = prepare(export, {"params": "params * 2"}, "a DataFrame")
    assert prepared.wanted["params"] == "params * 2"
    assert prepared.asked["where"] == "State == 'finished'"
    assert prepared.asked["loss"] == "val_loss"
    assert prepare(export, {"where": "params > 0"}, "")
    assert prepare(export, {"where": "params > 0"}, "").asked["where"] == "params > 0"


def test_the_last_row_of_each_curve_is_usual_unless_rows_are_chosen_otherwise():
    chart = pd.DataFrame(
        {"tokens": [1e9, 2e9]}
        | {f"a - loss{ending}": [4.0, 3.0] for ending in ("", "__MIN", "__MAX")}
        | {f"b - loss{ending}": [3.9, 2.9] for ending in ("", "__MIN", "__MAX")}
    )
    assert prepare(chart, {}, "").asked["last_of"] == "run"
    assert "last_of" not in prepare(chart, {"run": "run"}, "").asked


def test_a_plain_table_of_the_usual_names_needs_no_remark(table):
    prepared = prepare(table, {}, "a DataFrame")
    assert (prepared.remarks, prepared.doubts, prepared.asked) == ((), (), {})
