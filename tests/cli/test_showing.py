"""What a command says while it works, and when it is stopped."""

import os
import pty
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from bayescale import cli

COMMAND = Path(sys.executable).parent / "bayescale"


def in_a_terminal(*arguments, folder):
    """Run a command in a terminal; return what it wrote and when it wrote first, in seconds."""
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    started, first, written = time.perf_counter(), None, b""
    with subprocess.Popen(
        [COMMAND, *map(str, arguments)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=slave,
    ) as running:
        os.close(slave)
        with suppress(OSError):  # the terminal is closed when the command ends
            while select.select([master], [], [], 60)[0] and (part := os.read(master, 4096)):
                first = time.perf_counter() - started if first is None else first
                written += part
        running.wait()
    os.close(master)
    return written.decode(), first


def test_a_terminal_says_at_once_what_happens(prepared):
    written, first = in_a_terminal("check", "fit.nc", folder=prepared)
    assert written.startswith("check: starting")
    assert "reading fit.nc" in written
    assert "checking the fit" in written
    assert first < 1.0  # 0.05 on a machine that is not busy


def test_elsewhere_each_step_is_a_line(ask):
    status, out, err = ask("allocate", "fit.nc", "--flops", "1e23")
    assert status == 0
    assert [line for line in err.splitlines() if line.endswith("...")] == [
        "reading fit.nc ...",
        "planning ...",
    ]
    assert "..." not in out


def test_refits_are_counted(ask):
    few = ["--draws", 60, "--tune", 200, "--chains", 2, "--random-seed", 1]
    _, _, err = ask("compare", "simulated", "--model", "chinchilla", "--model", "power_law", *few)
    steps = [line.strip() for line in err.splitlines() if line.endswith("...")]
    assert steps[:4] == [
        "reading simulated ...",
        "loading the sampler ...",
        "compiling chinchilla ...",
        "sampling chinchilla ...",
    ]
    assert "refitting 2 models without the largest runs ..." in steps


@pytest.fixture
def stopped(monkeypatch):
    """Let Ctrl-C be pressed in a function."""

    def stop(name):
        def pressed(*_, **__):
            raise KeyboardInterrupt

        monkeypatch.setattr(name, pressed)

    return stop


def test_a_stopped_command_says_that_nothing_is_kept(ask, stopped):
    stopped("bayescale.planning.allocating.allocate")
    status, out, err = ask("allocate", "fit.nc", "--flops", "1e23")
    assert (status, out) == (130, "")
    assert err.splitlines()[-1] == "stopped while planning: nothing was kept"


def test_a_fit_that_was_saved_is_said_to_be_kept(ask, stopped):
    stopped("bayescale.evaluation.checking.check")
    few = ["--draws", 60, "--tune", 200, "--chains", 2, "--random-seed", 1]
    status, _, err = ask("fit", "simulated", "--out", "kept.nc", *few)
    assert status == 130
    assert err.splitlines()[-1] == "stopped while checking the fit: the fit is in kept.nc"
    assert Path("kept.nc").exists()


def test_what_sampling_had_when_it_was_stopped_is_no_fit(ask, monkeypatch):
    import nutpie

    class Sampler:
        cancelled = False

        def wait(self):
            raise KeyboardInterrupt

        def cancel(self):
            Sampler.cancelled = True

    monkeypatch.setattr(nutpie, "sample", lambda *_, **__: Sampler())
    status, _, err = ask("fit", "simulated", "--out", "none.nc", "--random-seed", 1)
    assert status == 130
    assert err.splitlines()[-1] == "stopped while sampling chinchilla: nothing was kept"
    assert Sampler.cancelled
    assert not Path("none.nc").exists()


def test_nothing_is_written_before_help_in_a_pipe(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bayescale", "fit", "--help"])
    with pytest.raises(SystemExit):
        cli.main()
    assert capsys.readouterr().err == ""
