"""How the rules are compiled: one decorator for all.

`rule` marks a short function on a row or a place. It is plain Python with NUMBA_DISABLE_JIT=1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import config, njit, types

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


def rule(function: FunctionT) -> FunctionT:
    """Compile a rule without bounds and zero-division branches; a division by zero is infinite, as in NumPy.

    Numba would compile a function anew for every constant it is called with (a cause, a purpose, a kind of event):
    ten times the work for nothing. Constants are therefore passed on as plain numbers.
    """
    compiled: Any = njit(error_model="numpy", no_cfunc_wrapper=True)(function)
    if not config.DISABLE_JIT:
        resolve = compiled.get_call_template

        def without_constants(args: Any, kws: Any) -> Any:
            return resolve(tuple(types.unliteral(kind) for kind in args),
                           {name: types.unliteral(kind) for name, kind in kws.items()})

        compiled.get_call_template = without_constants
    return compiled
