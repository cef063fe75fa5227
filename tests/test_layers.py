"""Do the rules of who may import what notice when one is broken?"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


@pytest.fixture
def copy(tmp_path):
    """A copy of the package, where modules may be spoilt."""
    shutil.copytree(ROOT / "bayescale", tmp_path / "bayescale")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder):
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_package_keeps_its_rules(copy):
    done = lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("module", ["posterior/fit", "planning/allocating", "reporting/writing"])
def test_pymc_anywhere_but_in_inference_breaks_a_rule(copy, module):
    path = copy / "bayescale" / f"{module}.py"
    path.write_text(path.read_text(encoding="utf-8") + "\nimport pymc\n", encoding="utf-8")
    done = lint(copy)
    assert done.returncode == 1
    assert "Only inference imports PyMC BROKEN" in done.stdout
    assert f"bayescale.{module.replace('/', '.')}" in done.stdout


def test_a_lower_layer_that_imports_a_higher_one_breaks_a_rule(copy):
    path = copy / "bayescale" / "core" / "text.py"
    path.write_text(path.read_text(encoding="utf-8") + "\nimport bayescale.planning.plan\n")
    done = lint(copy)
    assert done.returncode == 1
    assert "imports only what stands below it BROKEN" in done.stdout
