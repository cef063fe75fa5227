"""A card of a user's own, in a file."""

import pytest

GOOD_CARD = """
law = "power_law"
[inputs]
x = "flops"
[priors]
E = { dist = "Normal", mu = 0.75, sigma = 0.2, unit = "loss" }
A = { dist = "LogNormal", median = 0.4, sigma = 0.8 }
alpha_x = { dist = "LogNormal", median = 0.15, sigma = 0.6 }
"""


@pytest.fixture
def card_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD_CARD)
    return path
