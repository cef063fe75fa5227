"""A saved fit loads as it was saved or not at all; saving one fails whole or not at all."""

import os
import random
import re
import signal
import subprocess
import sys
import time

import h5py
import numpy as np
import pytest
import xarray as xr

import bayescale as bs
from tests.fits import constant_fit, synthetic_fit

ALTERED = "was altered or damaged after it was saved.*take a copy of it, or fit the runs again"


@pytest.fixture(scope="module")
def fit():
    return synthetic_fit(draws=30)


@pytest.fixture(scope="module")
def content(fit, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "fit.nc"
    fit.save(path)
    return path.read_bytes()


@pytest.fixture
def path(content, tmp_path):
    """The path of a saved fit."""
    (tmp_path / "fit.nc").write_bytes(content)
    return tmp_path / "fit.nc"


def undetected(content, path, damaged):
    """Return how many damaged copies load, and what the errors say."""
    loaded, said = 0, set()
    for copy in damaged:
        assert copy != content
        path.write_bytes(copy)
        try:
            bs.load(path)
            loaded += 1
        except bs.FitError as error:
            said.add(str(error).partition(": ")[2])
    return loaded, said


def flipped(content, count):
    choose = random.Random(1)
    for _ in range(count):
        at = choose.randrange(len(content))
        yield content[:at] + bytes([content[at] ^ 1 << choose.randrange(8)]) + content[at + 1 :]


def truncated(content, count):
    choose = random.Random(2)
    return (content[: choose.randrange(len(content))] for _ in range(count))


@pytest.mark.parametrize("count", [30, pytest.param(500, marks=pytest.mark.slow)])
def test_every_flipped_bit_is_found(content, tmp_path, count):
    loaded, said = undetected(content, tmp_path / "fit.nc", flipped(content, count))
    assert loaded == 0
    assert any(re.search(ALTERED, text) for text in said)


@pytest.mark.parametrize("count", [30, pytest.param(200, marks=pytest.mark.slow)])
def test_every_truncation_is_found(content, tmp_path, count):
    assert undetected(content, tmp_path / "fit.nc", truncated(content, count))[0] == 0


def test_every_bit_of_the_checksum_itself_counts(content, tmp_path):
    places = range(len(content) - 81, len(content), 8)
    ends = (content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :] for at in places)
    assert undetected(content, tmp_path / "fit.nc", ends)[0] == 0


@pytest.mark.parametrize("lost", [1, 40, 81])
def test_a_lost_checksum_is_found(content, path, lost):
    path.write_bytes(content[:-lost])
    with pytest.raises(bs.FitError, match=ALTERED):
        bs.load(path)


def test_a_number_changed_by_another_library_is_found(path):
    with h5py.File(path, "r+") as file:
        file["posterior/alpha_N"][...] = -file["posterior/alpha_N"][...]
    with pytest.raises(bs.FitError, match=ALTERED):
        bs.load(path)


def test_another_library_reads_the_file(fit, path):
    with xr.open_datatree(path, engine="h5netcdf") as tree:
        assert (tree["posterior"]["E"] == fit.posterior["E"]).all()


def test_saving_again_gives_the_same_bytes(path, content):
    bs.load(path).save(path)
    assert path.read_bytes() == content


def test_a_file_without_a_checksum_loads_and_says_so(fit, tmp_path):
    fit.tree.to_netcdf(tmp_path / "old.nc", engine="h5netcdf")
    with pytest.warns(bs.BayescaleWarning, match=r"no checksum.*write it again with fit\.save"):
        found = bs.load(tmp_path / "old.nc")
    assert found.attrs == fit.attrs
    found.save(tmp_path / "new.nc")
    bs.load(tmp_path / "new.nc")


def without(group):
    def take(tree):
        del tree[group]

    return take


def with_card(card):
    def put(tree):
        tree.attrs["card"] = card

    return put


@pytest.mark.parametrize(
    "spoil",
    [
        without("posterior"),
        without("constant_data"),
        with_card("{"),
        with_card("[]"),
        with_card('{"name": "x"}'),
        lambda tree: tree.attrs.update(card=7),
        lambda tree: tree.attrs.update(runs="{}"),
        lambda tree: tree.attrs.update(random_seed="none"),
        lambda tree: tree.attrs.pop("columns"),
    ],
)
def test_a_fit_that_lacks_a_part_is_refused_when_loaded(fit, tmp_path, spoil):
    tree = fit.tree.copy(deep=True)
    spoil(tree)
    bs.Fit(tree, fit.model).save(tmp_path / "fit.nc")
    with pytest.raises(bs.FitError, match="fit.nc: not a whole fit.*fit the runs again"):
        bs.load(tmp_path / "fit.nc")


