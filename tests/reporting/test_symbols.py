from bayescale.reporting.symbols import find_symbols
from tests.fits import synthetic_fit


def test_symbols_are_explained_from_the_formula():
    model = synthetic_fit().model
    roles = {s.name: (s.role, s.column) for s in find_symbols(model, list(model.law.parameters))}
    assert roles == {
        "E": ("floor", ""),
        "A": ("term", "params"),
        "B": ("term", "tokens"),
        "alpha_N": ("exponent", "params"),
        "alpha_D": ("exponent", "tokens"),
    }
