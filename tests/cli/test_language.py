"""The command line speaks of options: no keyword, call or value of Python is on the screen."""

import shlex

import numpy as np
import pandas as pd
import pytest

from tests.cli.idioms import python_in

# Questions that are refused or doubted, each for another reason.
QUESTIONS = """
allocate fit.nc
allocate fit.nc --flops 1e24 --gpu-hours 1M
allocate fit.nc --flops 1e24 --flops 1e24
allocate fit.nc --flops 5
allocate fit.nc --flops 1e24 --max-epochs 4
allocate fit.nc --flops 1e24 --max-epochs 0 --unique-tokens 1T
allocate fit.nc --flops 1e24 --unique-tokens 1T
allocate fit.nc --flops 1e24 --unique-tokens 1T --max-epochs 9
allocate fit.nc --flops 1e24 --unique-tokens 2000
allocate fit.nc --flops 1e24 --max-params 7000 --candidate 1e9
allocate fit.nc --flops 1e24 --candidate 7
allocate fit.nc --flops 1e24 --max-memory 1GB --candidate 7B
allocate fit.nc --flops 1e24 --max-memory 1
allocate fit.nc --flops 1e20 --inference-tokens 1e30
allocate fit.nc --flops 1e24 --serving flops_per_second=1e15,utilization=40%
allocate fit.nc --flops 1e24 --pool tokens=1T,quality=0.5 --unique-tokens 1T
allocate fit.nc --flops 1e24 --pool tokens=1T,quality=0.5
allocate fit.nc --flops 1e24 --input experts=8
allocate fit.nc --flops 1e24 --rule nothing
allocate fit.nc --flops 1e24 --risk quantile:2
allocate fit.nc --flops 1e24 --tolerance -1
allocate fit.nc --flops 1e24 --weights a=1
allocate fit.nc --flops 1e24 --ci-prob 3
allocate fit.nc --gpu-hours 1M
allocate fit.nc --dollars 1M
allocate fit.nc --dollars 1M --hardware flops_per_second=1e15,utilization=40%
allocate pooled.nc --flops 1e24
allocate pooled.nc --flops 1e24 --in-group arm=old
assume fit.nc chinchilla
assume fit.nc moe
check fit.nc
check pooled.nc
design chinchilla --runs 0
fit runs.csv --column params=n_params --column tokens=n_tokens --column los=val_loss
look runs.csv --column params=val_loss --column tokens=n_tokens --column loss=n_params
expect-end nothing checkpoints.csv --run run_id
expect-end 100M checkpoints.csv --run run_id
expect-end large checkpoints.csv
expect-end large checkpoints.csv --run run_id --total-tokens 1B
expect-end large checkpoints.csv --run run_id --at 2
expect-end large checkpoints.csv --run run_id --rate nothing
expect-end large runs.csv --run n_params
expect-end large checkpoints.csv --run run_id --fit pooled.nc
fit runs.csv --model moe
fit runs.csv --model nothing
fit runs.csv --pool nothing=arm
fit runs.csv --noise-with nothing
fit runs.csv --where 'n_params <'
fit runs.csv --where 'n_params < 5'
fit runs.csv --last-of nothing
fit runs.csv --prior nothing=1
fit nothing.csv
fit odd.csv
fit flops.csv
fit wide.csv
fit wide.csv --wide nothing
fit wide.csv --wide 'loss=*x'
forecast fit.nc --params 7B
forecast fit.nc --params 7B --tokens 1T --to larger.json
forms runs.csv --model chinchilla
look odd.csv
look ppl.csv
look flops.csv
look small.csv
look curves.csv
look runs.csv
look sweep.csv
look wide.csv
plot nothing fit.nc
plot outlook checkpoints.csv
plot record forecasts
plot fit fit.nc --to nothing/fit.png
predict fit.nc
predict fit.nc --params 7B
predict fit.nc --params 7B --tokens 1T --input unique_tokens=1T
predict fit.nc --params 7B --tokens 1T --input params=1T
predict fit.nc --params 7B --tokens 1T --input experts=2
predict fit.nc --params 7B --tokens 1T --loss 2
predict fit.nc --table sweep.csv --params 7B
predict pooled.nc --params 7B --tokens 1T
reach fit.nc --target-loss 1.0
reach fit.nc --target-loss -1
reach fit.nc --target-loss 2.2 --confidence 7
report fit.nc --to out.html --max-epochs 4
report fit.nc --to out.html --ci-prob 7
report pooled.nc --to out.html --flops 1e24
returns fit.nc --least-gain -1
returns fit.nc --least-gain 0.01 --start 1e22 --doublings 0
savings fit.nc arm --baseline base
savings pooled.nc arm --baseline old
schema nothing
score fit.nc runs.csv
score fit.nc nothing.csv
settle larger.json runs.csv
settle larger.json held_out.csv
settle larger.json held_out.csv --made-by other.nc
settle forecasts held_out.csv --made-by fit.nc
settle nothing.json held_out.csv
settle runs.csv held_out.csv
settle larger.json held_out.csv --tolerance 2
simulate chinchilla --table sweep.csv
simulate chinchilla --runs 4 --published nothing
tune runs.csv
tune sweep.csv --setting nothing
tune sweep.csv --by nothing
versus fit.nc nothing.csv
versus pooled.nc new_runs.csv
next-runs fit.nc --budget 1e21 --target 1e24
next-runs fit.nc --budget 1e24 --target 1e22
next-runs fit.nc --budget 1e10 --target 1e22
next-runs fit.nc --budget 1e18 --target 1e19 --candidates candidates.csv
next-runs fit.nc --budget 1e21 --target 1e24 --candidates sweep.csv
next-runs fit.nc --budget 1e21 --target 1e24 --candidates nothing.csv
next-runs fit.nc --budget 1e21 --target 1e24 --unique-tokens 2000
plot next fit.nc --flops 1e24
plot next fit.nc --budget 1e21
worth-of-data fit.nc --more-tokens -1 --flops 1e24 --unique-tokens 1T
""".strip().splitlines()


@pytest.fixture
def odd(ask):
    """Tables that are refused or doubted, beside those of the examples."""
    params = np.geomspace(1e7, 1e9, 12)
    loss = 1.7 + 400 * params**-0.34
    table = pd.DataFrame({"params": params, "tokens": 20 * params, "loss": loss})
    table.assign(loss=np.exp(loss)).rename(columns={"loss": "perplexity"}).to_csv("ppl.csv")
    table.assign(flops=6e3 * params).to_csv("flops.csv")
    (table / 1e6).assign(loss=loss).to_csv("small.csv")
    table.rename(columns={"params": "a", "tokens": "b", "loss": "c"}).to_csv("odd.csv")
    wide = {f"{name}b": loss + place for place, name in enumerate((1, 3, 7))}
    pd.DataFrame({"tokens": 20 * params, **wide}).to_csv("wide.csv")
    rows = [table.assign(tokens=20 * params * s, run_id=range(12), loss=loss / s) for s in (1, 2)]
    pd.concat(rows).to_csv("curves.csv")
    return ask


@pytest.mark.filterwarnings("always")
@pytest.mark.parametrize("question", QUESTIONS)
def test_errors_and_notes_are_no_python(question, odd):
    _, out, err = odd(*shlex.split(question))
    assert out + err
    assert not python_in(out + err)


def test_the_test_finds_python():
    assert python_in('price repeats: bs.assume(fit, "data_constrained")')
    assert python_in("max_epochs = 4 limits nothing")
    assert not python_in("--hardware flops_per_second=989e12 --column unique_tokens=seen")
