"""What is being done, in a notebook: a line that goes when it is done."""

import time
from typing import Any

from markupsafe import Markup

from bayescale.core.progress import Listener, Step
from bayescale.display import parts

_PAUSE = 0.1
"""Seconds between two changes of the line."""


class Progress(Listener):
    """One line for the innermost step, with a bar where it is known how far it is."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.handle: Any = None
        self.changed = 0.0

    def began(self, step: Step) -> None:
        """Show a step that begins."""
        self.steps.append(step)
        self._show()

    def advanced(self, step: Step) -> None:
        """Show how far a step is, not too often."""
        if self.steps and step is self.steps[-1] and time.monotonic() - self.changed > _PAUSE:
            self._show()

    def ended(self, step: Step) -> None:
        """Show what goes on, or nothing."""
        self.steps.remove(step)
        self._show()

    def _show(self) -> None:
        from IPython.display import HTML, display

        html = HTML(str(line_of(self.steps)) if self.steps else "")
        if self.handle is None:
            self.handle = display(html, display_id=True)
        else:
            self.handle.update(html)
        self.changed = time.monotonic()


def line_of(steps: list[Step]) -> Markup:
    """Return a line that says what is being done, and of what it is a part."""
    words = ": ".join(step.words for step in steps)
    last = steps[-1]
    bar = Markup()
    if last.total:
        bar = Markup(' <progress value="{}" max="{}"></progress>').format(last.done, last.total)
    return parts.framed(parts.line(Markup("{} ...{}").format(words, bar), "soft"))
