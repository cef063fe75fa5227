"""The checks of a fit in a notebook."""

from markupsafe import Markup

from bayescale.core.text import counted
from bayescale.display import parts
from bayescale.evaluation.checking import Checks


def show(checks: Checks) -> Markup:
    """Return whether a fit can be trusted, and every finding."""
    warnings = sum(note.severity == "warning" for note in checks.notes)
    found = counted(len(checks.errors) or warnings, "error" if checks.errors else "warning")
    words = "This fit failed its checks" if checks.errors else "This fit passed its checks"
    kind = "bad" if checks.errors else "good"
    verdict = Markup('<span class="{}">{}</span>').format(kind, words)
    some = bool(checks.errors or warnings)
    return parts.title(verdict, soft=f"with {found}" if some else "") + parts.notes(checks.notes)
