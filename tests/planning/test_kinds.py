"""Values of limits as they are typed."""

import pytest
from typer.testing import CliRunner

from bayescale.cli.app import build_app
from bayescale.compute.recorded import Recorded
from bayescale.planning.kinds import FLOPS, NUMBERS, RISK, RULE


@pytest.mark.parametrize(("text", "value"), [("70B", 7e10), ("1e24", 1e24), ("7_000", 7e3)])
def test_a_count_is_read_and_written_alike(text, value):
    assert FLOPS.read(text) == value
    assert FLOPS.read(FLOPS.write(value)) == value


@pytest.mark.parametrize("risk", ["mean", ("quantile", 0.9), ("cvar", 0.95)])
def test_a_risk_is_read_as_it_is_written(risk):
    assert RISK.read(RISK.write(risk)) == risk


def test_a_risk_of_the_users_own_has_no_text():
    assert RISK.write(max) is None


def test_inputs_given_apart_are_choices_of_each_and_those_together_stay_together():
    assert NUMBERS.gather([{"experts": 1.0}, {"experts": 8.0}]) == {"experts": [1.0, 8.0]}
    together = [{"weight_bits": 4.0, "cache_bits": 4.0}, {"weight_bits": 8.0, "cache_bits": 8.0}]
    assert NUMBERS.gather(together) == together


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--rule", "Transfomer"], "did you mean 'Transformer'"),
        (["--rule", "Transformer,vocabulary=32000"], "Transformer has no context"),
        (["--rule", "Transformer,6ND,vocabulary=1e4,context=2"], "has nothing within"),
        (["--rule", "Transformer,vocab=32000,context=2"], "did you mean 'vocabulary'"),
        (["--rule", "Transformer,vocabulary=1e4,context=2,tied=yes"], "must be True or False"),
        (["--rule", "Transformer,vocabulary=1.5,context=2"], "must be a whole number"),
        (["--hardware", "utilization=0.4"], "Hardware has no flops_per_second"),
        (["--hardware", "flops_per_second"], "unknown name 'flops_per_second'"),
        (["--pool", "tokens=1T,quality=2"], "must be above 0 and at most 1"),
        (["--input", "experts"], "write NAME=VALUE"),
        (["--input", "experts=many"], "is not a count"),
        (["--max-epochs", "often"], "is not a count"),
        (["--risk", "quantile:high"], "is not a count"),
    ],
)
def test_an_option_that_cannot_be_read_is_named(options, message):
    done = CliRunner().invoke(build_app(), ["allocate", "fit.nc", "--flops", "1e22", *options])
    assert done.exit_code == 2
    said = " ".join(done.stderr.replace("│", " ").split())
    assert options[0] in said
    assert message in said


def test_a_rule_learnt_from_runs_is_read_as_it_is_written():
    rule = Recorded(656.5983141413805, exponent=0.7775416392035486, base=6.0, largest=1.5e10)
    assert RULE.read(RULE.write(rule)) == rule
