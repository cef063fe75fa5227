"""The sections of a report: a module with a ``SECTION`` and a template of its name, found here."""

import importlib
import pkgutil

from bayescale.errors import BayescaleError
from bayescale.reporting.section import Section


def find_sections() -> list[Section]:
    """Return every section in the order of the page.

    Raises
    ------
    BayescaleError
        If a section follows none of those that stand in the page.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = [importlib.import_module(f"{__name__}.{name}").SECTION for name in names]
    ordered = _following("", found)
    for section in found:
        if section not in ordered:
            raise BayescaleError(
                f"section {section.id!r} follows {section.after!r}, which does not stand in the "
                f"page; give as `after` one of {', '.join(placed.id for placed in ordered)}"
            )
    return ordered


def _following(before: str, sections: list[Section]) -> list[Section]:
    # Where two follow the same section, what was added comes first, then the rest of the page.
    branches = [
        [section, *_following(section.id, sections)]
        for section in sections
        if section.after == before
    ]
    return [section for branch in sorted(branches, key=len) for section in branch]
