"""Trees as NetCDF, written and read by h5py: general libraries take ten times as long."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import xarray as xr

_DIM_ID, _NO_VALUES = "_Netcdf4Dimid", "This is a netCDF dimension but not a netCDF variable."
# What HDF5 and NetCDF keep with a variable for themselves.
_OWN = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Coordinates", _DIM_ID}
_OWN |= {"_NCProperties", "_nc3_strict"}
# Newer than the oldest format, in which no text may be longer than 64 KB.
_VERSIONS = ("v108", "v114")


def encode_tree(tree: xr.DataTree) -> bytes:
    """Return a tree as the bytes of a NetCDF file, which xarray and other libraries read.

    Parameters
    ----------
    tree : DataTree
        Of numbers, texts, times and truth values.
    """
    import h5py

    content = BytesIO()
    with h5py.File(content, "w", track_order=True, libver=_VERSIONS) as file:
        for node in tree.subtree:
            group = file if node.path == "/" else file.create_group(node.path, track_order=True)
            _write(group, node.to_dataset(inherit=False))
    return content.getvalue()


def decode_tree(content: bytes) -> xr.DataTree:
    """Return the tree of a NetCDF file, which need not be one of `encode_tree`.

    Parameters
    ----------
    content : bytes
        The whole file.
    """
    import h5py

    with h5py.File(BytesIO(content), "r") as file:
        groups = {name: _read(group) for name, group in _groups(file, "/")}
    return xr.DataTree.from_dict(groups)


def _write(group: Any, dataset: xr.Dataset) -> None:
    variables, attrs = xr.conventions.encode_dataset_coordinates(dataset)
    variables, attrs = xr.conventions.cf_encoder(variables, attrs)
    for name, value in attrs.items():
        group.attrs[name] = value
    scales: dict[Any, Any] = {}
    for number, (dim, size) in enumerate(dataset.sizes.items()):
        if dim in variables:
            scales[dim] = _create(group, dim, variables[dim])
            scales[dim].make_scale(dim)
        else:
            scales[dim] = group.create_dataset(dim, data=np.zeros(size, ">f4"))
            scales[dim].make_scale(f"{_NO_VALUES} {size:9d}")
        scales[dim].attrs[_DIM_ID] = np.int32(number)
    for name, variable in variables.items():
        if name not in scales:
            created = _create(group, name, variable)
            for axis, dim in enumerate(variable.dims):
                created.dims[axis].attach_scale(scales[dim])


def _create(group: Any, name: Any, variable: xr.Variable) -> Any:
    import h5py

    values, dtype = variable.to_numpy(), None
    if values.dtype.kind in "OU":
        values, dtype = values.astype(object), h5py.string_dtype()
    created = group.create_dataset(name, data=values, dtype=dtype)
    for key, value in variable.attrs.items():
        created.attrs[key] = value
    return created


def _groups(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    import h5py

    yield path, group
    for name, child in group.items():
        if isinstance(child, h5py.Group):
            yield from _groups(child, f"{path}{name}/")


def _read(group: Any) -> xr.Dataset:
    import h5py

    variables = {
        name: xr.Variable(_dims(name, found), _values(found), _attrs(found))
        for name, found in group.items()
        if isinstance(found, h5py.Dataset) and not _is_bare(found)
    }
    return xr.decode_cf(xr.Dataset(variables, attrs=_attrs(group))).load()


def _is_bare(found: Any) -> bool:
    """Whether a dataset stands for a dimension that has no values."""
    return bool(found.is_scale and found.attrs["NAME"].startswith(_NO_VALUES.encode()))


def _dims(name: str, found: Any) -> tuple[str, ...]:
    if found.is_scale:
        return (name,)
    return tuple(found.dims[axis][0].name.rpartition("/")[2] for axis in range(found.ndim))


def _values(found: Any) -> Any:
    import h5py

    return found.asstr()[()] if h5py.check_string_dtype(found.dtype) else found[()]


def _attrs(found: Any) -> dict[str, Any]:
    """Return attributes; NetCDF knows no difference between a number and an array of one."""
    kept = {name: value for name, value in found.attrs.items() if name not in _OWN}
    return {name: value[0] if np.shape(value) == (1,) else value for name, value in kept.items()}