def test_what_is_no_file_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(bs.FitError, match="is no file; give the file of a fit"):
            bs.load(path)


def test_a_path_that_cannot_be_written_is_refused_before_the_work(fit, tmp_path, monkeypatch):
    monkeypatch.setattr(xr.DataTree, "to_netcdf", None)
    with pytest.raises(bs.FitError, match="there is no folder .*nowhere; make the folder"):
        fit.save(tmp_path / "nowhere" / "fit.nc")


def test_two_processes_save_to_one_file_at_once(fit, tmp_path):
    path = tmp_path / "fit.nc"
    savers = [saving_in_a_loop(fit, path, rounds=4) for _ in range(2)]
    for saver in savers:
        saver.communicate(timeout=120)
    assert [saver.returncode for saver in savers] == [0, 0]
    bs.load(path)
    assert {item.name for item in tmp_path.iterdir()} == {"fit.nc", "given.nc"}


@pytest.mark.slow
def test_a_killed_saver_leaves_the_file_whole(fit, content, tmp_path):
    path, choose = tmp_path / "fit.nc", random.Random(3)
    path.write_bytes(content)
    for _ in range(20):
        with saving_in_a_loop(fit, path, rounds=10_000) as saver:
            saver.stdout.readline()
            time.sleep(choose.uniform(0, 0.4))
            saver.kill()
        assert saver.returncode == -signal.SIGKILL
        assert path.read_bytes() == content
    left = {item.name for item in tmp_path.iterdir()} - {"fit.nc", "given.nc"}
    print(f"left behind by 20 kills: {len(left)} temporary files")
    assert all(re.fullmatch(r"\.bayescale-[0-9a-f]{16}\.part", name) for name in left)


@pytest.mark.slow
def test_a_full_disk_is_one_sentence_and_keeps_the_old_file(fit, content, tmp_path):
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp_path]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small file system can only be mounted as root")
    try:
        path = tmp_path / "fit.nc"
        path.write_bytes(b"old")
        (tmp_path / "filler").write_bytes(bytes(2**20 - len(content) // 2))
        given = tmp_path.with_name("given.nc")
        fit.save(given)
        code = "import sys, bayescale as bs; bs.load(sys.argv[1]).save(sys.argv[2])"
        command = [sys.executable, "-c", code, given, path]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 1
        assert b"cannot write: No space left on device; give" in done.stderr.splitlines()[-1]
        assert path.read_bytes() == b"old"
        assert {item.name for item in tmp_path.iterdir()} == {"filler", "fit.nc"}
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def saving_in_a_loop(fit, path, rounds):
    """Start a process that saves a fit again and again, and says when it begins."""
    given = path.with_name("given.nc")
    fit.save(given)
    code = (
        "import sys, bayescale as bs; fit = bs.load(sys.argv[1]); print('begun', flush=True)\n"
        f"for _ in range({rounds}): fit.save(sys.argv[2])"
    )
    return subprocess.Popen([sys.executable, "-c", code, given, path], stdout=subprocess.PIPE)


ANSWERS = {
    "predict": lambda fit: bs.predict(fit, params=1e9, tokens=2e10),
    "allocate": lambda fit: bs.allocate(fit, flops=1e21),
    "reach": lambda fit: bs.reach(fit, target_loss=2.5),
    "returns": lambda fit: bs.returns(fit, least_gain=0.01, start=1e20),
    "score": lambda fit: bs.score(fit, fit.runs),
    "versus": lambda fit: bs.versus(fit, fit.runs),
}


@pytest.mark.parametrize("ask", ANSWERS.values(), ids=list(ANSWERS))
def test_few_draws_answer_nothing(ask):
    few = synthetic_fit(draws=24)
    with pytest.raises(bs.FitError, match="has 96 draws, an answer needs at least 100; fit the"):
        ask(few)


def test_the_check_of_few_draws_says_so():
    checks = bs.check(synthetic_fit(draws=2))
    assert not checks.ok
    assert "draws" in [note.code for note in checks.errors]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_draw_that_is_no_number_answers_nothing(value):
    fit = constant_fit("chinchilla", "besiroglu2024")
    tree = fit.tree.copy(deep=True)
    tree["posterior"]["alpha_N"][0, 3] = value
    with pytest.raises(bs.FitError, match="draws of alpha_N that are no numbers; fit again"):
        bs.predict(bs.Fit(tree, fit.model), params=1e9, tokens=2e10)
