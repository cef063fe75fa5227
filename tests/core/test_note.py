from bayescale.core.note import Note


def test_a_note_is_one_line_with_its_remedy():
    note = Note("few_runs", "warning", "There are 6 runs.", "Train more.")
    assert str(note) == "warning: There are 6 runs. Train more."


def test_a_note_without_a_remedy_ends_with_its_sentence():
    assert str(Note("simulated", "info", "The runs are simulated.")) == (
        "info: The runs are simulated."
    )
