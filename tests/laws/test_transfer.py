import pytest

from bayescale.laws import kaplan
from bayescale.laws.finetuning import LAW as FINETUNING
from bayescale.laws.transfer import LAW, effective_data

TO_PYTHON = {"k": 1.9e4, "beta_N": 0.38, "beta_F": 0.18}


def test_pretraining_is_worth_the_tokens_the_paper_says():
    transferred = effective_data(1e8, 1e6, **TO_PYTHON) - 1e6
    assert transferred == pytest.approx(1.9e4 * 1e6**0.18 * 1e8**0.38)
    larger = effective_data(1e9, 1e6, **TO_PYTHON) - 1e6
    assert larger / transferred == pytest.approx(10**0.38)


def test_without_transfer_the_law_is_kaplan():
    values = {"A": 2.0, "B": 1.5, "alpha_N": 0.076, "alpha_D": 0.1}
    found = LAW.loss(3.0, 20.0, **values, k=0.0, beta_N=0.38, beta_F=0.18)
    assert found == pytest.approx(kaplan.loss(3.0, 20.0, **values))


def test_transfer_helps_most_where_data_are_few():
    values = {"A": 2.0, "B": 1.5, "alpha_N": 0.076, "alpha_D": 0.1, "beta_N": 0.38, "beta_F": 0.18}
    worth = [
        effective_data(1.0, F, k=2.0, beta_N=0.38, beta_F=0.18) / F for F in (0.01, 1.0, 100.0)
    ]
    assert worth[0] > worth[1] > worth[2] > 1.0
    assert LAW.loss(10.0, 1.0, **values, k=2.0) < LAW.loss(1.0, 1.0, **values, k=2.0)


def test_fine_tuning_resources_multiply():
    values = {"E": 1.2, "A": 8.0, "alpha_x": 0.04, "alpha_F": 0.08}
    excess = FINETUNING.loss(1e9, 1e7, **values) - 1.2
    doubled = FINETUNING.loss(2e9, 2e7, **values) - 1.2
    assert doubled / excess == pytest.approx(2**-0.04 * 2**-0.08)
