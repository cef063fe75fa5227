import pytest

from bayescale.core.asking import argument, either, on_the_command_line, setting, verb

OPTIONS = {"max_epochs": "--max-epochs", "pool": "--pool", "best_of": "--best-of"}


@pytest.mark.parametrize(
    ("say", "python", "shell"),
    [
        (lambda: either("one", "other"), "one", "other"),
        (lambda: argument("max_epochs"), "max_epochs", "--max-epochs"),
        (lambda: argument("experts"), "experts", "experts"),
        (lambda: verb("plot_fit"), "bs.plot_fit", "bayescale plot fit"),
        (lambda: verb("worth_of_data"), "bs.worth_of_data", "bayescale worth-of-data"),
        (lambda: setting("max_epochs", 4), "max_epochs=4", "--max-epochs 4"),
        (lambda: setting("pool", {"E": "arm"}), "pool={'E': 'arm'}", "--pool E=arm"),
        (lambda: setting("pool", {"E": ...}), "pool={'E': ...}", "--pool E=..."),
        (lambda: setting("best_of", ["a b", "c"]), None, "--best-of 'a b' --best-of c"),
        (lambda: setting("best_of", [...]), "best_of=[...]", "--best-of ..."),
    ],
)
def test_what_can_be_given_is_said_in_the_language_of_who_asks(say, python, shell):
    assert python is None or say() == python
    with on_the_command_line(OPTIONS):
        assert say() == shell
    assert python is None or say() == python


def test_python_is_spoken_again_after_an_error():
    with pytest.raises(KeyError), on_the_command_line(OPTIONS):
        raise KeyError
    assert argument("max_epochs") == "max_epochs"
