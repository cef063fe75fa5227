import numpy as np

from bayescale.laws import precision
from bayescale.model.catalogue import models

VALUES = models()["precision"].published["kumar2024"].values


def test_with_the_weights_alone_quantised_both_laws_agree():
    card = models()["precision_weights"]
    values = card.published["kumar2024"].values
    P_w = np.array([3, 4, 6, 8, 16])
    expected = precision.loss(1e9, 2e10, P_w, 64, 64, **VALUES)
    np.testing.assert_allclose(card.law.loss(1e9, 2e10, P_w, **values), expected, rtol=1e-9)
