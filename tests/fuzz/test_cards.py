"""However a model card is broken, it is refused with a reason or is a model."""

import tempfile
import tomllib
from copy import deepcopy
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import bayescale as bs
from bayescale.model.catalogue import get_model
from tests.fuzz.effort import QUIET, examples

pytestmark = QUIET

CARDS = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted((Path(bs.__file__).parent.parent / "models").glob("*.toml"))
}
NAME = st.sampled_from(sorted(CARDS))
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from([[], {}, [1], {"dist": "Normal"}, 10**400, "LogNormal", "mixture_2", "flops"]),
    st.sampled_from(["mixture_999999999", "chinchilla", "share_code", object(), len, b"", -0.0]),
)
KEY = st.one_of(
    st.sampled_from(["law", "priors", "E", "loss", "pool", "self", "over", "spread", "dist"]),
    st.text(max_size=4),
)


@st.composite
def broken(draw):
    """A shipped card in which something is changed, removed or added."""
    card = deepcopy(tomllib.loads(CARDS[draw(NAME)]))
    for _ in range(draw(st.integers(1, 3))):
        part = card
        while (inner := [key for key in part if isinstance(part[key], dict)]) and draw(
            st.booleans()
        ):
            part = part[draw(st.sampled_from(inner))]
        how = draw(st.sampled_from(["change", "remove", "add"]))
        if how == "add" or not part:
            part[draw(KEY)] = draw(ODD)
        elif how == "remove":
            del part[draw(st.sampled_from(sorted(part)))]
        else:
            part[draw(st.sampled_from(sorted(part)))] = draw(ODD)
    return card


def assert_model(make):
    """Assert that what is made is a model that can be shown and written, or refused."""
    try:
        model = make()
    except bs.ModelError:
        return
    assert isinstance(model, bs.Model)
    assert model.name in str(model)
    assert model.to_json()
    assert model.needs


@examples(80, 1000)
@given(broken())
def test_a_changed_card_is_a_model_or_refused(card):
    assert_model(lambda: bs.Model(**card))


@examples(60, 1000)
@given(NAME, st.data())
def test_a_damaged_file_is_a_model_or_refused(name, data):
    text = CARDS[name]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text)))
        piece = data.draw(st.one_of(st.text(max_size=3), st.sampled_from(["[[", "=", '"', "nan"])))
        text = text[:place] + piece + text[place + data.draw(st.integers(0, 4)) :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "card.toml"
        path.write_bytes(text.encode("utf-8", "replace"))
        assert_model(lambda: get_model(path))
