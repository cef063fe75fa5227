"""Cards found by name and by path."""

import pytest

from bayescale.errors import ModelError
from bayescale.laws import laws
from bayescale.model.catalogue import get_model, models, read_model
from bayescale.model.prior import Prior


def test_a_model_stands_for_itself():
    card = models()["chinchilla"]
    assert get_model(card) is card


@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_a_path_gives_the_card_in_the_file(kind, card_file):
    card = get_model(kind(card_file))
    assert card.law is laws()["power_law"]
    assert card.priors["E"] == Prior(dist="Normal", args={"mu": 0.75, "sigma": 0.2}, unit="loss")


def test_an_unknown_name_suggests_the_nearest_and_lists_the_known():
    with pytest.raises(ModelError, match="unknown model 'chincila': did you mean 'chinchilla'"):
        get_model("chincila")


def test_a_file_that_is_absent_is_named_with_the_remedy(tmp_path):
    with pytest.raises(ModelError) as error:
        get_model(tmp_path / "none.toml")
    assert str(tmp_path / "none.toml") in str(error.value)
    assert "No such file" in str(error.value)
    assert "give the path of a model card" in str(error.value)


@pytest.mark.parametrize("content", [b"law = ", b"law: power_law\n", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_named(content, tmp_path):
    (tmp_path / "bad.toml").write_bytes(content)
    with pytest.raises(ModelError, match=r"bad\.toml: not a TOML file"):
        read_model(tmp_path / "bad.toml")


def test_a_bad_card_in_a_file_names_file_and_key(card_file):
    card_file.write_text("sumary = 'x'\n" + card_file.read_text())
    with pytest.raises(ModelError, match=r"mine\.toml: sumary: unknown key"):
        read_model(card_file)
