"""Compile rules into the entries that call them.  This uses numba's private parts; only `sim.model.jit` imports it.

Numba optimises every function on its own, emits its machine code, wraps it for Python and caches it, although Python calls
only entries.  Here a rule stays unoptimised LLVM code, which is linked into each entry and optimised there, once: a third
of the processor time, for the same speed of a run and the same bits.  A rule that Python calls nonetheless, as tests do, is
compiled once more, as an entry.  Numba also compiles a function once for each integer literal that it is called with; here
literals are plain integers.

`SUPPORTED` names the versions of numba that this was tested with.  With others, `sim.model.jit` compiles the ordinary way.
"""

from __future__ import annotations

from collections.abc import Iterable

from llvmlite.binding import Linkage, ModuleRef
from numba import __version__
from numba.core import compiler, types
from numba.core.codegen import CPUCodeLibrary, JITCodeLibrary
from numba.core.dispatcher import _FunctionCompiler
from numba.core.registry import CPUDispatcher

SUPPORTED = ("0.68",)

is_supported: bool = ".".join(__version__.split(".")[:2]) in SUPPORTED


class RuleLibrary(JITCodeLibrary):
    """A rule's unoptimised LLVM code, and the libraries that it calls."""

    def _optimize_functions(self, ll_module: ModuleRef) -> None:
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
        super().finalize()


class RuleCompiler(_FunctionCompiler):
    """Compile a rule to LLVM code."""

    library_class = RuleLibrary

    def _customize_flags(self, flags: compiler.Flags) -> compiler.Flags:
        flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
        return flags

    def _compile_core(self, args: tuple[types.Type, ...], return_type: types.Type) -> compiler.CompileResult:
        target = self.targetdescr
        flags = compiler.Flags()
        target.options.parse_as_flags(flags, self.targetoptions)
        library = self.library_class(target.target_context.codegen(), self.py_func.__qualname__)
        library.enable_object_caching()
        return compiler.compile_extra(
            target.typing_context, target.target_context, self.py_func, args=args, return_type=return_type,
            flags=self._customize_flags(flags), locals=self.locals, library=library, pipeline_class=self.pipeline_class,
        )  # fmt: skip


class EntryCompiler(RuleCompiler):
    """Compile an entry to machine code."""

    library_class = EntryLibrary

    def _customize_flags(self, flags: compiler.Flags) -> compiler.Flags:
        flags.no_cfunc_wrapper = True
        return flags

    def _compile_core(self, args: tuple[types.Type, ...], return_type: types.Type) -> compiler.CompileResult:
        result = super()._compile_core(args, return_type)
        for environment in result._find_referenced_environments():  # an exception with a computed message needs its own
            result.codegen.set_env(environment.env_name, environment)
        return result


def not_literal(kind: types.Type) -> types.Type:
    """Return the type of an integer or boolean for that of a literal, and any other type as it is."""
    return types.unliteral(kind) if isinstance(kind, (types.IntegerLiteral, types.BooleanLiteral)) else kind


class EntryDispatcher(CPUDispatcher):
    """A function that Python calls."""

    compiler_class: type[RuleCompiler] = EntryCompiler

    def __init__(self, function: object, cache: bool = False, **options: object) -> None:
        super().__init__(function, {}, {"nopython": True, "boundscheck": None, **options})
        self._compiler = self.compiler_class(
            function, self.targetdescr, self.targetoptions, self.locals, compiler.Compiler
        )
        if cache:
            self.enable_caching()

    def get_call_template(self, args: tuple[types.Type, ...], kws: dict[str, types.Type]) -> tuple[object, ...]:
        """Compile the function for the types of a call."""
        named = {name: not_literal(kind) for name, kind in kws.items()}
        template: tuple[object, ...] = super().get_call_template(tuple(not_literal(kind) for kind in args), named)
        return template


class RuleDispatcher(EntryDispatcher):
    """A function that compiled functions call."""

    compiler_class = RuleCompiler
    is_cached_entry = False
    as_entry: EntryDispatcher | None = None

    def enable_caching(self) -> None:
        """Cache the machine code for calls from Python.  There is no other: entries' caches have the rules in them."""
        self.is_cached_entry = True

    def add_overload(self, cres: compiler.CompileResult) -> None:
        """Register LLVM code.  Numba's key for it is the machine code, which there is not, so it gets another."""
        result = cres._replace(entry_point=object())
        self.targetctx.insert_user_function(result.entry_point, result.fndesc, [result.library])
        self.overloads[tuple(result.signature.args)] = result

    def __call__(self, *args: object, **kws: object) -> object:
        """Compile the rule as an entry, and call that."""
        if self.as_entry is None:
            self.as_entry = EntryDispatcher(self.py_func, self.is_cached_entry, **self.targetoptions)
        return self.as_entry(*args, **kws)


DISPATCHERS: dict[str, type[EntryDispatcher]] = {"rule": RuleDispatcher, "entry": EntryDispatcher}
