import subprocess
import sys

import numpy as np

from bayescale.inference.compiling import compile_density
from bayescale.inference.nuts import STATISTICS, run_nuts
from bayescale.model.problem import Problem

SETTINGS = {"draws": 30, "tune": 100, "chains": 2, "progress_bar": False, "seed": 3}


def test_draws_and_statistics_come_chain_by_chain_without_the_warm_up(chinchilla, runs):
    problem = Problem.of(chinchilla, runs)
    density = compile_density(problem).put_to(problem)
    points, statistics = run_nuts(density.compiled, SETTINGS)
    assert points.shape == (2, 30, density.dim)
    assert set(statistics) == set(STATISTICS)
    assert {values.shape for values in statistics.values()} == {(2, 30)}
    values = [density.at(point)[0] for point in points.reshape(-1, density.dim)]
    np.testing.assert_array_equal(values, statistics["logp"].ravel())


def test_nutpie_is_imported_without_arviz_which_works_afterwards():
    code = (
        "import sys\nfrom bayescale.inference.nuts import nutpie\nmodule = nutpie()\n"
        "assert 'arviz' not in sys.modules\n"
        "import arviz\nassert module.sample.__module__ == 'nutpie.sample'\n"
        "assert sys.modules['nutpie.sample'].arviz.from_dict is arviz.from_dict"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
