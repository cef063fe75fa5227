import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

import bayescale as bs
from tests.fits import recorded_fit, synthetic_fit
from tests.pages import make


def test_budgets_without_a_plan_are_planned_for(tmp_path):
    fit = synthetic_fit()
    text = make(tmp_path, "headline", "scenarios", "reproduce", fit=fit, flops=[1e21, 1e22]).text
    assert "With 1e21 training FLOPs, train" in text
    assert "This plan, 1e21" in text
    assert "This plan, 1e22" in text
    assert "bayescale report fit.nc --flops 1e21 --flops 1e22 --to report.html" in text


def test_runs_that_were_held_out_are_among_the_lines(whole, missed):
    # A path of somebody's machine is nobody else's: the name of the file stands there.
    assert f"--held-out {missed.name}" in whole.page.text
    assert f'unseen = bs.load_runs("{missed.name}", simulated=True)' in whole.page.text
    assert str(missed.parent) not in whole.page.source
    assert "held_out=bs.score(fit, unseen)," in whole.page.text


def odd_table(path):
    """Write a sweep with columns of other names, checkpoints and an arm that went wrong."""
    runs = bs.datasets.load("simulated").table
    table = pd.DataFrame(
        {
            "size (M)": runs["params"] / 1e6,
            "seen": runs["tokens"],
            "ppl": 2.718281828459045 ** runs["loss"],
            "arm": "base",
        }
    )
    broken = table.iloc[:3].assign(ppl=1e3, arm="broken")
    pd.concat([table, broken]).to_csv(path, index=False)


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """A folder with an odd table, and the report of a plan made from it in a few draws."""
    folder = tmp_path_factory.mktemp("printed")
    odd_table(folder / "odd runs.csv")
    before = Path.cwd()
    os.chdir(folder)  # a path is printed as it was given
    try:
        runs = bs.load_runs(
            "odd runs.csv",
            params="`size (M)` * 1e6",
            tokens="seen",
            loss="log(ppl)",
            where="arm == 'base'",
        )
    finally:
        os.chdir(before)
    few = {"draws": 60, "tune": 200, "chains": 2, "priors": {"E": (1.6, 2.1)}}
    fit = bs.fit(runs, "chinchilla", random_seed=3, progressbar=False, **few)
    plan = bs.allocate(fit, flops=1e22, max_memory=8e9, bytes_per_param=4, unique_tokens=1e12)
    return folder, plan, make(folder, "headline", "reproduce", fit=fit, plan=plan)


def blocks(page):
    """Return the lines for the shell and for Python as a reader would copy them."""
    texts = re.findall(r"<pre[^>]*>\n(.*?)</pre>", page.source, re.DOTALL)
    return unescape(texts[0]), unescape(texts[1])


def committed(text):
    found = re.search(r"train (\S+) parameters on (\S+) tokens", text)
    return found.groups()


@pytest.mark.parametrize("language", ["shell", "python"])
def test_the_printed_lines_make_the_same_plan_in_a_fresh_process(printed, language):
    folder, plan, page = printed
    shell, python = blocks(page)
    (folder / "report.html").unlink(missing_ok=True)
    paths = [str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = os.environ | {"PATH": os.pathsep.join(paths), "CI": "true"}
    if language == "shell":
        # The check of so few draws fails, as it should; the report is written all the same.
        lines = [line for line in shell.splitlines() if "bayescale check" not in line]
        command = ["bash", "-e", "-c", "\n".join(lines)]
    else:
        few = python.replace(".raise_if_bad()", "")
        command = [sys.executable, "-c", few]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    text = re.sub(r"<[^>]+>|\s+", " ", (folder / "report.html").read_text(encoding="utf-8"))
    assert committed(re.sub(r" +", " ", text)) == committed(page.text)
    assert float(plan.committed["params"][0]) <= 2e9 * (1 + 1e-9)


def test_what_the_lines_cannot_say_is_named(tmp_path):
    runs = bs.datasets.load("simulated")
    fit = synthetic_fit()
    assert fit.runs.provenance.origin == runs.provenance.origin == "simulated"
    text = make(tmp_path, "reproduce", fit=fit, flops=1e22, risk=lambda x: x.mean(axis=-1)).text
    assert 'runs = bs.datasets.load("simulated")' in text
    assert "These lines leave out: risk" in text


def test_runs_of_recorded_flops_are_read_as_such_again(tmp_path):
    text = make(tmp_path, "reproduce", fit=recorded_fit(), flops=1e21).text
    assert "bayescale fit runs.csv --flops-rule recorded" in text
    assert 'bs.load_runs("runs.csv", flops_rule="recorded")' in text
    assert "flops-rule" not in make(tmp_path, "reproduce", fit=synthetic_fit(), flops=1e21).text


@pytest.mark.parametrize(
    ("discrepancy", "option", "argument"),
    [
        (None, "", ""),
        (True, " --discrepancy", ", discrepancy=True"),
        (False, " --no-discrepancy", ", discrepancy=False"),
    ],
)
def test_a_discrepancy_that_was_added_or_taken_away_is_among_the_lines(
    tmp_path, discrepancy, option, argument
):
    fit = synthetic_fit()
    tree = fit.tree.copy()
    tree.attrs = {**tree.attrs, "asked": json.dumps({"model": "m", "discrepancy": discrepancy})}
    text = make(tmp_path, "reproduce", fit=replace(fit, tree=tree), flops=1e21).text
    assert f"--random-seed 7{option} --out" in text
    assert f"random_seed=7{argument})" in text
