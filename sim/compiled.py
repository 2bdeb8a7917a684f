"""How the rules are compiled: one decorator for all.

`rule` marks a short function on a row or a place. It is plain Python with NUMBA_DISABLE_JIT=1.

Numba optimises every function with copies of all that it calls, and makes machine code of each: for a tree of rules
under one entry that is the same work ten times over. A rule that is called from compiled code is therefore only
lowered; the entry links all the rules it needs and is optimised once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from llvmlite import binding
from numba import config, njit, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering
from numba._dynfunc import make_function

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class RuleLibrary(JITCodeLibrary):  # type: ignore[misc]
    """The code of one rule as it was lowered, and which libraries it calls."""

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
            self._shared_module = self._final_module.clone()
            for library in callees(self, {}):
                module = library._final_module if isinstance(library, RuleLibrary) else library._get_module_for_linking()
                self._shared_module.link_in(module, preserve=True)
            for function in self._shared_module.functions:
                if not function.is_declaration and function.linkage == binding.Linkage.external:
                    function.linkage = "linkonce_odr"
        return self._shared_module


def callees(library: RuleLibrary, found: dict[Any, None]) -> dict[Any, None]:
    """All that a rule calls, directly or not."""
    for callee in library._linking_libraries:
        if callee not in found:
            found[callee] = None
            if isinstance(callee, RuleLibrary):
                callees(callee, found)
    return found


@register_pass(mutates_CFG=True, analysis_only=False)
class RuleLowering(NativeLowering):  # type: ignore[misc]
    """Numba's lowering without machine code."""

    _name = "rule_lowering"

    def run_pass(self, state: Any) -> bool:
        """Lower the rule into a library of its own."""
        name = state.func_id.func_qualname
        state.library = RuleLibrary(state.targetctx.codegen(), name)
        state.flags.no_compile = True
        super().run_pass(state)
        result = state["cr"]
        key = make_function(result.fndesc.lookup_module(), name, name, 0, result.env, (state.library,))
        state.targetctx.insert_user_function(key, result.fndesc, [state.library])
        state["cr"] = result._replace(cfunc=key)
        return True


class RuleCompiler(CompilerBase):  # type: ignore[misc]
    """Numba's pipeline with `RuleLowering` in the place of its own."""

    def define_pipelines(self) -> list[Any]:
        """The passes."""
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.passes = [(RuleLowering if kind is NativeLowering else kind, what) for kind, what in passes.passes]
        passes._finalized = False
        passes.finalize()
        return [passes]


def rule(function: FunctionT) -> FunctionT:
    """Compile a rule without bounds and zero-division branches; a division by zero is infinite, as in NumPy.

    Numba would compile a function anew for every constant it is called with (a cause, a purpose, a kind of event):
    ten times the work for nothing. Constants are therefore passed on as plain numbers.
    """
    compiled: Any = njit(error_model="numpy", no_cfunc_wrapper=True)(function)
    if not config.DISABLE_JIT:
        inner: Any = njit(error_model="numpy", no_cfunc_wrapper=True, no_cpython_wrapper=True,
                          pipeline_class=RuleCompiler)(function)

        def without_constants(args: Any, kws: Any) -> Any:
            return inner.get_call_template(tuple(types.unliteral(kind) for kind in args),
                                           {name: types.unliteral(kind) for name, kind in kws.items()})

        compiled.get_call_template = without_constants
        compiled.get_overload = inner.get_overload
    return compiled
