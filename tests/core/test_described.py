from typing import TypedDict

import pytest
from pydantic import TypeAdapter, ValidationError

from bayescale.core.described import described


@described
class Thing(TypedDict):
    """A thing."""

    size: float
    """How large it is."""


def test_fields_are_described_by_the_texts_below_them_and_no_others_are_allowed():
    adapter = TypeAdapter(Thing)
    assert adapter.json_schema()["properties"]["size"]["description"] == "How large it is."
    with pytest.raises(ValidationError):
        adapter.validate_python({"size": 1.0, "colour": "red"})
