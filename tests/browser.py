"""JavaScript as tests run it: in Chromium, or mathematics alone in Node.js where it is there."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

NO_BROWSER = (
    f"no browser: none of {', '.join(BROWSERS)} is on PATH and playwright has installed none; "
    "`make browser` installs one where its download can be reached"
)


@contextmanager
def chromium() -> Iterator[Any]:
    """Open headless Chromium, or skip the test with the reason."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        own = Path(running.chromium.executable_path)
        found = str(own) if own.exists() else next(filter(None, map(shutil.which, BROWSERS)), None)
        if found is None:
            pytest.skip(NO_BROWSER)
        browser = running.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def run_javascript(source: str, folder: Path) -> Any:
    """Return what the last expression of a script, ``result = ...``, is worth."""
    script = f"let result;\n{source}\nprocess.stdout.write(JSON.stringify(result));"
    node = shutil.which("node")
    if node is not None:
        path = folder / "script.js"
        path.write_text(script, encoding="utf-8")
        done = subprocess.run([node, str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)
    with chromium() as browser:
        body = f"(() => {{ let result;\n{source}\nreturn JSON.stringify(result); }})()"
        return json.loads(browser.new_page().evaluate(body))
