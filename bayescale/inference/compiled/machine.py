"""From LLVM text to machine code that this processor runs, and from there to addresses."""

import ctypes
import platform
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import llvmlite.binding as llvm

_VECTOR_LIBRARY = "libmvec.so.1"


@cache
def vector_path() -> str:
    """Return how vectors of numbers go through functions: by ``libmvec`` or one by one."""
    usable = platform.system() == "Linux" and platform.machine() == "x86_64"
    if not (usable and llvm.get_host_cpu_features().get("avx2")):
        return "scalar"
    try:
        llvm.load_library_permanently(_VECTOR_LIBRARY)
    except RuntimeError:
        return "scalar"
    return "libmvec"


def describe_machine() -> list[str]:
    """Return everything about this machine that its code depends on."""
    return [
        llvm.get_process_triple(),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
        ".".join(map(str, llvm.llvm_version_info)),
        vector_path(),
    ]


def assemble(text: str) -> bytes:
    """Compile LLVM text for this processor and return the object code.

    Raises
    ------
    RuntimeError
        If it is no such text.
    """
    machine = _target_machine()
    module = llvm.parse_assembly(text)
    module.triple, module.data_layout = llvm.get_process_triple(), str(machine.target_data)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = options.slp_vectorization = True
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    return bytes(machine.emit_object(module))


def load_code(code: bytes) -> tuple[Any, Callable[[str], int]]:
    """Load object code; return what keeps it loaded, and the address of each function by name."""
    vector_path()  # its library has to be there before the code is linked to it
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target_machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine, engine.get_function_address


def function_at(address: int, arguments: Sequence[Any]) -> Any:
    """Return a function that C could call and Python can."""
    return ctypes.CFUNCTYPE(ctypes.c_int64, *arguments)(address)


def _target_machine() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        reloc="static",
        codemodel="jitdefault",
        jit=True,
    )
