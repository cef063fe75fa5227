"""What is being done, said to whoever listens."""

from types import SimpleNamespace

from bayescale.core.progress import is_heard, listening, step


class Heard:
    """A listener that keeps what it is told."""

    def __init__(self):
        self.said = []

    def began(self, step):
        self.said.append(("began", step.words, step.depth))

    def advanced(self, step):
        self.said.append(("advanced", step.words, step.done / step.total))

    def ended(self, step):
        self.said.append(("ended", step.words, step.depth))


def test_a_step_is_told_with_its_parts_and_how_far_it_is():
    heard = Heard()
    with listening(heard), step("fitting"), step("sampling") as sampling:
        chains = [SimpleNamespace(finished_draws=n, total_draws=100) for n in (10, 40)]
        sampling.follow(chains)
    assert heard.said == [
        ("began", "fitting", 0),
        ("began", "sampling", 1),
        ("advanced", "sampling", 0.25),
        ("ended", "sampling", 1),
        ("ended", "fitting", 0),
    ]


def test_without_a_listener_nothing_is_followed():
    assert not is_heard()
    with step("sampling") as sampling:
        assert sampling.follow is None
        sampling.advance(1, 2)


def test_a_step_that_fails_ends():
    heard = Heard()
    try:
        with listening(heard), step("sampling"):
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert heard.said[-1] == ("ended", "sampling", 0)
    assert not is_heard()
