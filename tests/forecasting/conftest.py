import pandas as pd
import pytest

import bayescale as bs
from tests.fits import synthetic_fit

BEYOND = pd.DataFrame({"params": [2e10, 4e10, 8e10], "tokens": 4e12})


@pytest.fixture(scope="session")
def foretold():
    """What a fit says of three larger runs."""
    return bs.forecast(synthetic_fit(), params=[2e10, 4e10, 8e10], tokens=4e12)


@pytest.fixture(scope="session")
def came_out():
    """The three runs."""
    return bs.simulate("chinchilla", BEYOND, values="besiroglu2024", noise=0.005, seed=4)


@pytest.fixture
def on_record(foretold, tmp_path):
    """The file of the forecast."""
    foretold.save(tmp_path / "larger.json")
    return tmp_path / "larger.json"
