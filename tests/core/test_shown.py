"""What a console and a notebook show of a noun."""

from bayescale.core.shown import Shown
from bayescale.evaluation.checking import Checks


class Special(Checks):
    """A class without a display of its own."""


def test_a_console_shows_what_a_noun_says_of_itself():
    class Word(Shown):
        def __str__(self):
            return "a word"

    assert repr(Word()) == "a word"


def test_a_class_without_a_display_is_shown_as_what_it_derives_from():
    assert "This fit passed its checks" in Special(())._repr_html_()
