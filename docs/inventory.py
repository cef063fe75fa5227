"""Hold the inventory in ARCHITECTURE.md against the tree; `make lint` runs it.

`python docs/inventory.py --write` writes it anew from the first lines of the packages.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "ARCHITECTURE.md"
START, END = "<!-- inventory -->", "<!-- end of inventory -->"


def inventory():
    """Return a table with a row for each package: its sentence and its files."""
    rows = ["| package | what it is for | files |", "|---|---|---|"]
    for package in sorted(path for path in (ROOT / "bayescale").iterdir() if is_package(path)):
        parts = [path for path in package.iterdir() if path.stem not in {"__init__", "__pycache__"}]
        modules = sorted(path.stem for path in parts if path.suffix == ".py")
        folders = sorted(f"{path.name}/" for path in parts if is_package(path))
        # To add a law is to add a file, not to edit this page.
        files = "one a form" if len(modules) > MANY else ", ".join(modules)
        rows.append(f"| `{package.name}` | {sentence(package)} | {', '.join([files, *folders])} |")
    return "\n".join(rows)


MANY = 20


def is_package(path):
    return (path / "__init__.py").is_file()


def sentence(package):
    """Return the first line of a package."""
    text = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8")))
    if not text:
        sys.exit(f"{package}: has no docstring; say there in a sentence what the package is for")
    return text.partition("\n")[0].rstrip(".")


def main():
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not end:
        sys.exit(f"{PAGE.name}: the lines {START} and {END} are missing; put them back")
    wanted = f"{before}{START}\n{inventory()}\n{END}{after}"
    if "--write" in sys.argv[1:]:
        PAGE.write_text(wanted, encoding="utf-8")
    elif text != wanted:
        sys.exit(f"{PAGE.name}: its inventory differs from the tree; run make inventory")


if __name__ == "__main__":
    main()
