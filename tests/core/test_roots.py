import subprocess
import sys

import numpy as np
import pytest

from bayescale.core.roots import find_root


def test_every_function_has_its_own_root():
    given = np.array([4.0, 9.0, 16.0])
    found = find_root(lambda x, square: x**2 - square, (np.zeros(3), given), (given,))
    assert found.success.all()
    assert found.x == pytest.approx([2.0, 3.0, 4.0])


def test_a_tolerance_is_kept():
    calls = []

    def function(x):
        calls.append(x)
        return x**3 - 2

    find_root(function, (0.0, 2.0), tolerances={"xatol": 0.1})
    coarse = len(calls)
    find_root(function, (0.0, 2.0))
    assert coarse < len(calls) - coarse


HEAVY = ("scipy.optimize", "scipy.stats", "scipy.signal", "scipy.ndimage")


def test_a_table_and_a_card_are_read_without_the_heavy_parts_of_scipy(simulated_runs, tmp_path):
    simulated_runs.table.to_csv(tmp_path / "runs.csv", index=False)
    code = (
        "import sys, bayescale as bs\n"
        "bs.load_runs('runs.csv'), bs.models()['chinchilla']\n"
        "print(*(name for name in sys.argv[1:] if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *HEAVY],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []
