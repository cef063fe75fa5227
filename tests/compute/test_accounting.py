import numpy as np
import pytest
from scipy.optimize import brentq

from bayescale.compute.accounting import FlopsRule, SixND, Transformer
from bayescale.errors import PlanError

# GPT-2 small, counted by hand: 12 layers of width 768, so 12 * 12 * 768^2 weights in the layers.
LAYERS = 84_934_656
EMBEDDING = 50_257 * 768  # 38_597_376
ATTENTION = 12 * 4 * 1024 * 768  # 37_748_736
FORWARD = 284_812_800  # 2 * (84_934_656 + 38_597_376) + 37_748_736
GPT2 = {"vocabulary": 50_257, "context": 1024, "aspect": 64.0}
LARGE = {"vocabulary": 32_000, "context": 2048}


def test_six_flops_train_a_parameter_and_two_serve_it():
    rule: FlopsRule = SixND()
    np.testing.assert_array_equal(rule.train([1.0, 70e9]), [6.0, 4.2e11])
    np.testing.assert_array_equal(rule.serve([1.0, 70e9]), [2.0, 1.4e11])


@pytest.mark.parametrize(
    ("counts", "tied", "params"),
    [
        ("total", False, 162_129_408),
        ("total", True, 123_532_032),
        ("nonembedding", False, 84_934_656),
        ("nonembedding", True, 84_934_656),
    ],
)
def test_one_model_costs_the_same_however_it_is_counted(counts, tied, params):
    rule: FlopsRule = Transformer(**GPT2, counts=counts, tied=tied)
    assert rule.width_of(params) == pytest.approx(768, rel=1e-12)
    assert rule.serve(params) == pytest.approx(FORWARD, rel=1e-12)
    assert rule.train(params) == pytest.approx(3 * FORWARD, rel=1e-12)


@pytest.mark.parametrize(("tied", "matrices"), [(False, 2), (True, 1)])
@pytest.mark.parametrize("counts", ["total", "nonembedding"])
def test_memory_holds_the_embedding_however_sizes_are_counted(counts, tied, matrices):
    held = LAYERS + matrices * EMBEDDING
    params = held if counts == "total" else LAYERS
    rule = Transformer(**GPT2, counts=counts, tied=tied)
    assert rule.total_params(params) == pytest.approx(held, rel=1e-12)


def test_attention_reads_the_whole_context_twice():
    short, long = (Transformer(**GPT2 | {"context": context}) for context in (1024, 2048))
    params = LAYERS + 2 * EMBEDDING
    assert long.serve(params) - short.serve(params) == pytest.approx(ATTENTION, rel=1e-9)


def test_training_a_large_model_costs_6nd_and_attention():
    # The shape of Chinchilla: 80 layers of width 8192, whose attention costs 2048 / (6 * 8192).
    params = 80 * 12 * 8192**2 + 32_000 * 8192
    rule = Transformer(**LARGE, aspect=102.4, tied=True)
    ratio = rule.train(params) / SixND().train(params)
    assert ratio == pytest.approx(1 + 1 / 24, abs=0.001)
    # Those that are counted untied hold an embedding that costs nothing.
    sizes = np.array([70e9, 700e9])
    untied = Transformer(**LARGE)
    ratio = untied.train(sizes) / SixND().train(sizes)
    np.testing.assert_allclose(ratio, 1 + 2048 / (6 * untied.width_of(sizes)), atol=0.005)


def test_the_head_of_a_small_model_costs_more_than_its_layers():
    # 4 layers of width 448: 12 * 4 * 448^2 weights in the layers, 50257 * 448 in the head.
    rule = Transformer(vocabulary=50_257, context=1024, aspect=112.0, counts="nonembedding")
    params, head, attention = 9_633_792, 22_515_136, 7_340_032
    forward = 2 * (params + head) + attention
    assert forward == 71_637_888
    assert 2 * head > forward / 2
    assert rule.serve(params) == pytest.approx(forward, rel=1e-12)
    assert rule.train(params) / SixND().train(params) == pytest.approx(3.718, abs=0.001)


