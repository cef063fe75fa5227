"""From a model put to runs to machine code."""

from typing import Any

from bayescale.inference.compiled.graphs import Graphs, log_priors, simplify
from bayescale.inference.compiled.keeping import Code
from bayescale.inference.compiled.machine import assemble
from bayescale.inference.compiled.module import Module
from bayescale.inference.coordinates import build_sampling_model
from bayescale.inference.graph import state
from bayescale.inference.modes import parameter_names, sampling_data
from bayescale.model.problem import Problem


def build_code(problem: Problem) -> Code:
    """Compile everything that a fit needs of a model, for all runs of as many groups.

    Functions of nutpie's form, all of one table of data: ``logp`` and ``copy``; ``prepare``, which
    fills columns of that table; ``parameters`` of the model at a point; ``rest``, the log density
    without the likelihood; ``start``, about which chains start; ``log_prior`` of parameters.

    Raises
    ------
    UnsupportedError
        If the graph of the model holds what is not written out as text.
    RuntimeError
        If LLVM cannot compile for this machine.
    """
    graphs, data = Graphs(build_sampling_model(problem)), sampling_data(problem)
    names = parameter_names(problem.model)
    module = Module(list(data))
    density = simplify(graphs.point, graphs.density())
    module.add_density(density.maker.fgraph)
    for name, outputs in (
        ("parameters", graphs.parameters(names)),
        ("rest", graphs.rest()),
        ("start", graphs.start()),
    ):
        module.add_expanding(name, simplify(graphs.point, outputs).maker.fgraph)
    pooled = problem.model.pooled
    sizes = {name: len(problem.levels[group]) for name, (_, group) in pooled.items()}
    priors = {**dict.fromkeys(problem.model.all_priors, 0), **sizes}
    point, outputs = log_priors(state(problem), list(priors), list(priors.values()))
    module.add_expanding("log_prior", simplify(point, outputs).maker.fgraph)
    about = {
        "dim": graphs.dim,
        "data": list(data),
        "columns": module.columns,
        "parameters": {name: _shape(graphs.pm_model[name]) for name in names},
        "log_prior": {name: [size] if size else [] for name, size in priors.items()},
        "formula": problem.model.law.formula,
    }
    return Code(about, assemble(str(module)))


def _shape(variable: Any) -> list[int]:
    return [int(size) for size in variable.type.shape]
