import json

import pandas as pd
import xarray as xr

import bayescale as bs


def test_classic_coefficients_describe_the_same_surface(fitted):
    posterior, reference = fitted.posterior, fitted.reference
    law = fitted.model.law
    at_reference = law.loss(1e10 / reference["N"], 1e11 / reference["D"], **fitted.parameters)
    classic = {**fitted.parameters, "A": posterior["A_classic"], "B": posterior["B_classic"]}
    xr.testing.assert_allclose(at_reference, law.loss(1e10, 1e11, **classic))


def test_attrs_tell_how_the_fit_was_made(fitted):
    assert fitted.attrs["random_seed"] == 1
    assert fitted.attrs["bayescale_version"] == bs.__version__
    assert fitted.attrs["formula"] == fitted.model.law.formula
    assert fitted.attrs["sampling_seconds"] > 0
    assert json.loads(fitted.attrs["reference"])["N_ref"] == fitted.reference["N"]


def test_runs_come_back_as_they_were(fitted, simulated_runs):
    pd.testing.assert_frame_equal(
        fitted.runs.table, simulated_runs.table, check_names=False, check_index_type=False
    )
    assert fitted.runs.source == simulated_runs.source
