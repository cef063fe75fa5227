from bayescale.core.asking import on_the_command_line
from bayescale.runs.telling import told


def test_a_column_is_named_as_those_who_ask_name_it():
    assert told("loss", "log(ppl)") == "loss='log(ppl)'"
    assert told("tokens", ...) == "tokens=..."
    assert told("experts", "E") == "columns={'experts': 'E'}"
    with on_the_command_line({"columns": "--column", "loss": "--loss"}):
        assert told("loss", "log(ppl)") == "--column 'loss=log(ppl)'"
        assert told("experts", "E") == "--column experts=E"
