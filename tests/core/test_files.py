import pytest

from bayescale.core.files import write_whole
from bayescale.errors import FitError


def test_a_file_takes_the_place_of_another_and_nothing_else_stays(tmp_path):
    path = tmp_path / "fit.nc"
    path.write_text("old")
    write_whole(path, lambda part: part.write_text("new"))
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_while_it_is_written_the_old_file_is_whole(tmp_path):
    path = tmp_path / "fit.nc"
    path.write_text("old")

    def write(part):
        part.write_text("new")
        assert path.read_text() == "old"

    write_whole(path, write)


def test_a_write_that_breaks_off_leaves_the_old_file_and_no_part(tmp_path):
    path = tmp_path / "fit.nc"
    path.write_text("old")

    def write(part):
        part.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(FitError, match=r"fit\.nc: cannot write: No space left.*give a path"):
        write_whole(path, write)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
