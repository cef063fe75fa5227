import pytest

from bayescale.core.quantities import QUANTITIES


@pytest.mark.parametrize(
    ("symbol", "column"),
    [("N", "params"), ("D", "tokens"), ("C", "flops"), ("U", "unique_tokens")],
)
def test_each_letter_stands_for_one_column(symbol, column):
    assert QUANTITIES[symbol].column == column
