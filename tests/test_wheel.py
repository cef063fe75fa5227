"""Does an installed bayescale have all that it needs, away from its repository?"""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_every_file_that_is_not_code_is_in_the_wheel(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    package = (path for path in (ROOT / "bayescale").rglob("*") if path.is_file())
    files = {path.relative_to(ROOT).as_posix() for path in package if path.suffix != ".pyc"}
    cards = {f"bayescale/models/{path.name}" for path in (ROOT / "models").glob("*.toml")}
    assert files | cards <= inside


def test_no_test_is_in_the_wheel(wheel):
    top = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {"bayescale"}


@pytest.mark.slow
def test_the_demo_runs_from_an_installed_wheel(wheel, tmp_path):
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    lock = ["-r", str(ROOT / "requirements-dev.lock")]
    for arguments in (["--no-deps", *lock], ["--no-deps", str(wheel)]):
        subprocess.run([python, "-m", "pip", "install", "--quiet", *arguments], check=True)
    command = [tmp_path / "env" / "bin" / "bayescale", "demo", "--to", "demo"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "demo" / "report.html").stat().st_size > 50_000
