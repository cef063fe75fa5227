"""What the shell completes: names of cards and data sets, and files; nothing heavy is imported."""

from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_TABLES = (".csv", ".tsv", ".json", ".jsonl", ".parquet", ".xlsx", ".gz")


def complete_model(incomplete: str) -> list[str]:
    """Return the model cards, and the cards in files."""
    cards = _stems("models", incomplete) or _stems("../models", incomplete)
    return [*cards, *_files(incomplete, (".toml",))]


def complete_runs(incomplete: str) -> list[str]:
    """Return the data sets, and the tables in files."""
    return [*_stems("datasets", incomplete), *_files(incomplete, _TABLES)]


def complete_fit(incomplete: str) -> list[str]:
    """Return the saved fits."""
    return _files(incomplete, (".nc",))


def _stems(folder: str, start: str) -> list[str]:
    names = (path.stem for path in (_PACKAGE / folder).glob("*.toml"))
    return sorted(name for name in names if name.startswith(start))


def _files(start: str, endings: tuple[str, ...]) -> list[str]:
    """Return files and folders whose path begins as one that is being typed."""
    folder, _, name = start.rpartition("/")
    before = f"{folder}/" if "/" in start else ""
    try:
        found = sorted(Path(before or ".").iterdir())
    except OSError:
        return []
    matching = [path for path in found if path.name.startswith(name) and path.name[0] != "."]
    shown = [path for path in matching if path.is_dir() or path.suffix in endings]
    return [f"{before}{path.name}{'/' if path.is_dir() else ''}" for path in shown]
