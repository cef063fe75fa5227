import pytest

from bayescale.runs.synonyms import LIKELY, score_of, unit_of, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("eval/c4_en-validation/CrossEntropyLoss", "eval c4 en validation cross entropy loss"),
        ("Params (M)", "params m"),
        ("nParams", "n params"),
        ("throughput/total_training_Gflops", "throughput total training gflops"),
    ],
)
def test_names_are_read_as_words(name, words):
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("quantity", "name", "factor"),
    [
        ("params", "Params (M)", 1e6),
        ("params", "size_b", 1e9),
        ("params", "params in millions", 1e6),
        ("params", "num_params", 1),
        ("tokens", "tokens_B", 1e9),
        ("tokens", "tokens (T)", 1e12),
        ("flops", "train_pflops", 1e15),
        ("flops", "total_gflops", 1e9),
        ("flops", "compute (PF-days)", 86400e15),
        ("flops", "petaflop_days", 86400e15),
    ],
)
def test_units_are_read_from_names(quantity, name, factor):
    assert unit_of(quantity, name) == factor


@pytest.mark.parametrize(
    ("quantity", "name"),
    [
        ("loss", "val_loss"),
        ("loss", "eval/loss"),
        ("loss", "ppl"),
        ("params", "model_size"),
        ("params", "N"),
        ("tokens", "D"),
        ("tokens", "num_input_tokens_seen"),
        ("flops", "total_flos"),
    ],
)
def test_the_usual_names_are_known(quantity, name):
    assert score_of(quantity, name)[0] >= LIKELY


@pytest.mark.parametrize(
    ("quantity", "name"),
    [
        ("loss", "aux_loss"),
        ("loss", "loss_c4_tok_lo95"),
        ("loss", "loss_scale"),
        ("params", "tokens_per_param"),
        ("params", "params_label"),
        ("tokens", "tokens_per_second"),
        ("tokens", "unique_tokens"),
        ("tokens", "batch_tokens"),
        ("flops", "flops_per_step"),
        ("flops", "mfu"),
    ],
)
def test_what_only_sounds_alike_is_something_else(quantity, name):
    assert score_of(quantity, name)[0] < LIKELY


def test_held_out_losses_are_surer_than_those_of_training():
    assert score_of("loss", "val_loss")[0] > score_of("loss", "train_loss")[0] + 0.2
