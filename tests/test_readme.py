"""Does the README say what happens?"""

import re
import shlex
import sys
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path

import pytest

import bayescale as bs
from bayescale.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

NAMES = {"params": "n_params", "tokens": "n_tokens", "loss": "val_loss"}
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:e\d+)?")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def commands():
    """Return the commands of the console blocks, each with the lines that are shown below it."""
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = part.rstrip().splitlines()
            yield command.partition("#")[0].strip(), shown


MADE = [command.split()[1] for command, _ in commands() if command.startswith("make ")]
CALLED = [(command, shown) for command, shown in commands() if command.startswith("bayescale ")]


def write(runs, folder):
    table = runs.table.drop(columns="flops").rename(columns=NAMES)
    table.to_csv(folder / "runs.csv", index=False)


@pytest.fixture(scope="module")
def public_runs():
    try:
        return bs.datasets.load("chinchilla")
    except bs.RunsError:
        return None


@pytest.fixture(scope="module")
def said(public_runs, tmp_path_factory):
    """What the commands say of the public runs, or of simulated ones where these are not there."""
    folder = tmp_path_factory.mktemp("readme")
    write(public_runs or bs.datasets.load("simulated"), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return [_output(patch, command) for command, _ in CALLED]


def _output(patch, command):
    patch.setattr(sys, "argv", shlex.split(command))
    with redirect_stdout(StringIO()) as out, pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code, command
    return out.getvalue().splitlines()


def shown_and_said(said):
    for (_, shown), lines in zip(CALLED, said, strict=True):
        yield [line for line in shown if line != "..."], lines


def test_the_commands_answer_in_the_lines_that_are_shown(said, public_runs):
    assert sum(len(shown) for shown, _ in shown_and_said(said)) >= 10
    for shown, lines in shown_and_said(said):
        # What limits a plan, and how surely, depends on the runs: that comes after six lines.
        same = len(shown) if public_runs is not None else 6
        labels = [line[:16].rstrip() for line in shown[:same]]
        assert [line[:16].rstrip() for line in lines[: len(labels)]] == labels


def test_the_numbers_are_those_of_the_public_runs(said, public_runs):
    if public_runs is None:
        pytest.skip("needs the table of the data set chinchilla: name its folder in BAYESCALE_DATA")
    for shown, lines in shown_and_said(said):
        for expected, line in zip(shown, lines, strict=False):
            assert NUMBER.sub("#", line) == NUMBER.sub("#", expected)
            found, stated = (
                [float(number.replace(",", "")) for number in NUMBER.findall(text)]
                for text in (line, expected)
            )
            # No seed is given, so the last digits differ from one time to the next.
            assert found == pytest.approx(stated, rel=0.25, abs=2e-4), expected


@pytest.mark.parametrize("code", blocks("python"), ids=lambda code: code.strip().splitlines()[0])
def test_the_python_runs(code, tmp_path, monkeypatch):
    runs = bs.datasets.load("simulated")
    write(runs, tmp_path)
    table = runs.table.assign(architecture=["dense", "mamba"] * (len(runs) // 2))
    grouped = bs.load_runs(table, groups=["architecture"], simulated=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bs, "fit", partial(bs.fit, random_seed=1, draws=50, chains=2))
    code = code.replace(", random_seed=1)", ")")
    names = {"bs": bs, "runs": grouped}
    exec(compile(code, "README.md", "exec"), names)
    assert isinstance(names["fit"], bs.Fit)
    if "bs.report(" in code:
        assert "epochs" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_every_link_and_picture_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("target", MADE)
def test_every_target_of_make_is_there(target):
    assert re.search(rf"^{target}:.*## ", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`bs\.([\w.]+)", README))))
def test_every_name_is_public(name):
    found = bs
    for part in name.split("."):
        found = getattr(found, part)
    assert callable(found)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`bayescale (\w+)[ `]", README))))
def test_every_command_is_there(name, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bayescale", name, "--help"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 0
    assert f"bayescale {name}" in capsys.readouterr().out
