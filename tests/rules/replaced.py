"""A plugin of mypy: `msgspec.structs.replace` takes the fields of its struct and no others, each of its own type."""

from collections.abc import Callable

from mypy.nodes import ARG_NAMED_OPT, ARG_POS, ARG_STAR2, CallExpr
from mypy.plugin import FunctionSigContext, Plugin
from mypy.types import CallableType, FunctionLike, Instance, get_proper_type


def _signature(context: FunctionSigContext) -> FunctionLike:
    """The signature of one call, made from the constructor of the struct that it is given."""
    general, call = context.default_signature, context.context
    if not isinstance(call, CallExpr) or ARG_STAR2 in call.arg_kinds:  # of a mapping only the values have a type
        return general
    struct = get_proper_type(context.api.get_expression_type(context.args[0][0])) if context.args[0] else None
    made = get_proper_type(struct.type["__init__"].type) if isinstance(struct, Instance) else None
    if not isinstance(general, CallableType) or not isinstance(struct, Instance) or not isinstance(made, CallableType):
        return general
    fields = [
        (name, kind)
        for name, kind, how in zip(made.arg_names[1:], made.arg_types[1:], made.arg_kinds[1:], strict=True)
        if name is not None and how != ARG_STAR2
    ]
    return general.copy_modified(
        arg_names=[general.arg_names[0], *(name for name, _ in fields)],
        arg_kinds=[ARG_POS, *(ARG_NAMED_OPT for _ in fields)],
        arg_types=[struct, *(kind for _, kind in fields)],
        ret_type=struct,
        variables=(),
    )


class ReplacedFields(Plugin):
    """Checks each call of `msgspec.structs.replace`."""

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        return _signature if fullname == "msgspec.structs.replace" else None


def plugin(version: str) -> type[Plugin]:
    return ReplacedFields
