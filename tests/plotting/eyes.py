"""How colours look to eyes that lack one kind of cone."""

import numpy as np
from matplotlib.colors import to_rgba

# Machado, Oliveira and Fernandes 2009, for eyes without red, green or blue cones.
BLIND = {
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def distance(one, other, kind):
    """Return how different two colours on white are to such eyes, in CIELAB; 2 can just be seen."""
    return float(np.linalg.norm(_lab(one, kind) - _lab(other, kind)))


def _lab(colour, kind):
    *rgb, alpha = to_rgba(colour)
    linear = (1 - alpha + alpha * np.array(rgb)) ** 2.2
    seen = np.clip(np.array(BLIND[kind]) @ linear, 0, 1)
    x, y, z = np.cbrt(_XYZ @ seen / [0.9505, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
