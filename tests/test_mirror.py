"""Every module has a test file of its name, at the same place under tests/."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "bayescale"

# What is tested as people use it, whatever modules do the work: commands, and whole pages.
AS_A_WHOLE = ("cli", "reporting")

MODULES = sorted(
    path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"
)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.with_suffix("").as_posix())
def test_every_module_has_a_test_file_of_its_name(module):
    if module.parts[0] in AS_A_WHOLE:
        whole = module.parts[0]
        assert [*TESTS.glob(f"test_{whole}.py"), *(TESTS / whole).rglob("test_*.py")]
        return
    mirror = TESTS / module.parent / f"test_{module.name}"
    assert mirror.exists(), (
        f"no {mirror.relative_to(TESTS.parent)}: put the tests of bayescale/{module} there"
    )
