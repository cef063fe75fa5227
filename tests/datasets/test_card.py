from pathlib import Path

import pytest

from bayescale.datasets import datasets
from bayescale.datasets.card import read_card
from bayescale.errors import RunsError


@pytest.mark.parametrize("name", datasets())
def test_every_card_says_what_people_must_know(name: str) -> None:
    known = datasets()[name]
    assert known.title
    assert known.citation
    assert known.licence


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("title = ", "value"), ('title = "x"\nurl = "y"', "origin")],
    ids=["not TOML", "wrong keys"],
)
def test_a_malformed_card_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(content)
    with pytest.raises(RunsError, match=r"bad\.toml: not a data set card(.|\n)*" + complaint):
        read_card(path)
