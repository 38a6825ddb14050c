"""Expressions in lesson files: measures, numbers, arithmetic and comparisons, such as ``parameters(conv1) - 32``.

The syntax is Python's; what is not one of these is refused before anything is computed.
"""

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from digitlab.lessons.kinds import Kind, Value
from digitlab.lessons.measures import LAYER, MEASURES, Measure, nearest
from digitlab.lessons.mistakes import MistakeError
from digitlab.lessons.scene import SceneError

if TYPE_CHECKING:
    from digitlab.lessons.scene import Scene

_LONGEST: Final = 300
"""Maximum length of an expression in characters; its depth is then harmless."""

_ARITHMETIC: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}
_COMPARISONS: Final[dict[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_LARGEST: Final = 1e12
"""No number of a lesson is larger."""

_SYNTAX: Final = "a measure such as parameters(conv1), or arithmetic (+ - * / //) or a comparison (== != < <= > >=)"


@dataclass(frozen=True, slots=True)
class Expression:
    """A text that is computed from the window when it is needed.

    Attributes:
        text: As written.
        kind: What its value is.
    """

    text: str
    kind: Kind
    _tree: ast.expr = field(repr=False, compare=False)

    def value(self, scene: "Scene") -> Value:
        """Compute its value.

        Raises:
            SceneError: If the network on screen does not have what it asks for.
        """
        try:
            return _value(self._tree, scene)
        except ZeroDivisionError as error:
            raise SceneError(f"{self.text} divides by zero.") from error


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        MistakeError: If it is none; says what was found and expected.
    """
    tree = _tree(text)
    return Expression(text.strip(), _kind(tree), tree)


def parse_list(text: str) -> tuple[Expression, ...]:
    """Read expressions separated by commas; a layer's name alone is one too.

    Raises:
        MistakeError: If one of them is none.
    """
    tree = _tree(text)
    parts = tree.elts if isinstance(tree, ast.Tuple) else [tree]
    return tuple(Expression(ast.unparse(part), _argument_kind(part), part) for part in parts)


def _tree(text: str) -> ast.expr:
    if len(text) > _LONGEST:
        raise MistakeError(f"an expression of {len(text)} characters", f"at most {_LONGEST}")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        hint = " (two equals signs compare)" if "=" in text and "==" not in text else ""
        raise MistakeError(f'"{text.strip()}"', _SYNTAX + hint) from error


def _argument_kind(node: ast.expr) -> Kind:
    return Kind.LAYER if isinstance(node, ast.Name) else _kind(node)


def _kind(node: ast.expr) -> Kind:
    """Return the kind of an expression, and check all of it."""
    match node:
        case ast.Constant(value=value):
            return _kind_of_constant(node, value)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _kind_of_call(name, arguments)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _number_kind(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return _kind_of_arithmetic(left, op, right)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            _check_comparison(left, right)
            return Kind.TRUTH
        case ast.BoolOp(values=values):
            return _kind_of_conditions(values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _kind_of_conditions([operand])
        case _:
            raise _refusal(node)


def _kind_of_constant(node: ast.expr, value: object) -> Kind:
    if isinstance(value, str):
        return Kind.TEXT
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return Kind.WHOLE if isinstance(value, int) else Kind.NUMBER
    raise _refusal(node)


def _refusal(node: ast.expr) -> MistakeError:
    text = ast.unparse(node)
    if isinstance(node, ast.Name):
        return MistakeError(f'"{text}"', f"a measure: {text} alone is a name, as of a layer in parameters({text})")
    return MistakeError(f'"{text}"', _SYNTAX)


def _kind_of_call(name: str, arguments: list[ast.expr]) -> Kind:
    measure = MEASURES.get(name)
    if measure is None:
        raise MistakeError(f'the unknown measure "{name}"', nearest(name, MEASURES, "a measure"))
    _check_arguments(measure, arguments)
    return measure.kind


def _check_arguments(measure: Measure, arguments: list[ast.expr]) -> None:
    kinds = [_argument_kind(argument) for argument in arguments]
    if not measure.least <= len(kinds) <= len(measure.parameters):
        raise MistakeError(f"{len(kinds)} values in {measure.name}(…)", measure.signature)
    for kind, parameter, argument in zip(kinds, measure.parameters, arguments, strict=False):
        wanted = Kind.LAYER if parameter == LAYER else Kind.WHOLE
        if kind is not wanted:
            text = ast.unparse(argument)
            raise MistakeError(f'{kind.value} "{text}" for {parameter} in {measure.name}(…)', measure.signature)


def _number_kind(node: ast.expr) -> Kind:
    kind = _kind(node)
    if not kind.is_number:
        raise MistakeError(f'{kind.value} "{ast.unparse(node)}" in arithmetic', "numbers")
    return kind


def _kind_of_arithmetic(left: ast.expr, op: ast.operator, right: ast.expr) -> Kind:
    kinds = {_number_kind(left), _number_kind(right)}
    if kinds == {Kind.WHOLE} and not isinstance(op, ast.Div):
        return Kind.WHOLE
    shares = {Kind.SHARE, Kind.PROBABILITY}
    return Kind.SHARE if kinds <= shares and isinstance(op, ast.Add | ast.Sub) else Kind.NUMBER


def _check_comparison(left: ast.expr, right: ast.expr) -> None:
    kinds = [_kind(left), _kind(right)]
    if kinds[0] is not kinds[1] and not all(kind.is_number for kind in kinds):
        raise MistakeError(
            f'a comparison of {kinds[0].value} "{ast.unparse(left)}" with {kinds[1].value} "{ast.unparse(right)}"',
            "two values of the same kind",
        )


def _kind_of_conditions(nodes: list[ast.expr]) -> Kind:
    for node in nodes:
        kind = _kind(node)
        if kind is not Kind.TRUTH:
            raise MistakeError(f'{kind.value} "{ast.unparse(node)}" beside and, or, not', "a comparison")
    return Kind.TRUTH


def _value(node: ast.expr, scene: "Scene") -> Value:
    """Compute an expression that was checked."""
    match node:
        case ast.Constant(value=value):
            return value  # type: ignore[return-value]  # checked: a number or a text
        case ast.Name(id=name):
            return name
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return MEASURES[name].compute(scene, *(_value(argument, scene) for argument in arguments))
        case ast.BinOp(left=left, op=op, right=right):
            result: Value = _ARITHMETIC[type(op)](_value(left, scene), _value(right, scene))
            return result
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _COMPARISONS[type(op)](_value(left, scene), _value(right, scene))
        case ast.BoolOp(op=both, values=values):
            combine = all if isinstance(both, ast.And) else any
            return combine(bool(_value(value, scene)) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, scene)
        case ast.UnaryOp(operand=operand):
            return -_value(operand, scene)  # type: ignore[operator]  # checked: a number
    raise AssertionError(node)
