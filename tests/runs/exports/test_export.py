from pathlib import Path

from bayescale.runs.exports.export import Export


def test_a_file_is_known_by_its_name():
    export = Export("events", names=("*tfevents*",))
    assert export.is_called(Path("logs/events.out.tfevents.1.host"))
    assert not export.is_called(Path("logs/events.csv"))
