"""Code that is kept is the user's own and whole, or it is not run."""

import os
import stat
import time

import pytest

import bayescale as bs
from bayescale.inference.compiled import keeping
from bayescale.inference.compiled.keeping import Code, drop_code, keep_code, read_code

CODE = Code({"dim": 3, "names": ["E"]}, b"\x7fELF\n\n\x00code")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    place = tmp_path / "compiled"
    monkeypatch.setenv(keeping.VARIABLE, str(place))
    return place


def only_file(folder):
    (path,) = folder.iterdir()
    return path


def test_code_comes_back_as_it_was_from_a_folder_of_the_user_alone(folder):
    keep_code("key", CODE)
    assert read_code("key") == CODE
    assert read_code("other") is None
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    drop_code("key")
    assert read_code("key") is None


def test_nothing_is_kept_where_the_user_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv(keeping.VARIABLE, "0")
    keep_code("key", CODE)
    assert read_code("key") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [lambda body: body[:-3], lambda body: body[:70] + b"x", bytes])
def test_a_damaged_file_is_not_run(folder, damage):
    keep_code("key", CODE)
    path = only_file(folder)
    path.write_bytes(damage(path.read_bytes()) if damage is not bytes else b"")
    assert read_code("key") is None
    keep_code("key", CODE)
    assert read_code("key") == CODE


@pytest.mark.skipif(os.name != "posix", reason="needs the file modes of POSIX")
def test_a_folder_that_others_can_write_is_refused_and_said(folder):
    keep_code("key", CODE)
    folder.chmod(0o777)
    with pytest.warns(bs.BayescaleWarning, match="others than you can write it.*chmod 700"):
        assert read_code("key") is None
    with pytest.warns(bs.BayescaleWarning, match="every process compiles its own"):
        keep_code("key", CODE)


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
def test_a_link_in_place_of_the_folder_is_refused(folder, tmp_path):
    keep_code("key", CODE)
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.warns(bs.BayescaleWarning, match="is a link"):
        assert read_code("key") is None


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
def test_a_link_in_place_of_a_file_is_not_followed(folder, tmp_path):
    keep_code("key", CODE)
    path = only_file(folder)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert read_code("key") is None


def test_a_folder_that_cannot_be_made_costs_speed_and_nothing_else(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(keeping.VARIABLE, str(tmp_path / "file" / "folder"))
    with pytest.warns(bs.BayescaleWarning, match=r"cannot be kept .* every process compiles"):
        keep_code("key", CODE)
    assert read_code("key") is None


def test_what_was_used_longest_ago_goes_first(folder, monkeypatch):
    for i, key in enumerate("abc"):
        keep_code(key, CODE)
        os.utime(folder / f"{key}.code", (i, i))
    assert read_code("a") == CODE  # used now
    monkeypatch.setattr(keeping, "MOST_BYTES", 3 * len(only_one(folder)))
    keep_code("d", CODE)
    assert {path.stem for path in folder.iterdir()} == {"a", "c", "d"}
    assert time.time() - (folder / "a.code").stat().st_mtime < 60


def only_one(folder):
    return next(folder.iterdir()).read_bytes()
