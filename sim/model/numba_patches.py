"""Changes to numba that make it compile the model's rules in two thirds of the time, with the same bits of results.

They use numba's private parts, so only versions of numba that they were tested with are changed (`sim.model.jit.SUPPORTED`), and
only while they compile the model.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from functools import cache

from llvmlite import ir
from llvmlite.ir import IRBuilder, Type, Value
from llvmlite.ir.instructions import ExtractValue, InsertValue, Instruction, PhiInstr
from numba.core import cgutils, errors, lowering, types
from numba.core.base import BaseContext
from numba.core.compiler import Compiler, StateDict
from numba.core.compiler_machinery import CompilerPass, PassManager
from numba.core.cpu import CPUContext
from numba.core.errors import WarningsFixer
from numba.core.inline_closurecall import InlineWorker
from numba.core.ir import Assign, Loc, Scope
from numba.core.postproc import PostProcessor, VariableLifetime
from numba.core.targetconfig import ConfigStack
from numba.core.transforms import canonicalize_cfg
from numba.core.typed_passes import NativeLowering
from numba.core.typing.templates import _OverloadFunctionTemplate
from numba.np import arrayobj

MODEL = "_ZN3sim5model"
"""What LLVM's names of the model's functions begin with: `sim.model`, mangled as in C++."""

numbas_index = arrayobj.fix_integer_index
numbas_size = BaseContext.get_abi_sizeof
numbas_array = arrayobj.make_array
ARRAYS = (types.Array, types.NestedArray)
numbas_inlining = InlineWorker.inline_function
numbas_processing = PostProcessor.run
NO_CONTEXT = nullcontext()
numbas_path = Loc._get_path
numbas_name = BaseContext.mangler
SIZES: dict[str, int] = {}


def plain_index(context: CPUContext, builder: IRBuilder, kind: types.Type, index: Value, size: Value) -> Value:
    """Return an index as machine code uses it: in the model as it is, elsewhere counted from the end if negative."""
    if builder.function.name.startswith(MODEL):
        return context.cast(builder, index, kind, types.intp)
    return numbas_index(context, builder, kind, index, size)


def known_size(context: CPUContext, kind: Type) -> int:
    """Return the bytes of an LLVM type.  Numba asks for every variable, and LLVM has to read a module to find out."""
    name = str(kind)
    if name not in SIZES:
        SIZES[name] = numbas_size(context, kind)
    return SIZES[name]


def short_name(
    context: BaseContext,
    name: str,
    kinds: Sequence[types.Type],
    *,
    abi_tags: Sequence[str] = (),
    uid: int | None = None,
) -> str:
    """Return LLVM's name of a function, with a hash of the types of its arguments: a world's would fill pages."""
    signature = hashlib.sha256(repr(tuple(map(str, kinds))).encode()).hexdigest()[:16]
    return str(numbas_name(context, name, (), abi_tags=(*abi_tags, signature), uid=uid))


class FoldingBuilder(IRBuilder):
    """A builder that takes no value out of a structure that was put into it before.

    Numba passes a world as a hundred arguments, and puts them together and takes them apart for every access and call: more
    than half of all instructions, which LLVM would read only to drop them.
    """

    def extract_value(self, agg: Value, idx: int | Sequence[int], name: str = "") -> Value:
        """Return a part of a structure."""
        path = [idx] if isinstance(idx, int) else list(idx)
        while path and isinstance(agg, InsertValue):
            inserted = list(agg.indices)
            if inserted == path[: len(inserted)]:
                agg, path = agg.value, path[len(inserted) :]
            elif inserted[: len(path)] == path:
                break  # only some of the part was put in here
            else:
                agg = agg.aggregate
        return super().extract_value(agg, path, name) if path else agg


class KnownArray:
    """An array's structure as a value.  Numba's is memory, cleared twice, written and read for each access."""

    def __init__(self, context: CPUContext, builder: FoldingBuilder, kind: types.Array, value: Value | None) -> None:
        model = context.data_model_manager[kind]
        known = ir.Constant(model.get_value_type(), None) if value is None else value
        # As attributes of the object, past `__setattr__`; numba reads the first three.
        vars(self).update(_context=context, _builder=builder, _datamodel=model, _known=known, _block=builder.block)

    def __getattr__(self, field: str) -> Value:
        """Return a field's value."""
        return self._datamodel.get(self._builder, self._known, field)

    def __setattr__(self, field: str, value: Value) -> None:
        """Change a field."""
        if self._builder.block is not self._block:
            raise errors.UnsupportedError(f"a rule changes the {field} of an array on some ways only; see {__name__}")
        vars(self)["_known"] = self._datamodel.set(self._builder, self._known, value, field)

    def _getvalue(self) -> Value:
        """Return the structure."""
        return self._known

    def _getpointer(self) -> Value:
        """Return the address of a copy."""
        return cgutils.alloca_once_value(self._builder, self._known)


def array_maker(kind: types.Array) -> Callable[..., object]:
    """Return what makes the structure of an array: a value in rules, which count no references, numba's own elsewhere."""

    def make(context: CPUContext, builder: IRBuilder, value: Value | None = None, ref: Value | None = None) -> object:
        if isinstance(builder, FoldingBuilder) and not context.enable_nrt and ref is None and type(kind) in ARRAYS:
            return KnownArray(context, builder, kind, value)
        return numbas_array(kind)(context, builder, value, ref)

    return make


