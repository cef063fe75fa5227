from bayescale.runs.source import Source


def test_a_plain_table_has_nothing_to_say(table):
    plain = Source(table)
    assert (plain.kind, plain.curve, plain.remarks, dict(plain.usual)) == ("", "", (), {})
