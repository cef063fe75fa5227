"""Many fits by name, in memory or in files."""

import pytest

import bayescale as bs
from tests.fits import synthetic_fit


@pytest.fixture
def fits(tmp_path):
    fit = synthetic_fit(draws=30)
    fit.save(tmp_path / "kept.nc")
    entries = {"here": fit, "kept": tmp_path / "kept.nc", "lost": bs.FitError("too few runs")}
    return bs.Fits(entries)


def test_a_fit_in_a_file_is_read_when_it_is_asked_for(fits):
    assert fits["kept"].posterior.equals(fits["here"].posterior)
    assert [name for name, _ in fits.finished] == ["here", "kept"]


def test_the_entry_of_a_fit_that_failed_is_its_error(fits):
    assert str(fits["lost"]) == "too few runs"
    assert list(fits.failed) == ["lost"]
    assert len(fits) == 3


def test_it_says_how_many_there_are_and_why_others_are_not(fits):
    assert repr(fits) == "2 fits\nlost failed: too few runs"