class RuleLower(lowering.Lower):
    """Numba's translation into LLVM code, with fewer variables in memory."""

    def _find_singly_assigned_variable(self) -> None:
        """Find variables that need no memory: also those that the first block assigns, since it precedes all others."""
        super()._find_singly_assigned_variable()
        if self.flags.nrt:
            return  # a reference that is dropped twice, on one way or another, has to be cleared in between
        times = Counter(step.target.name for block in self.blocks.values() for step in block.find_insts(Assign))
        first = (step.target.name for step in self.blocks[self.firstblk].find_insts(Assign))
        self._singly_assigned_vars |= {name for name in first if times[name] == 1}

    def post_lower(self) -> None:
        """Drop what was put into or taken out of structures and is not used, as most of a world's arguments are not."""
        super().post_lower()
        steps = [step for block in self.function.blocks for step in block.instructions]
        times = Counter(id(value) for step in steps for value in values_in(step))
        unused: set[int] = set()
        open_ = [step for step in steps if isinstance(step, (InsertValue, ExtractValue)) and not times[id(step)]]
        while open_:
            step = open_.pop()
            unused.add(id(step))
            for value in values_in(step):
                times[id(value)] -= 1
                if isinstance(value, (InsertValue, ExtractValue)) and not times[id(value)]:
                    open_.append(value)
        for block in self.function.blocks:
            block.instructions[:] = [step for step in block.instructions if id(step) not in unused]


def values_in(step: Instruction) -> list[Value]:
    """Return what an instruction uses."""
    return [value for value, _ in step.incomings] if isinstance(step, PhiInstr) else step.operands


def implementation(
    template: _OverloadFunctionTemplate, args: Sequence[types.Type], kws: dict[str, types.Type]
) -> object:
    """Return numba's own function for one of Python's or numpy's, compiled for these types, and the types.

    Numba looks for it under all options of the caller, which it compares one by one; under those that it inherits is enough.
    """
    flags = ConfigStack.top_or_none()
    inherited = flags and (flags.nrt, flags.forceinline, flags.error_model, repr(flags.fastmath), flags.debuginfo)
    key = template.context, tuple(args), tuple(kws.items()), inherited
    return template._impl_cache.get(key) or template._build_impl(key, args, kws)


@cache
def path_of(file: str) -> str:
    """Return a file's path in messages.  Numba writes one for every error that it makes and drops while it tries out types."""
    return str(numbas_path(Loc(file, 1)))


@contextmanager
def replaced(owner: object, **members: object) -> Iterator[None]:
    """Replace members of a class or module for a while.  The compiler's lock keeps other threads out."""
    before = {name: vars(owner)[name] for name in members if name in vars(owner)}
    for name, member in members.items():
        setattr(owner, name, member)
    try:
        yield
    finally:
        for name in members:
            setattr(owner, name, before[name]) if name in before else delattr(owner, name)


def inline_function(worker: InlineWorker, *arguments: object, **named: object) -> object:
    """Inline a function.  Numba copies all its variables once for each of them; their names are replaced right after."""
    with replaced(Scope, __deepcopy__=lambda scope, memo: scope):
        return numbas_inlining(worker, *arguments, **named)


def process(processor: PostProcessor, emit_dels: bool = False, extend_lifetimes: bool = False) -> None:
    """Prepare a function for the next pass.  Numba also finds where variables live, which only the last of ten passes needs."""
    function = processor.func_ir
    if emit_dels or function.is_generator:
        numbas_processing(processor, emit_dels, extend_lifetimes)
    else:
        function.blocks = canonicalize_cfg(function.blocks)
        function.variable_lifetime = VariableLifetime(function.blocks)
        function.generator_info = None


class RulePasses(PassManager):
    """Numba's passes, without the checks, events and descriptions of each, and without catching warnings for each expression."""

    def run(self, state: StateDict) -> None:
        """Run the passes."""
        with replaced(WarningsFixer, catch_warnings=lambda fixer, filename, lineno: NO_CONTEXT):
            super().run(state)

    def _runPass(self, index: int, pss: CompilerPass, internal_state: StateDict) -> None:
        pss.analysis = self._analysis
        for step in (pss.run_initialization, pss.run_pass, pss.run_finalizer):
            step(internal_state)


class RulePipeline(Compiler):
    """Numba's way to compile a function."""

    def define_pipelines(self) -> list[RulePasses]:
        """Return the passes."""
        passes = RulePasses("nopython")
        for numbas in super().define_pipelines():
            passes.passes += numbas.passes
        passes.finalize()
        return [passes]


CHANGES: tuple[tuple[object, dict[str, object]], ...] = (
    (arrayobj, {"fix_integer_index": plain_index, "make_array": array_maker}),
    (BaseContext, {"get_abi_sizeof": known_size, "mangler": short_name}),
    (InlineWorker, {"inline_function": inline_function}),
    (PostProcessor, {"run": process}),
    (Loc, {"_get_path": lambda loc: path_of(loc.filename)}),
    (_OverloadFunctionTemplate, {"_get_impl": implementation}),
    (lowering, {"IRBuilder": FoldingBuilder}),
    (NativeLowering, {"lowering_class": RuleLower}),
)
"""Modules and classes of numba, and what is replaced in them."""


@contextmanager
def changed_numba() -> Iterator[None]:
    """Change numba while it compiles the model: everything else is compiled by numba as it is."""
    with ExitStack() as stack:
        for owner, members in CHANGES:
            stack.enter_context(replaced(owner, **members))
        yield
