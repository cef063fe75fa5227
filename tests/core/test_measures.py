"""Amounts with their units."""

import pytest

from bayescale.core.measures import BYTES, DOLLARS, FLOPS, HOURS, NUMBER, PARAMS, TOKENS
from bayescale.errors import BayescaleError


@pytest.mark.parametrize(
    ("measure", "text", "value", "said"),
    [
        (BYTES, "80GB", 8e10, "80 GB"),
        (BYTES, "80 GiB", 80 * 2**30, "85.9 GB"),
        (BYTES, "640kB", 6.4e5, "640 kB"),
        (BYTES, "1.5 TB", 1.5e12, "1.5 TB"),
        (BYTES, "80e9", 8e10, "80 GB"),
        (DOLLARS, "$1.2M", 1.2e6, "$1.2M"),
        (DOLLARS, "1.2M USD", 1.2e6, "$1.2M"),
        (HOURS, "30 days", 720.0, "720 GPU hours"),
        (HOURS, "1M", 1e6, "1M GPU hours"),
        (HOURS, "512 x 30 days", 368640.0, "369K GPU hours"),
        (HOURS, "64 GPUs x 2 weeks", 64 * 336.0, "21.5K GPU hours"),
        (HOURS, "2x10^3 hours", 2e3, "2K GPU hours"),
        (TOKENS, "2T", 2e12, "2T tokens"),
        (TOKENS, "2 trillion tokens", 2e12, "2T tokens"),
        (FLOPS, "1e24 FLOPs", 1e24, "1e24 FLOPs"),
        (FLOPS, "1000 PF-days", 8.64e22, "8.64e22 FLOPs"),
        (PARAMS, "70B params", 7e10, "70B parameters"),
        (NUMBER, "40%", 0.4, "0.4"),
    ],
)
def test_an_amount_is_read_with_its_unit_and_said_with_one_that_is_read_again(
    measure, text, value, said
):
    assert measure.read(text) == pytest.approx(value, rel=1e-12)
    assert measure.say(value) == said
    assert measure.read(said) == pytest.approx(value, rel=5e-3)


@pytest.mark.parametrize(
    ("measure", "text", "message"),
    [
        (BYTES, "24G", "'24G' is not a count.*units are bytes, kb"),
        (BYTES, "GB", "'GB' is not a count"),
        (HOURS, "30 parsecs", "'30 parsecs' is not a count.*units are h, hour"),
        (HOURS, "x 30 days", "is not a count"),
        (DOLLARS, "$", "is not a count"),
        (TOKENS, "", "is not a count"),
    ],
)
def test_what_is_no_amount_is_refused_with_the_units(measure, text, message):
    with pytest.raises(BayescaleError, match=message):
        measure.read(text)
