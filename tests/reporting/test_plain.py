"""What anyone may be told, nobody needs statistics to understand."""

import ast
from pathlib import Path

import bayescale
from bayescale.core.note import Note
from bayescale.reporting.plain import PHRASES, in_plain_words

JARGON = ("posterior", "prior", "Pareto", "ESS", "R-hat", "nu", "LOO", "elpd", "NUTS", "residual")


def codes():
    """Return the code of every note that the package can write."""
    found = set()
    for path in Path(bayescale.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Note"
            if named and node.args and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def test_every_note_has_plain_words():
    assert len(codes()) > 40
    assert codes() - set(PHRASES) == set()
    assert set(PHRASES) - codes() == set()


def test_plain_words_hold_no_jargon_and_end_without_a_stop():
    for plain in PHRASES.values():
        for text in filter(None, (plain.finding, plain.remedy)):
            assert not [word for word in JARGON if word in text.split()]
            assert not text.endswith(".")
            assert text[0].isupper()


def test_a_note_without_plain_words_speaks_for_itself():
    note = Note("mine", "warning", "Something is odd.", "Look.")
    assert in_plain_words(note).finding == "Something is odd"
    assert in_plain_words(note).remedy == "Look"
