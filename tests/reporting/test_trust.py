import pytest

import bayescale as bs
from bayescale.core.note import Note
from bayescale.evaluation.checking import Checks
from bayescale.reporting.digits import Interval
from bayescale.reporting.question import Question
from bayescale.reporting.trust import trust_in
from tests.fits import synthetic_fit
from tests.pages import BAD, GOOD, make
from tests.plotting.figures import larger


def question(checks=GOOD, plan=None, held_out=None):
    return Question(
        interval=Interval(0.89, "eti"),
        plan=plan,
        comparison=None,
        held_out=held_out,
        checks=checks,
        targets=(),
    )


def warning(code, shift=0.0):
    return Note(code, "warning", f"{code} was found.", "Do something.", shift=shift)


def test_a_failed_check_is_red_whatever_else_is_well():
    trust = trust_in(question(Checks((*BAD.notes, warning("bends")))))
    assert trust.light == "red"
    assert trust.words == "Do not decide by this"
    assert trust.reasons[0].plain.finding == "The calculation did not work out"


def test_without_reservations_the_light_is_green_and_says_why():
    trust = trust_in(question())
    assert (trust.light, trust.more) == ("green", 0)
    assert [reason.plain.finding for reason in trust.reasons] == ["The calculation settled"]


def test_the_three_strongest_reasons_stand_and_the_rest_are_counted():
    weak = [warning(code) for code in ("bends", "heavy_tails", "neighbours", "few_decades")]
    checks = Checks((*weak, warning("few_rows", shift=2.0)))
    plan = bs.allocate(synthetic_fit(), flops=1e24)
    trust = trust_in(question(checks, plan))
    found = [reason.plain.finding for reason in trust.reasons]
    assert found[:2] == [
        "The plan lies far beyond anything that was trained",
        "A few runs decide the answer",
    ]
    assert len(found) == 3
    assert trust.more == 3
    assert trust.light == "amber"


def test_runs_kept_back_that_came_out_elsewhere_count_against_it():
    missed = larger()
    assert missed.coverage < 0.69
    trust = trust_in(question(held_out=missed))
    assert trust.light == "amber"
    assert "came out elsewhere" in trust.reasons[0].plain.finding


@pytest.mark.parametrize(("flops", "light"), [(1e21, "Green"), (1e24, "Amber")])
def test_the_first_screen_says_how_far_to_trust(tmp_path, flops, light):
    page = make(tmp_path, "headline", "trust", fit=synthetic_fit(), flops=flops)
    assert page.text.count(f"{light}: ") == 2
