"""Files of fits are what xarray writes and reads, only faster."""

import numpy as np
import pytest
import xarray as xr

from bayescale.posterior.netcdf import decode_tree, encode_tree
from tests.fits import synthetic_fit


@pytest.fixture(scope="module")
def odd():
    """A tree with everything that a fit may hold: texts, times, truth values, a bare dimension."""
    groups = {
        "/": xr.Dataset(attrs={"card": "ä" * 70_000, "seed": 3, "seconds": 0.5}),
        "/posterior": xr.Dataset(
            {
                "E": (("chain", "draw"), np.arange(6.0).reshape(2, 3)),
                "A_by_arch": (("chain", "draw", "arch"), np.ones((2, 3, 2)), {"units": "nats"}),
                "count": 4,
            },
            {"chain": [0, 1], "draw": [0, 1, 2], "arch": ["mamba", "ä b/c"]},
        ),
        "/sample_stats": xr.Dataset({"diverging": (("chain", "draw"), np.eye(2, 3, dtype=bool))}),
        "/constant_data": xr.Dataset(
            {
                "when": ("run", np.array(["2024-01-01", "2025-02-03"], "datetime64[ns]")),
                "label": ("run", np.array(["x", "y"], object)),
                "gap": ("run", [np.nan, 1.0]),
            },
            {"run": ["a", "b"]},
        ),
    }
    return xr.DataTree.from_dict(groups)


def test_a_tree_comes_back_as_it_was(odd):
    found = decode_tree(encode_tree(odd))
    assert found.identical(odd)
    assert {type(found.attrs[name]) for name in ("card",)} == {str}


def test_xarray_reads_what_was_written(odd, tmp_path):
    (tmp_path / "tree.nc").write_bytes(encode_tree(odd))
    with xr.open_datatree(tmp_path / "tree.nc", engine="h5netcdf") as found:
        assert found.identical(odd)


def test_what_xarray_wrote_is_read(tmp_path):
    tree = synthetic_fit(draws=30).tree
    tree.to_netcdf(tmp_path / "tree.nc", engine="h5netcdf")
    assert decode_tree((tmp_path / "tree.nc").read_bytes()).identical(tree)
