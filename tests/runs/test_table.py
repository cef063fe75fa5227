import pytest

from bayescale.compute.recorded import Recorded
from bayescale.runs.reading import load_runs


def test_the_loss_scale_is_the_low_end_of_the_losses(table):
    assert load_runs(table).loss_scale == pytest.approx(2.96)


def test_a_subset_keeps_the_rows_asked_for_and_all_that_is_known_of_them(table):
    table = table.assign(flops=1e18, arch="a")
    runs = load_runs(
        table.assign(loss=[-1.0, *table["loss"][1:]]),
        groups=["arch"],
        flops_rule="recorded",
        bad_rows="refuse",
        name="mine",
        simulated=True,
    )
    part = runs.subset(runs.loss < 3.2)
    assert list(part.table.index) == [2, 3]
    assert (part.source, part.groups, part.flops_rule, part.simulated) == (
        "mine",
        ("arch",),
        "recorded",
        True,
    )
    assert list(part.refused["row"]) == [0]


def test_runs_describe_themselves_in_a_sentence(table):
    assert str(load_runs(table, name="mine")) == (
        "4 runs from mine: params 100M to 800M, tokens 2B to 16B, flops 1.2e18 to 7.68e19, "
        "loss 2.9 to 3.5"
    )


def test_the_sentence_says_that_runs_are_simulated(table):
    assert "4 simulated runs" in str(load_runs(table, simulated=True))


def test_the_sentence_counts_the_refused_rows(table):
    runs = load_runs(table.assign(loss=[-1.0, *table["loss"][1:]]), bad_rows="refuse")
    assert str(runs).endswith(", 1 row refused")


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ("tokens", "training tokens were derived from FLOPs by 6ND"),
        ("params", "parameters were derived from FLOPs by 6ND"),
    ],
)
def test_runs_say_which_counts_were_derived_from_flops(table, column, sentence):
    flops = 6 * table["params"] * table["tokens"]
    runs = load_runs(table.assign(flops=flops).drop(columns=column), flops_rule="recorded")
    assert runs.derived == (column,)
    assert str(runs).endswith(f"; {sentence}")
    assert [note.sentence.lower() for note in runs.notes] == [f"{sentence}.".lower()]
    assert "derived" not in str(load_runs(table))


def test_what_was_derived_by_6nd_can_be_counted_as_other_runs_recorded_it(table):
    rule = Recorded(600.0, 0.75)
    runs = load_runs(table).counted_by(rule)
    each = runs.table["flops"] / runs.table["tokens"]
    assert each.to_numpy() == pytest.approx(rule.train(table["params"]))
    assert list(runs.table) == list(load_runs(table).table)
    given = load_runs(table.assign(flops=1e20), flops_rule="recorded")
    assert given.counted_by(rule) is given


def test_runs_without_sizes_say_nothing_of_what_a_token_cost(table):
    runs = load_runs(table[["tokens", "loss"]], flops_rule="recorded")
    assert runs.rule.name == "6ND"
