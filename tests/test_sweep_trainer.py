"""The script that trains a sweep: what it plans, and what it says when it cannot train."""

import csv
import random
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "examples" / "sweep" / "train.py"


def run(*arguments, folder):
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="needs PyTorch, an optional dependency")


def test_without_torch_it_says_so_in_one_sentence(tmp_path):
    (tmp_path / "torch.py").write_text("raise ImportError")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "fresh"],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "train.py needs PyTorch, which this Python lacks: pip install torch\n"


@pytest.mark.usefixtures("torch")
def test_a_text_that_is_too_small_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("little " * 1000)
    done = run("fresh", "--text", "mine.txt", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("the text is too small: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.usefixtures("torch")
def test_a_table_of_another_text_is_not_continued(tmp_path):
    for name in ("one.txt", "two.txt"):
        letters = random.Random(name).choices("abcdefgh", k=2_000_000)
        (tmp_path / name).write_text("".join(letters))
    arguments = ["--out", "runs.csv", "--max-flops", 2.81e10, "--part", 1, 12]
    first = run("fresh", "--text", "one.txt", *arguments, folder=tmp_path)
    assert first.returncode == 0, first.stderr
    rows = list(csv.DictReader((tmp_path / "runs.csv").open()))
    assert rows
    assert all(0 < float(row["loss"]) < 5.55 for row in rows)
    again = run("fresh", "--text", "one.txt", *arguments, folder=tmp_path)
    assert again.returncode == 0
    assert list(csv.DictReader((tmp_path / "runs.csv").open())) == rows
    other = run("fresh", "--text", "two.txt", *arguments, folder=tmp_path)
    assert other.returncode == 1
    assert "was made with text_sha256" in other.stderr
