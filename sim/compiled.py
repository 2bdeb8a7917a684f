"""How the rules are compiled: one decorator for all.

`rule` marks a short function on a row or a place. It is plain Python with NUMBA_DISABLE_JIT=1.

Numba optimises every function with copies of all that it calls, and makes machine code of each: for a tree of rules
under one entry that is the same work ten times over. A rule that is called from compiled code is therefore only
lowered; the entry links all the rules it needs and is optimised once.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any, TypeVar

from numba import config, njit, types
from numba._dynfunc import make_function
from numba.core import cgutils
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.itanium_mangler import mangle
from numba.core.typed_passes import (
    AnnotateTypes,
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NoPythonSupportedFeatureValidation,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.untyped_passes import (
    FixupArgs,
    GenericRewrites,
    IRProcessing,
    ReconstructSSA,
    RewriteSemanticConstants,
    TranslateByteCode,
)
from numba.np import arrayobj

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class RuleLibrary(JITCodeLibrary):  # type: ignore[misc]
    """The code of one rule as it was lowered, and which libraries it calls."""

    def add_ir_module(self, module: Any) -> None:
        """Tell LLVM that what a rule writes never changes the tuples it is handed by reference (sim/reference.py).

        Otherwise it reads an array's place and size anew after every number that is written.
        """
        for function in module.functions:
            for argument in function.args if function.blocks else ():
                if argument.type == cgutils.voidptr_t:
                    argument.add_attribute("noalias")
        super().add_ir_module(module)

    def add_llvm_module(self, module: Any) -> None:
        """Take a module over as it is."""
        module.data_layout = self._codegen._data_layout
        self._final_module.link_in(module)

    def finalize(self) -> None:
        """Neither optimise nor make machine code."""
        self._finalized = True

    def _get_module_for_linking(self) -> Any:
        """This rule with all that it calls, for the entry that calls it."""
        if self._shared_module is None:
            own = {function.name for function in self.get_defined_functions()}
            self._shared_module = self._final_module.clone()
            for library in callees(self, {}):
                module = (
                    library._final_module if isinstance(library, RuleLibrary) else library._get_module_for_linking()
                )
                self._shared_module.link_in(module, preserve=True)
            for function in self._shared_module.functions:
                if function.is_declaration:
                    continue
                function.linkage = "linkonce_odr" if function.name in own else "internal"
                if function.name not in own:
                    # LLVM looks symbols up by name in all it has loaded, those of other entries' inner functions too,
                    # whose arguments it may have cut: inner functions get a name of their own for every entry
                    function.name = f"{function.name}.in.{self.name}"
        return self._shared_module


def callees(library: RuleLibrary, found: dict[Any, None]) -> dict[Any, None]:
    """All that a rule calls, directly or not."""
    for callee in library._linking_libraries:
        if callee not in found:
            found[callee] = None
            if isinstance(callee, RuleLibrary):
                callees(callee, found)
    return found


def short_name(name: str, _types: Any, *, abi_tags: Any = (), uid: int | None = None) -> str:
    """The symbol of a rule; Numba would write all fields of all rows that it takes into it."""
    return str(mangle(name, (), uid=uid))


@register_pass(mutates_CFG=True, analysis_only=False)
class RuleLowering(NativeLowering):  # type: ignore[misc]
    """Numba's lowering without machine code."""

    _name = "rule_lowering"

    def run_pass(self, state: Any) -> bool:
        """Lower the rule into a library of its own."""
        name = state.func_id.func_qualname
        state.library = RuleLibrary(state.targetctx.codegen(), name)
        state.flags.no_compile = True
        state.targetctx.mangler = short_name
        from_either_end = arrayobj.fix_integer_index
        arrayobj.fix_integer_index = row_number
        try:
            super().run_pass(state)
        finally:
            arrayobj.fix_integer_index = from_either_end
        result = state["cr"]
        key = make_function(result.fndesc.lookup_module(), name, name, 0, result.env, (state.library,))
        state.targetctx.insert_user_function(key, result.fndesc, [state.library])
        state["cr"] = result._replace(cfunc=key)
        return True


def row_number(context: Any, builder: Any, kind: Any, row: Any, _size: Any) -> Any:
    """The row that a rule names: rows are never counted from the end, so none is asked whether it is negative.

    With NUMBA_BOUNDSCHECK=1 a negative row is an IndexError (tests/test_rows.py).
    """
    return context.cast(builder, row, kind, types.intp if kind.signed else types.uintp)


_search = types.Function.get_call_type
_found: dict[Any, Any] = {}


def type_of_call(function: Any, context: Any, args: Any, kws: Any) -> Any:
    """Numba's search for the type of an operation, remembered: the same few hundred operations fill the rules."""
    key = (function, tuple(args), tuple(kws.items()))
    if key not in _found:
        _found[key] = _search(function, context, args, kws)
    return _found[key]


class RuleCompiler(CompilerBase):  # type: ignore[misc]
    """Numba's pipeline without what rules do not use (closures, `with`, `raise`, inlining) and with `RuleLowering`."""

    def compile_extra(self, function: Any) -> Any:
        """Compile without garbage collection, which costs a sixth of the time, and with `type_of_call`."""
        collects, search = gc.isenabled(), types.Function.get_call_type
        gc.disable()
        types.Function.get_call_type = type_of_call
        try:
            return super().compile_extra(function)
        finally:
            types.Function.get_call_type = search
            if collects:
                gc.enable()

    def define_pipelines(self) -> list[Any]:
        """The passes."""
        passes = PassManager("rule")
        for kind in (
            TranslateByteCode,
            FixupArgs,
            IRProcessing,
            RewriteSemanticConstants,
            GenericRewrites,
            ReconstructSSA,
            NopythonTypeInference,
            PreLowerStripPhis,
            NoPythonSupportedFeatureValidation,
            IRLegalization,
            AnnotateTypes,
            RuleLowering,
            NoPythonBackend,
        ):
            passes.add_pass(kind, kind.__name__)
        passes._ENFORCING = False  # no check of the code after each pass
        passes.finalize()
        return [passes]


def rule(function: FunctionT) -> FunctionT:
    """Compile a rule without bounds and zero-division branches; a division by zero is infinite, as in NumPy.

    Numba would compile a function anew for every constant it is called with (a cause, a purpose, a kind of event):
    ten times the work for nothing. Constants are therefore passed on as plain numbers.
    """
    compiled: Any = njit(error_model="numpy", no_cfunc_wrapper=True)(function)
    if not config.DISABLE_JIT:
        inner: Any = njit(
            error_model="numpy", no_cfunc_wrapper=True, no_cpython_wrapper=True, _nrt=False, pipeline_class=RuleCompiler
        )(function)

        def without_constants(args: Any, kws: Any) -> Any:
            return inner.get_call_template(
                tuple(types.unliteral(kind) for kind in args),
                {name: types.unliteral(kind) for name, kind in kws.items()},
            )

        compiled.get_call_template = without_constants
        compiled.get_overload = inner.get_overload
    return compiled
