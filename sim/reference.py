"""Named tuples of arrays passed by one pointer inside compiled code.

Numba passes a named tuple by value, all its arrays unpacked, to every function: with sixty arrays that makes
compilation slow and calls dear. The compiled entry therefore lays the tuple out once on its stack and hands a pointer
to the rules; field names stay what they were. The arrays are borrowed, without reference counts: the caller of the
entry holds them for as long as it runs. Without the compiler a tuple stays what it is, so that the rules read and run
the same in both modes.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import config, types
from numba.core import cgutils, imputils
from numba.core.datamodel import models
from numba.core.extending import infer_getattr, intrinsic, lower_getattr_generic, register_model
from numba.core.typing.templates import AttributeTemplate


class Reference(types.Type):  # type: ignore[misc]
    """Compiled type of a named tuple by reference; one of each name in a process, so a short name is enough."""

    def __init__(self, name: str, fields: tuple[tuple[str, Any], ...]) -> None:
        self.fields = fields
        self.rows = {field: row for row, (field, _) in enumerate(fields)}
        super().__init__(name=f"{name}Reference")


@register_model(Reference)
class ReferenceModel(models.OpaqueModel):  # type: ignore[misc]
    """A bare pointer."""


@infer_getattr
class ReferenceAttribute(AttributeTemplate):  # type: ignore[misc]
    """A field of the tuple has the type that it has in the tuple."""

    key = Reference

    def generic_resolve(self, kind: Reference, name: str) -> Any:
        """Type of a field, None when there is no such field."""
        row = kind.rows.get(name)
        return None if row is None else kind.fields[row][1]


def _pointer(context: Any, builder: Any, kind: Reference, value: Any) -> Any:
    layout = ir.LiteralStructType([context.get_value_type(field) for _, field in kind.fields])
    return builder.bitcast(value, layout.as_pointer())


@lower_getattr_generic(Reference)
def _get_field(context: Any, builder: Any, kind: Reference, value: Any, name: str) -> Any:
    row = kind.rows[name]
    field = cgutils.gep_inbounds(builder, _pointer(context, builder, kind, value), 0, row)
    return imputils.impl_ret_borrowed(context, builder, kind.fields[row][1], builder.load(field))


@intrinsic
def _refer(typing_context: Any, values: Any) -> Any:
    kind = Reference(values.instance_class.__name__, tuple(zip(values.fields, values.types, strict=True)))

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        layout = ir.LiteralStructType([context.get_value_type(field) for _, field in kind.fields])
        stack = cgutils.alloca_once(builder, layout)
        for row, (_, field) in enumerate(kind.fields):
            value = builder.extract_value(args[0], row)
            if isinstance(field, types.Array):
                view = context.make_array(field)(context, builder, value=value)
                view.meminfo = cgutils.get_null_value(view.meminfo.type)
                view.parent = cgutils.get_null_value(view.parent.type)
                value = view._getvalue()
            builder.store(value, cgutils.gep_inbounds(builder, stack, 0, row))
        return builder.bitcast(stack, cgutils.voidptr_t)

    return kind(values), build


def _as_it_is(values: Any) -> Any:
    """`values` itself: without the compiler there is nothing to refer to."""
    return values


by_reference: Any = _as_it_is if config.DISABLE_JIT else _refer
"""`values` by reference. Emitted into its caller, on whose stack the fields lie: only the compiled entry calls it."""
