"""Compile rules into the entries that call them.  This uses numba's private parts; only `sim.model.jit` imports it.

Numba optimises every function on its own, emits its machine code, wraps it for Python and caches it, although Python calls
only entries.  Here a rule stays unoptimised LLVM code, which is linked into each entry and optimised there, once: a third
of the processor time, for the same speed of a run and the same bits.  A rule that Python calls nonetheless, as tests do, is
compiled once more, as an entry.  Numba also compiles a function once for each integer literal that it is called with; here
literals are plain integers.  And rules use no negative indices, so their code does not check for them, as numba's does to
count them from the end.

An entry's machine code is cached on disk in one file for each signature, which copies of the same sources share: numba's own
cache goes by the path and time of the source file.  Of several processes that need an entry, one compiles it.

With other versions of numba than those that this was tested with, `sim.model.jit` compiles the ordinary way.
"""

from __future__ import annotations

import gc
import hashlib
import os
import pickle
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from functools import cached_property
from pathlib import Path
from types import FunctionType

import llvmlite
from filelock import FileLock, Timeout
from llvmlite.binding import Linkage, ModuleRef, parse_assembly
from numba import __version__
from numba.core import compiler, config, errors, types
from numba.core.caching import NullCache
from numba.core.codegen import CPUCodeLibrary, JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.cpu import CPUContext
from numba.core.dispatcher import _FunctionCompiler
from numba.core.registry import CPUDispatcher
from numba.core.runtime import rtsys
from numba.core.serialize import dumps
from numba.core.sigutils import normalize_signature
from numba.core.typing.templates import _OverloadFunctionTemplate

from sim.model.numba_patches import RulePipeline, changed_numba, replaced

Signature = tuple[types.Type, ...]
"""Types of arguments."""

LONGEST_WAIT = 600.0
"""Seconds that a process waits for another one that compiles the same."""

PLAIN_OPTIONS = {"nopython", "no_cpython_wrapper", "forceinline"}
"""Options of numba's own functions that `OverloadDispatcher` knows."""


class RuleLibrary(JITCodeLibrary):
    """A rule's unoptimised LLVM code, and the libraries that it calls."""

    def _optimize_functions(self, ll_module: ModuleRef) -> None:
        """Leave it to the entries."""
        ll_module.data_layout = self._codegen._data_layout

    def finalize(self) -> None:
        """Accept no more code."""
        self._finalize_dynamic_globals()
        self._finalized = True

    def own_module(self) -> ModuleRef:
        """Return the rule's own code, for linking into an entry."""
        return super()._get_module_for_linking()

    def _get_module_for_linking(self) -> ModuleRef:
        """Return the rule's code with all that it calls, for linking into a function that numba compiles by itself."""
        module = self.own_module().clone()
        link_into(module, self._linking_libraries)
        return module


def callers_first(libraries: Iterable[CPUCodeLibrary]) -> list[CPUCodeLibrary]:
    """Return libraries and those that their rules call, each once and before those that it calls itself."""
    seen: set[CPUCodeLibrary] = set()
    callees_first: list[CPUCodeLibrary] = []

    def visit(library: CPUCodeLibrary) -> None:
        if library not in seen:
            seen.add(library)
            if isinstance(library, RuleLibrary):
                for called in library._linking_libraries:
                    visit(called)
            callees_first.append(library)

    for library in libraries:
        visit(library)
    return callees_first[::-1]


def link_into(module: ModuleRef, libraries: Iterable[CPUCodeLibrary]) -> None:
    """Link libraries, and all that their rules call, into LLVM code.

    Callers come first, because LLVM leaves out a function that nothing in the code calls yet.
    """
    for library in callers_first(libraries):
        part = library.own_module() if isinstance(library, RuleLibrary) else library._get_module_for_linking()
        module.link_in(part, preserve=True)