@pytest.mark.parametrize("counts", ["total", "nonembedding"])
@pytest.mark.parametrize("active", [1, 2])
@pytest.mark.parametrize("tied", [False, True])
def test_the_width_holds_as_many_parameters_as_asked_for(counts, active, tied):
    rule = Transformer(50_257, 1024, tied=tied, counts=counts, experts=8, active_experts=active)

    def count(width):
        layers = width / 100
        embeddings = 50_257 * width * (1 if tied else 2) if counts == "total" else 0.0
        return layers * (4 + 8 * active) * width**2 + embeddings

    sizes = np.geomspace(rule.smallest_params, 1e16, 60).reshape(3, 20)
    widths = rule.width_of(sizes)
    assert widths.shape == sizes.shape
    np.testing.assert_allclose(count(widths), sizes, rtol=1e-12)
    expected = brentq(lambda width: count(width) - 3e9, 1.0, 1e6, xtol=1e-9)
    assert rule.width_of(3e9) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("counts", ["total", "nonembedding"])
def test_larger_models_cost_more(counts):
    rule = Transformer(**LARGE, counts=counts)
    costs = rule.train(np.geomspace(rule.smallest_params, 1e16, 500))
    assert (np.diff(costs) > 0).all()


def test_a_token_pays_for_the_experts_that_it_passes_through():
    # 16 layers of width 1024, with 2 of 8 experts: 16 * (4 + 2 * 8) * 1024^2 active weights.
    active, held, embedding = 335_544_320, 1_140_850_688, 32_768_000
    rule = Transformer(**LARGE, aspect=64.0, experts=8, active_experts=2)
    params = active + 2 * embedding
    attention = 16 * 4 * 2048 * 1024
    assert rule.width_of(params) == pytest.approx(1024, rel=1e-12)
    assert rule.serve(params) == pytest.approx(2 * (active + embedding) + attention, rel=1e-12)
    assert rule.total_params(params) == pytest.approx(held + 2 * embedding, rel=1e-12)


def test_idle_experts_fill_memory_and_cost_nothing():
    few, many = (Transformer(**LARGE, experts=experts) for experts in (4, 64))
    assert few.train(1e9) == many.train(1e9)
    assert few.total_params(1e9) < many.total_params(1e9)


def test_every_weight_of_a_dense_model_is_active():
    assert Transformer(**LARGE).total_params(1e9) == pytest.approx(1e9, rel=1e-12)


def test_the_smallest_model_is_a_single_layer():
    # One layer of width 100: 12 * 100^2 weights, and twice 32000 * 100 for the vocabulary.
    rule = Transformer(**LARGE)
    assert rule.smallest_params == pytest.approx(6_520_000)
    assert rule.width_of(rule.smallest_params) == pytest.approx(100)
    assert Transformer(**LARGE, counts="nonembedding").smallest_params == pytest.approx(120_000)


@pytest.mark.parametrize("method", ["train", "serve", "width_of", "total_params"])
@pytest.mark.parametrize("params", [6.5e6, 0.0, -1e9, np.nan, np.inf])
def test_sizes_below_a_single_layer_are_refused(method, params):
    rule = Transformer(**LARGE)
    with pytest.raises(PlanError, match=r"6\.52M, one layer of width 100 .*vocabulary of 32000"):
        getattr(rule, method)([1e9, params])


def test_the_refused_size_is_named():
    with pytest.raises(PlanError, match=r"params = 6\.5e\+06 must"):
        Transformer(**LARGE).train([1e9, 6.5e6])
    with pytest.raises(PlanError, match=r"params = 1000 must"):
        Transformer(**LARGE).serve(1000)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"vocabulary": 0}, "vocabulary = 0 must be a whole number"),
        ({"vocabulary": 32.5}, "vocabulary = 32.5 must be a whole number"),
        ({"context": -1}, "context = -1 must be a whole number"),
        ({"context": np.nan}, "context = nan must be a whole number"),
        ({"experts": np.inf}, "experts = inf must be a whole number"),
        ({"active_experts": 0}, "active_experts = 0 must be a whole number"),
        ({"active_experts": 2}, "active_experts = 2 must be at most experts = 1"),
        ({"aspect": 0.0}, "aspect = 0 must be positive"),
        ({"aspect": np.inf}, "aspect = inf must be positive and finite"),
        ({"counts": "nonembeddings"}, "did you mean 'nonembedding'"),
    ],
)
def test_shapes_without_a_meaning_are_refused(wrong, message):
    with pytest.raises(PlanError, match=message):
        Transformer(**LARGE | wrong)


def test_names_say_what_is_counted():
    plain = Transformer(**LARGE)
    assert SixND().name == "6ND"
    assert plain.name == "transformer with vocabulary 32000 and context 2048"
    sparse = Transformer(**LARGE, counts="nonembedding", experts=8, active_experts=2)
    assert sparse.name == f"{plain.name}, 2 of 8 experts active, sizes without embeddings"
