import os
import re
import socket
import stat
import subprocess
import threading

import pytest

import bayescale as bs
from bayescale.core.files import require_writable, write_whole


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))


def make_loop(path):
    path.symlink_to(path)


REFUSED = [
    ("a folder", lambda path: path.mkdir()),
    ("a pipe", os.mkfifo),
    ("a socket", make_socket),
    ("a link that leads to itself", make_loop),
    ("a device", lambda path: path.symlink_to("/dev/null")),
]


@pytest.mark.parametrize(("kind", "make"), REFUSED, ids=[kind for kind, _ in REFUSED])
def test_what_is_no_file_is_refused_and_stays(tmp_path, monkeypatch, kind, make):
    monkeypatch.chdir(tmp_path)  # a socket has a short path only
    path = tmp_path / "out"
    make(path.relative_to(tmp_path))
    before = path.lstat()
    for refuse in (require_writable, lambda path: write_whole(path, b"new")):
        with pytest.raises(bs.FileError, match=f"out: is {kind}, must be a file; give"):
            refuse(path)
    assert path.lstat() == before
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("device", ["/dev/null", "/dev/full"])
def test_a_device_is_refused(device):
    with pytest.raises(bs.FileError, match=f"{device}: is a device, must be a file"):
        write_whole(device, b"new")
    assert stat.S_ISCHR(os.stat(device).st_mode)  # noqa: PTH116


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("nowhere/out", "there is no folder .*nowhere; make the folder or choose another"),
        ("file/out", "cannot write: Not a directory; give a path"),
        ("n" * 300, "cannot write: File name too long; give a path"),
        ("a\0b", "cannot write: .*null.*; give a path"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(tmp_path, path, rule):
    (tmp_path / "file").touch()
    with pytest.raises(bs.FileError, match=rule):
        require_writable(tmp_path / path)
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("path", [None, 7.5])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(bs.FileError, match=f"{path}: cannot write"):
        require_writable(path)


def test_a_folder_without_write_permission_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path or not mode & os.W_OK)
    with pytest.raises(bs.FileError, match=rf"the folder {tmp_path} cannot be written; choose"):
        require_writable(tmp_path / "out")


def test_a_write_protected_file_is_refused(tmp_path, monkeypatch):
    (tmp_path / "out").write_text("old")
    monkeypatch.setattr(os, "access", lambda path, _: path == tmp_path)
    with pytest.raises(bs.FileError, match="out: is write-protected; choose another name"):
        write_whole(tmp_path / "out", b"new")
    assert (tmp_path / "out").read_text() == "old"


def test_an_immutable_folder_is_refused(tmp_path):
    if subprocess.run(["chattr", "+i", tmp_path], check=False, capture_output=True).returncode:
        pytest.skip("chattr +i needs root and a file system that knows it")
    try:
        with pytest.raises(bs.FileError, match="cannot be written; choose another"):
            require_writable(tmp_path / "out")
    finally:
        subprocess.run(["chattr", "-i", tmp_path], check=True)


@pytest.mark.parametrize("old", ["old", None], ids=["there", "dangling"])
def test_the_target_of_a_link_is_written_and_the_link_stays(tmp_path, old):
    target, link = tmp_path / "other" / "target", tmp_path / "link"
    target.parent.mkdir()
    if old:
        target.write_text(old)
    link.symlink_to(target)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert names(target.parent) == ["target"]


def test_a_link_into_a_folder_that_is_not_there_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nowhere" / "target")
    with pytest.raises(bs.FileError, match="there is no folder .*nowhere"):
        require_writable(tmp_path / "link")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_an_existing_file_keeps_its_mode(tmp_path, mode):
    path = tmp_path / "out"
    path.touch()
    path.chmod(mode)
    write_whole(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_bytes() == b"new"


def test_a_new_file_has_the_mode_of_any_other(tmp_path):
    (tmp_path / "usual").touch()
    write_whole(tmp_path / "out", b"new")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("failing", ["fsync", "replace", "chmod"])
def test_a_full_disk_keeps_the_old_file_and_leaves_nothing(tmp_path, monkeypatch, failing):
    path = tmp_path / "out"
    path.write_text("old")

    def fail(*_, **__):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(bs.FileError, match="out: cannot write: No space left on device; give"):
        write_whole(path, b"new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["out"]


def test_an_interrupt_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "out", b"new")
    assert names(tmp_path) == []


def test_writers_of_one_file_never_meet(tmp_path):
    contents = [bytes([letter]) * 300_000 for letter in b"abcd"]
    failures = []

    def write(content):
        try:
            for _ in range(20):
                write_whole(tmp_path / "out", content)
        except bs.FileError as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=[content]) for content in contents]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if (tmp_path / "out").exists():
            assert (tmp_path / "out").read_bytes() in contents
    assert not failures
    assert names(tmp_path) == ["out"]


def test_the_temporary_name_says_whose_it_is(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(os, "fsync", lambda _: seen.extend(names(tmp_path)))
    write_whole(tmp_path / "out", b"new")
    assert re.fullmatch(r"\.bayescale-[0-9a-f]{16}\.part", seen[0])