class EntryLibrary(JITCodeLibrary):
    """The machine code of an entry and of all rules that it calls."""

    def finalize(self) -> None:
        """Link the rules, optimise, and emit machine code."""
        for library in callers_first(self._linking_libraries):
            self._reload_init.update(library._reload_init)
        link_into(self._final_module, self._linking_libraries)
        self._linking_libraries.clear()
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == Linkage.linkonce_odr:
                # LLVM may inline a function that has one caller; and no entry can call the code in another one.
                function.linkage = Linkage.internal
        self._optimize_functions(self._final_module)
        super().finalize()

    def _optimize_functions(self, ll_module: ModuleRef) -> None:
        """Simplify each function.  Numba makes a pass manager for each, which takes longer than the work."""
        ll_module.data_layout = self._codegen._data_layout
        passes, builder = self._codegen._function_pass_manager()
        for function in ll_module.functions:
            passes.run(function, builder)

    def serialize_using_object_code(self) -> tuple[str, str, tuple[bytes, bytes]]:
        """Return the machine code, and LLVM code that only names its functions: compiled code calls the rule, see `as_rule`."""
        self._ensure_finalized()
        functions = self._final_module.functions
        names = [f.name for f in functions if not f.is_declaration and f.linkage != Linkage.internal]
        stubs = parse_assembly("\n".join(f'define void @"{name}"() {{ ret void }}' for name in names))
        return self.name, "object", (self._get_compiled_object(), stubs.as_bitcode())


class RuleCompiler(_FunctionCompiler):
    """Compile a rule to LLVM code."""

    library_class = RuleLibrary

    def _customize_flags(self, flags: compiler.Flags) -> compiler.Flags:
        flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
        return flags

    def _compile_core(self, args: Signature, return_type: types.Type) -> compiler.CompileResult:
        target = self.targetdescr
        flags = compiler.Flags()
        target.options.parse_as_flags(flags, self.targetoptions)
        library = self.library_class(target.target_context.codegen(), self.py_func.__qualname__)
        library.enable_object_caching()
        result = compiler.compile_extra(
            target.typing_context, target.target_context, self.py_func, args=args, return_type=return_type,
            flags=self._customize_flags(flags), locals=self.locals, library=library, pipeline_class=self.pipeline_class,
        )  # fmt: skip
        if not flags.nrt:
            check_uncounted(result)
        return result


def check_uncounted(result: compiler.CompileResult) -> None:
    """Raise UnsupportedError if code without reference counting returns a reference, or is returned one by a rule.

    It would be dropped twice, or never.  Numba itself refuses code without counting that allocates.
    """
    models, types_of = result.target_context.data_model_manager, result.type_annotation.typemap
    returned = [result.signature.return_type]
    for call, signature in result.type_annotation.calltypes.items():
        if getattr(call, "op", "") == "call" and isinstance(types_of.get(call.func.name), types.Dispatcher):
            returned.append(signature.return_type)
    for kind in returned:
        if models[kind].contains_nrt_meminfo():
            raise errors.UnsupportedError(f"a rule without reference counting cannot pass on {kind}; see sim.model.jit")


class EntryCompiler(RuleCompiler):
    """Compile an entry to machine code."""

    library_class = EntryLibrary

    def _customize_flags(self, flags: compiler.Flags) -> compiler.Flags:
        flags.no_cfunc_wrapper = True
        return flags

    def _compile_core(self, args: Signature, return_type: types.Type) -> compiler.CompileResult:
        result = super()._compile_core(args, return_type)
        for environment in result._find_referenced_environments():  # an exception with a computed message needs its own
            result.codegen.set_env(environment.env_name, environment)
        return result


def widened(kind: types.Type) -> types.Type:
    """Return int64 for any signed integer and for literals, as numba's arithmetic has it, and any other type as it is."""
    if isinstance(kind, (types.IntegerLiteral, types.BooleanLiteral)):
        kind = types.unliteral(kind)
    return types.int64 if isinstance(kind, types.Integer) and kind.signed else kind


