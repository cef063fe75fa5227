"""Reports as tests read them, some of them without the figures, which take most of the time."""

from contextlib import contextmanager
from html.parser import HTMLParser
from unittest.mock import patch

from bayescale.core.note import Note
from bayescale.evaluation.checking import Checks
from bayescale.reporting import report
from bayescale.reporting.sections import find_sections

GOOD = Checks((Note("sampler", "info", "The chains agree."),))
BAD = Checks((Note("divergences", "error", "900 of 4000 transitions diverged.", "Add runs."),))


class Page(HTMLParser):
    """Tags, ids, navigation, headings and text of a page."""

    def __init__(self, path):
        super().__init__()
        self.source = path.read_text(encoding="utf-8")
        self.tags, self.ids, self.navigation, self.headings = [], [], [], []
        self.words, self.inside = [], []
        self.feed(self.source)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        self.inside.append(tag)
        if tag == "a" and "nav" in self.inside:
            self.navigation.append((dict(attrs)["href"], ""))

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" in self.inside:
            return
        self.words.append(data)
        if self.inside[-1:] == ["a"] and "nav" in self.inside:
            self.navigation[-1] = (self.navigation[-1][0], data)
        if self.inside[-1:] == ["h2"]:
            self.headings.append(data)


@contextmanager
def only(*ids):
    """Let a report have some of its sections alone; each draws its own figures."""
    known = {section.id: section for section in find_sections()}
    chosen = [section for section in known.values() if section in [known[name] for name in ids]]
    with patch("bayescale.reporting.sections.find_sections", lambda: chosen):
        yield


def make(folder, *ids, fit, **options):
    """Write a report of some sections alone, and read it."""
    with only(*ids):
        return Page(report(fit, to=folder / "report.html", **{"checks": GOOD} | options))
