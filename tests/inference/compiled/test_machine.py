import pytest

from bayescale.inference.compiled import machine

TEXT = "define i64 @f(i64 %n) {{\n  %m = add i64 %n, {number}\n  ret i64 %m\n}}\n"


def test_code_is_loaded_and_called_and_stays_apart_from_other_code():
    loaded = [machine.load_code(machine.assemble(TEXT.format(number=i))) for i in (1, 5)]
    functions = [
        machine.function_at(address("f"), [machine.ctypes.c_int64]) for _, address in loaded
    ]
    assert [function(10) for function in functions] == [11, 15]


def test_text_that_means_nothing_is_refused():
    with pytest.raises(RuntimeError):
        machine.assemble("define i64 @f( {")


def test_the_machine_is_described_by_its_processor_and_how_vectors_are_computed():
    assert machine.vector_path() in machine.describe_machine()
    assert all(isinstance(part, str) for part in machine.describe_machine())


def test_without_the_library_of_vector_functions_numbers_go_one_by_one(monkeypatch):
    machine.vector_path.cache_clear()
    monkeypatch.setattr(machine, "_VECTOR_LIBRARY", "libnothing.so.0")
    assert machine.vector_path() == "scalar"
    machine.vector_path.cache_clear()