class EntryCache(NullCache):
    """The machine code of an entry on disk: a file for each signature, which begins with a hash of the rest."""

    def __init__(self, function: FunctionType, stamp: str) -> None:
        self.function, self.stamp = function, stamp
        self.folder = Path(config.CACHE_DIR)

    @property
    def cache_path(self) -> str:
        """Return the folder."""
        return str(self.folder)

    def stem(self) -> str:
        """Return what the names of the entry's files begin with: on another processor, or with another numba, another."""
        target = CPUDispatcher.targetdescr.target_context.codegen().magic_tuple()
        context = digest(__version__, llvmlite.__version__, target, self.stamp, self.function.__code__.co_code)
        name = re.sub(r"[^\w.]", "", f"{self.function.__module__}.{self.function.__qualname__}")
        return f"{name[-100:]}.{digest(name, context)[:16]}"

    def file(self, signature: Signature) -> Path:
        """Return the file of a signature."""
        args, _ = normalize_signature(signature)
        return self.folder / f"{self.stem()}.{digest(*map(str, args))[:16]}.nbc"

    def exists(self) -> bool:
        """Return whether the entry is cached for some signature."""
        return any(self.folder.glob(f"{self.stem()}.*.nbc"))

    def load_overload(self, sig: Signature, target_context: CPUContext) -> compiler.CompileResult | None:
        """Return cached machine code; None if there is none, or it is damaged."""
        # Machine code needs numba's runtime, but not what numba knows about Python's and numpy's functions: the compiler
        # loads that, which takes as long as to load numba, when it has something to compile.
        rtsys.initialize(target_context)
        try:
            content = self.file(sig).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(content[32:]).digest() != content[:32]:
            return None
        return compiler.CompileResult._rebuild(target_context, *pickle.loads(zlib.decompress(content[32:])))

    def save_overload(self, sig: Signature, cres: compiler.CompileResult) -> None:
        """Cache machine code, unless the disk is full or closed."""
        if cres.lifted or cres.library.has_dynamic_globals:
            return
        content = zlib.compress(dumps(cres._reduce()), 1)
        path = self.file(sig)
        temporary = path.with_suffix(f".{os.getpid()}")
        try:
            temporary.write_bytes(hashlib.sha256(content).digest() + content)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)

    @contextmanager
    def turn(self, sig: Signature) -> Iterator[None]:
        """Wait while another process compiles the same."""
        path = self.file(sig)
        with ExitStack() as stack:
            if not path.exists():
                # Without locks, as on some network drives, or after a long wait, compile all the same.
                with suppress(OSError, RuntimeError, Timeout):
                    stack.enter_context(FileLock(path.with_suffix(".lock"), timeout=LONGEST_WAIT))
            yield


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Put off looking for garbage: the compiler makes many objects that stay, and to look through them takes time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if not gc.get_freeze_count():
                gc.freeze()  # and back, into the oldest generation, which Python looks through only when it has grown
                gc.unfreeze()
            gc.enable()


