"""Bayesian linear regression with few rows: a predictive that knows how little they tell."""

from dataclasses import dataclass

import numpy as np

from bayescale.core.quantities import FloatArray

_STEPS, _POINTS, _REACH, _UNFELT = 60, 4001, 6.0, 1e-6


@dataclass(frozen=True)
class Normals:
    """A mixture of normal distributions.

    Attributes
    ----------
    weights, means, sds : ndarray, shape (parts,)
        The weights sum to one.
    """

    weights: FloatArray
    means: FloatArray
    sds: FloatArray

    def quantile(self, probabilities: FloatArray) -> FloatArray:
        """Return quantiles, by inverting the distribution on a fine grid."""
        from scipy.special import ndtr

        # Parts of hardly any weight may be so wide that a grid for them tells little of the others.
        felt = self.weights > _UNFELT
        weights, means, sds = self.weights[felt], self.means[felt], self.sds[felt]
        low, high = (means - _REACH * sds).min(), (means + _REACH * sds).max()
        grid = np.linspace(low, high, _POINTS)
        below = weights @ ndtr((grid - means[:, None]) / sds[:, None]) / weights.sum()
        return np.interp(probabilities, below, grid)

    def draws(self, count: int) -> FloatArray:
        """Return evenly spaced quantiles, in increasing order."""
        return self.quantile((np.arange(count) + 0.5) / count)

    def log_density(self, values: FloatArray) -> FloatArray:
        """Return the logarithm of the density."""
        from scipy.special import logsumexp

        deviates = (values[..., None] - self.means) / self.sds
        with np.errstate(divide="ignore"):  # parts of no weight
            parts = np.log(self.weights) - np.log(self.sds) - 0.5 * deviates**2
        return np.asarray(logsumexp(parts, axis=-1) - 0.5 * np.log(2 * np.pi))

    def from_above(self, level: float) -> "Normals":
        """Return the distribution of a level minus what this is the distribution of."""
        return Normals(self.weights, level - self.means, self.sds)


@dataclass(frozen=True)
class Prior:
    """What is believed of slopes and scatter before any row is seen; the intercept is free.

    Attributes
    ----------
    slopes, spreads : ndarray, shape (columns,)
        Mean and standard deviation of each slope.
    scatter, log_spread : float
        Median and standard deviation of the logarithm of the residual standard deviation.
    """

    slopes: FloatArray
    spreads: FloatArray
    scatter: float
    log_spread: float


@dataclass(frozen=True)
class Regression:
    """A fitted line, seen from one place: its value and slopes there for each scatter.

    Attributes
    ----------
    weights : ndarray, shape (steps,)
        The posterior of the residual standard deviations ``sds``.
    sds : ndarray, shape (steps,)
        These.
    means : ndarray, shape (steps, 1 + columns)
        The value of the line at the place, and its slopes.
    covariances : ndarray, shape (steps, 1 + columns, 1 + columns)
        Their covariance.
    """

    weights: FloatArray
    sds: FloatArray
    means: FloatArray
    covariances: FloatArray

    def predictive(self) -> Normals:
        """Return the distribution of one new row at the place."""
        variance = self.covariances[:, 0, 0] + self.sds**2
        return Normals(self.weights, self.means[:, 0], np.sqrt(variance))

    def sample(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Draw a new row at the place, and the slopes there, shape (count, 1 + columns)."""
        chosen = rng.choice(len(self.weights), count, p=self.weights)
        roots = np.linalg.cholesky(self.covariances)[chosen]
        deviates = rng.standard_normal((count, roots.shape[-1]))
        found = self.means[chosen] + np.einsum("sij,sj->si", roots, deviates)
        found[:, 0] += self.sds[chosen] * rng.standard_normal(count)
        return np.asarray(found)


def regress(y: FloatArray, columns: FloatArray, at: FloatArray, prior: Prior) -> Regression:
    """Regress y on columns, and look at the line from one place.

    For each residual standard deviation on a grid the posterior is normal; the grid is weighed by
    the marginal likelihood and the prior.

    Parameters
    ----------
    y : ndarray, shape (rows,)
        What is explained.
    columns : ndarray, shape (rows, columns)
        What explains it.
    at : ndarray, shape (columns,)
        The place.
    prior : Prior
        What is believed of slopes and scatter.

    References
    ----------
    Gelman et al. 2013, Bayesian Data Analysis, chapter 14.
    """
    steps = np.linspace(-3.5, 3.5, _STEPS) * prior.log_spread
    sds = prior.scatter * np.exp(steps)
    design = np.column_stack([np.ones(len(y)), columns - at])
    precision = np.diag([0.0, *(prior.spreads**-2)])
    around = y - (columns - at) @ prior.slopes
    posterior = design.T @ design / sds[:, None, None] ** 2 + precision
    covariances = np.linalg.inv(posterior)
    means = np.einsum("sij,j,s->si", covariances, design.T @ around, sds**-2)
    residuals = around - means @ design.T
    _, log_volume = np.linalg.slogdet(covariances)
    evidence = (
        -len(y) * np.log(sds)
        - 0.5 * (residuals**2).sum(-1) / sds**2
        - 0.5 * np.einsum("si,ij,sj->s", means, precision, means)
        + 0.5 * log_volume
        - 0.5 * (steps / prior.log_spread) ** 2
    )
    weights = np.exp(evidence - evidence.max())
    return Regression(
        weights / weights.sum(), sds, means + np.array([0.0, *prior.slopes]), covariances
    )
