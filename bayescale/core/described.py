"""Classes of JSON that describe themselves."""


def described[T](kind: type[T]) -> type[T]:
    """Return a class of JSON whose fields are described by the texts below them, and no others."""
    # What pydantic looks for, which only those who ask for a schema import.
    kind.__pydantic_config__ = {  # type: ignore[attr-defined]
        "use_attribute_docstrings": True,
        "extra": "forbid",
    }
    return kind
