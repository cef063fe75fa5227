import numpy as np
import pytest
import sympy
import xarray as xr

from bayescale import ops
from bayescale.errors import ModelError
from bayescale.laws import get_law
from bayescale.laws.law import Law


def one_term(N, *, E, A, alpha_N):
    return E + A * N**-alpha_N


def two_terms(N, D, *, E, A, B):
    return E + A / N + B / D


def test_positional_arguments_are_the_inputs_in_order():
    assert Law(two_terms).inputs == ("N", "D")


def test_keyword_only_arguments_are_the_parameters_in_order():
    assert Law(two_terms).parameters == ("E", "A", "B")


def test_a_law_is_called_after_its_function():
    assert Law(one_term).name == "one_term"


def test_a_given_name_replaces_that_of_the_function():
    assert Law(one_term, "mine").name == "mine"


def with_unknown_input(Z, *, E):
    return E + Z


def without_star(N, E):
    return E + N


def without_inputs(*, E):
    return E


def without_parameters(N):
    return 1 / N


def with_open_inputs(*N, E):
    return E + N


def with_open_parameters(N, *, E, **rest):
    return E + N + len(rest)


def with_positional_only(N, /, D, *, E):
    return E + N + D


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (with_unknown_input, ["'Z'", "N, D, C, U", "x, h_1, h_2"]),
        (without_star, ["'E'", "after '*'"]),
        (without_inputs, ["at least one input"]),
        (without_parameters, ["one parameter"]),
        (with_open_inputs, ["*N", "open-ended"]),
        (with_open_parameters, ["**rest", "open-ended"]),
        (with_positional_only, ["'/'", "'N'"]),
    ],
)
def test_a_function_of_another_form_is_refused(function, words):
    with pytest.raises(ModelError) as error:
        Law(function)
    for word in [repr(function.__name__), *words]:
        assert word in str(error.value)


@pytest.mark.parametrize("name", ["alpha", "chain", "draw", "sample", "loss", "run"])
def test_names_that_arviz_needs_are_refused_as_parameters(name):
    namespace = {}
    exec(f"def mine(N, *, {name}): return {name} / N", namespace)
    with pytest.raises(ModelError, match=f"'{name}' is a reserved name.*{name}_N"):
        Law(namespace["mine"])


def test_a_term_that_is_no_parameter_is_refused():
    with pytest.raises(ModelError, match="term 'B' is not among its parameters"):
        Law(one_term, terms=("E", "B"))


@pytest.mark.parametrize("role", ["optimum", "derived"])
def test_a_function_that_asks_for_an_unknown_parameter_is_refused(role):
    def asking(ND, *, Q):
        return ND, Q

    with pytest.raises(ModelError, match=r"asking asks for 'Q'.*E, A, B"):
        Law(two_terms, **{role: asking})


def test_best_split_gives_the_optimum_only_what_it_names():
    def optimum(ND, *, A, B):
        return (ND * A / B) ** 0.5, (ND * B / A) ** 0.5

    law = Law(two_terms, optimum=optimum)
    assert law.best_split(100.0, {"E": 1.0, "A": 4.0, "B": 1.0}) == (20.0, 5.0)


def test_derive_gives_the_function_only_what_it_names():
    def derived(N, *, A):
        return {"A_twice": 2 * A * N}

    law = Law(one_term, derived=derived)
    assert law.derive([10.0], {"E": 1.0, "A": 3.0, "alpha_N": 0.5}) == {"A_twice": 60.0}


def test_a_law_without_derived_quantities_derives_nothing():
    assert Law(one_term).derive([10.0], {"E": 1.0, "A": 3.0, "alpha_N": 0.5}) == {}


def test_the_symbolic_loss_has_exactly_the_inputs_and_parameters():
    names = {symbol.name for symbol in Law(one_term).symbolic().free_symbols}
    assert names == {"N", "E", "A", "alpha_N"}


def test_the_formula_does_not_depend_on_the_name():
    assert Law(one_term, "a").formula == Law(one_term, "b").formula


def test_the_formula_changes_with_the_mathematics():
    def steeper(N, *, E, A, alpha_N):
        return E + 2 * A * N**-alpha_N

    assert Law(steeper).formula != Law(one_term).formula


def test_the_equation_divides_inputs_by_their_reference():
    equation = Law(one_term).equation()
    E, A, alpha, N, N_0 = sympy.symbols("E A alpha_N N N_0", positive=True)
    assert equation.lhs == sympy.Symbol("L")
    assert sympy.simplify(equation.rhs.doit() - (E + A * (N / N_0) ** -alpha)) == 0


def test_the_equation_allows_functions_beyond_arithmetic():
    def saturating(D, U, *, E, B, R):
        return E + B / (ops.minimum(D, U) * (1 - ops.exp(-ops.maximum(D / U, 1) / R)))

    text = sympy.latex(Law(saturating).equation())
    for part in (r"\min", r"\max", "e^", "R"):
        assert part in text


def test_what_follows_from_fixed_parameters_has_a_value_for_each_draw():
    draws = xr.DataArray(np.ones((2, 3)), dims=("chain", "draw"))
    values = {"A": 480.0, "B": 2000.0, "alpha_N": 0.35, "alpha_D": 0.37, "E": draws}
    derived = get_law("chinchilla").derive((1e8, 1e9), values)
    assert all(value.shape == (2, 3) for value in derived.values())
