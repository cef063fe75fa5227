"""The pictures of the documentation: one script a picture, drawn when it has changed.

`python docs/gallery.py` draws the picture of the README anew.
"""

import ast
import hashlib
import runpy
from pathlib import Path

import bayescale

DOCS = Path(__file__).parent
SCRIPTS = DOCS / "pictures"
DRAWN = DOCS / "gallery"
README_PICTURE = DOCS / "images" / "forecast.png"


def gallery_page():
    """Return the gallery: thumbnails, then each picture with the lines that draw it."""
    scripts = sorted(SCRIPTS.glob("*.py"))
    thumbnails = [f"[![{_title(path)}]({path.stem}.png)](#{path.stem})" for path in scripts]
    parts = [
        "# Gallery",
        "Each picture is a matplotlib figure that a function of bayescale returns, drawn from runs "
        "that come with it. `bayescale plot` draws the same from the command line, and "
        "`fit.plot.prediction()` and its kin in a notebook.",
        "```{container} thumbnails\n" + "\n".join(thumbnails) + "\n```",
        *(_section(path) for path in scripts),
    ]
    return {"gallery/index.md": "\n\n".join(parts) + "\n"}


def draw_gallery():
    """Draw each picture whose script has changed since it was drawn."""
    DRAWN.mkdir(exist_ok=True)
    for script in sorted(SCRIPTS.glob("*.py")):
        written = f"{bayescale.__version__}\n{script.read_text(encoding='utf-8')}"
        key = hashlib.sha256(written.encode()).hexdigest()
        mark = DRAWN / f"{script.stem}.key"
        if not mark.exists() or mark.read_text(encoding="utf-8") != key:
            print(f"drawing {script.name} ...", flush=True)
            draw(script, DRAWN / f"{script.stem}.png")
            mark.write_text(key, encoding="utf-8")


def draw(script, to):
    """Run a script and save the figure that it leaves behind."""
    from bayescale.plotting.style import style

    figure = runpy.run_path(str(script))["figure"]
    with style():
        figure.savefig(to, dpi=144, metadata={"Software": None})


def _section(path):
    title, _, words = ast.get_docstring(_tree(path)).partition("\n")
    return "\n\n".join(
        [
            f"({path.stem})=\n## {title.rstrip('.')}",
            words.strip(),
            f"![{_title(path)}]({path.stem}.png)",
            f"```python\n{_code(path)}\n```",
        ]
    )


def _title(path):
    return ast.get_docstring(_tree(path)).partition("\n")[0].rstrip(".")


def _code(path):
    first = _tree(path).body[1].lineno
    return "\n".join(path.read_text(encoding="utf-8").splitlines()[first - 1 :])


def _tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    draw(SCRIPTS / README_PICTURE.with_suffix(".py").name, README_PICTURE)
