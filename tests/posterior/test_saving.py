import json
import os
from dataclasses import replace

import pytest
import xarray as xr

import bayescale as bs
from tests.fits import fit_to, real_runs


def test_a_fit_comes_back_whole(fitted, tmp_path):
    fitted.save(tmp_path / "fit.nc")
    found = bs.load(tmp_path / "fit.nc")
    for name, group in fitted.tree.children.items():
        xr.testing.assert_equal(found.tree[name].to_dataset(), group.to_dataset())
    assert found.model == fitted.model
    assert found.attrs == fitted.attrs


def test_what_was_derived_is_kept_and_an_older_fit_says_nothing_of_it(tmp_path):
    fit = fit_to(replace(real_runs(), derived=("tokens",)))
    fit.save(tmp_path / "fit.nc")
    found = bs.load(tmp_path / "fit.nc")
    assert found.runs.derived == ("tokens",)
    assert "derived" in {note.code for note in found.notes}
    older = json.loads(fit.attrs["runs"])
    del older["derived"]
    _save_with(fit, tmp_path / "fit.nc", runs=json.dumps(older))
    assert bs.load(tmp_path / "fit.nc").runs.derived == ()


def test_no_other_file_stays(fitted, tmp_path):
    fitted.save(tmp_path / "fit.nc")
    assert [path.name for path in tmp_path.iterdir()] == ["fit.nc"]


def test_loading_does_without_pymc(fitted, tmp_path):
    import subprocess
    import sys

    fitted.save(tmp_path / "fit.nc")
    code = (
        "import sys, bayescale as bs; bs.load(sys.argv[1]); "
        "sys.exit('pymc' in sys.modules or 'pytensor' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "fit.nc")], check=False)
    assert done.returncode == 0


def test_a_file_of_another_version_says_so(fitted, tmp_path):
    _save_with(fitted, tmp_path / "fit.nc", bayescale_version="0.0.1")
    with pytest.warns(bs.BayescaleWarning, match=r"written by bayescale 0\.0\.1"):
        bs.load(tmp_path / "fit.nc")


def test_a_changed_formula_is_refused(fitted, tmp_path):
    _save_with(fitted, tmp_path / "fit.nc", formula="E + A/N**alpha_N", law_code="of then")
    with pytest.raises(bs.FitError, match="no longer belong to it; fit the runs again"):
        bs.load(tmp_path / "fit.nc")


def test_a_law_of_ones_own_must_be_given(fitted, tmp_path):
    _save_with(fitted, tmp_path / "fit.nc", law="mine")
    with pytest.raises(bs.FitError, match=r"law 'mine'.*load\(path, law="):
        bs.load(tmp_path / "fit.nc")
    assert bs.load(tmp_path / "fit.nc", law=fitted.model.law).model == fitted.model


@pytest.mark.parametrize("content", [b"", b"not a fit", b"\x89HDF\r\n\x1a\n" + b"\0" * 100])
def test_a_damaged_file(content, tmp_path):
    path = tmp_path / "fit.nc"
    path.write_bytes(content)
    with pytest.raises(bs.FitError, match=r"fit\.nc: not a readable fit.*fit the runs again"):
        bs.load(path)


def test_a_truncated_file(fitted, tmp_path):
    path = tmp_path / "fit.nc"
    fitted.save(path)
    path.write_bytes(path.read_bytes()[:50_000])
    with pytest.raises(bs.FitError, match="not a readable fit"):
        bs.load(path)


def test_a_netcdf_file_that_is_no_fit(tmp_path):
    xr.Dataset({"x": 1.0}).to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    with pytest.raises(bs.FitError, match="not a fit of bayescale"):
        bs.load(tmp_path / "other.nc")


def test_a_missing_file(tmp_path):
    with pytest.raises(bs.FitError, match="no such file"):
        bs.load(tmp_path / "fit.nc")


def test_a_folder_that_is_not_there(fitted, tmp_path):
    with pytest.raises(bs.FitError, match="there is no folder .*nowhere; make the folder"):
        fitted.save(tmp_path / "nowhere" / "fit.nc")


def test_a_failed_write_keeps_the_old_file(fitted, tmp_path, monkeypatch):
    path = tmp_path / "fit.nc"
    path.write_text("old")

    def fail(*_, **__):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(bs.FitError, match="No space left"):
        fitted.save(path)
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_attrs_hold_the_card_in_the_clear(fitted):
    card = json.loads(fitted.attrs["card"])
    assert card["priors"]["alpha_N"] == {
        "dist": "LogNormal",
        "args": {"median": 0.3, "sigma": 0.25},
        "unit": None,
    }


def _save_with(fitted, path, **attrs):
    tree = fitted.tree.copy()
    tree.attrs = {**tree.attrs, **attrs}
    bs.Fit(tree, fitted.model).save(path)
