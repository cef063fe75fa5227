"""Every module has a test file of its name, at the same place under tests/."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "bayescale"

# What is tested as people use it, whatever modules do the work: commands, whole pages, all checks.
AS_A_WHOLE = ("cli", "display", "reporting", "evaluation/checks")

MODULES = sorted(
    path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"
)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.with_suffix("").as_posix())
def test_every_module_has_a_test_file_of_its_name(module):
    for whole in map(Path, AS_A_WHOLE):
        if module.is_relative_to(whole):
            one = TESTS / whole.parent / f"test_{whole.name}.py"
            assert one.exists() or [*(TESTS / whole).rglob("test_*.py")]
            return
    mirror = TESTS / module.parent / f"test_{module.name}"
    assert mirror.exists(), (
        f"no {mirror.relative_to(TESTS.parent)}: put the tests of bayescale/{module} there"
    )