def digest(*parts: object) -> str:
    """Return a hash of what parts look like."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


class EntryDispatcher(CPUDispatcher):
    """A function that Python calls."""

    compiler_class: type[RuleCompiler] = EntryCompiler

    def __init__(self, function: FunctionType, stamp: str | None = None, **options: object) -> None:
        super().__init__(function, {}, {"nopython": True, "boundscheck": None, **options})
        self._compiler = self.compiler_class(function, self.targetdescr, self.targetoptions, self.locals, RulePipeline)
        self.stamp = stamp
        if stamp is not None:
            self.enable_caching()

    def enable_caching(self) -> None:
        """Cache machine code on disk."""
        self._cache = EntryCache(self.py_func, self.stamp or "")

    def is_cached(self) -> bool:
        """Return whether machine code is cached on disk, so that the first call need not compile."""
        return isinstance(self._cache, EntryCache) and self._cache.exists()

    def compile(self, sig: Signature) -> object:
        """Compile the function for a signature, or load its machine code, and return what Python calls."""
        args, _ = normalize_signature(sig)
        if tuple(args) in self.overloads:
            return super().compile(sig)
        turn = self._cache.turn(sig) if isinstance(self._cache, EntryCache) else nullcontext()
        # The compiler's lock comes first: a thread that compiles may need this entry for another one.
        with (
            global_compiler_lock,
            turn,
            no_garbage_collection(),
            changed_numba(),
            replaced(_OverloadFunctionTemplate, _get_jit_decorator=as_overload),
        ):
            return super().compile(sig)

    @cached_property
    def as_rule(self) -> RuleDispatcher:
        """Return the function as compiled functions call it."""
        return RuleDispatcher(self.py_func, None, **self.targetoptions)

    def get_call_template(self, args: Signature, kws: dict[str, types.Type]) -> tuple[object, ...]:
        """Compile the function for the types of a call by a compiled function."""
        template: tuple[object, ...] = self.as_rule.get_call_template(args, kws)
        return template

    def get_overload(self, sig: Signature) -> object:
        """Return what a compiled function calls."""
        return self.as_rule.get_overload(sig)


class RuleDispatcher(EntryDispatcher):
    """A function that compiled functions call."""

    compiler_class = RuleCompiler
    type_of = staticmethod(widened)

    def enable_caching(self) -> None:
        """Cache nothing: entries' caches have the rules in them."""
        self._cache = NullCache()

    def get_call_template(self, args: Signature, kws: dict[str, types.Type]) -> tuple[object, ...]:
        """Compile the function for the types of a call."""
        named = {name: self.type_of(kind) for name, kind in kws.items()}
        template: tuple[object, ...] = CPUDispatcher.get_call_template(self, tuple(map(self.type_of, args)), named)
        return template

    def compile(self, sig: Signature) -> object:
        """Compile the function for a signature, and return numba's key for the LLVM code.  Numba would time each rule twice."""
        args, return_type = normalize_signature(sig)
        if tuple(args) not in self.overloads:
            with global_compiler_lock, self._compiling_counter:
                self.add_overload(self._compiler.compile(tuple(args), return_type))
        return self.overloads[tuple(args)].entry_point

    def get_overload(self, sig: Signature) -> object:
        """Return numba's key for the LLVM code."""
        return CPUDispatcher.get_overload(self, sig)

    def add_overload(self, cres: compiler.CompileResult) -> None:
        """Register LLVM code.  Numba's key for it is the machine code, which there is not, so it gets another."""
        result = cres._replace(entry_point=object())
        self.targetctx.insert_user_function(result.entry_point, result.fndesc, [result.library])
        self.overloads[tuple(result.signature.args)] = result

    @cached_property
    def as_entry(self) -> EntryDispatcher:
        """Return the function as Python calls it."""
        return EntryDispatcher(self.py_func, self.stamp, **self.targetoptions)

    def __call__(self, *args: object, **kws: object) -> object:
        """Call the function from Python."""
        return self.as_entry(*args, **kws)


class OverloadDispatcher(RuleDispatcher):
    """A function of numba's own for one of Python's or numpy's, such as `max`, which only compiled functions call."""

    type_of = staticmethod(lambda kind: kind)


numbas_decorator = _OverloadFunctionTemplate._get_jit_decorator


def as_overload(template: _OverloadFunctionTemplate) -> Callable[..., object]:
    """Return what compiles numba's own functions, instead of numba's `jit`, which emits machine code for each."""
    if template.context is not CPUDispatcher.targetdescr.typing_context or set(template._jit_options) - PLAIN_OPTIONS:
        numbas: Callable[..., object] = numbas_decorator(template)
        return numbas
    return lambda **options: lambda function: OverloadDispatcher(function, None, **options)


DISPATCHERS: dict[str, type[EntryDispatcher]] = {"rule": RuleDispatcher, "entry": EntryDispatcher}
