"""CEL expressions as conditions: bounded, checked beforehand, and never able to stop a sale."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from config.errors import N_
from loyalty.expression_cost import ExpressionProblem, bound_name, steps_of

if TYPE_CHECKING:
    import cel

# One place to import from.
__all__ = [
    "NAMES",
    "SAMPLES",
    "Expression",
    "ExpressionFailed",
    "ExpressionProblem",
    "check_expression",
    "compile_expression",
    "context",
]

NAMES = frozenset(
    {
        "total_minor",
        "lines",
        "categories",
        "payment_method",
        "day",
        "weekday",
        "hour",
        "minute",
        "store",
        "tier",
        "segments",
        "visits",
        "points",
        "birthday",
    }
)
_FUNCTIONS = frozenset(
    {
        "size",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "int",
        "uint",
        "double",
        "string",
        "bool",
        "max",
        "min",
        "has",
        "all",
        "exists",
        "exists_one",
        "map",
        "filter",
        "type",
        "dyn",
    }
)
SAMPLES: tuple[Mapping[str, Any], ...] = tuple(
    {
        "total_minor": sum(line["amount_minor"] for line in lines),
        "lines": lines,
        "categories": sorted({line["category"] for line in lines}),
        "payment_method": method,
        "day": day,
        "weekday": weekday,
        "hour": hour,
        "minute": 30,
        "store": "main",
        "tier": tier,
        "segments": segments,
        "visits": visits,
        "points": points,
        "birthday": birthday,
    }
    for lines, method, day, weekday, hour, tier, segments, visits, points, birthday in (
        (
            [{"category": "GUM", "sku": "", "amount_minor": 0, "quantity_milli": 0}],
            "",
            "2026-01-05",
            "mon",
            8,
            "",
            [],
            0,
            0,
            False,
        ),
        (
            [
                {"category": "COFFEE", "sku": "", "amount_minor": 900, "quantity_milli": 1000},
                {"category": "BREAD", "sku": "4006381333931", "amount_minor": 1250, "quantity_milli": 2000},
            ],
            "card",
            "2026-12-24",
            "thu",
            17,
            "gold",
            ["staff"],
            12,
            1500,
            True,
        ),
    )
)


class ExpressionFailed(Exception):
    """An expression failed on a basket; it counts as false."""


class Expression:
    """A compiled expression."""

    def __init__(self, source: str, program: "cel.Program") -> None:
        self.source = source
        self.program = program

    def holds(self, seen: "dict[str, Any] | cel.Context") -> bool:
        """Whether it is true of *seen* (a mapping of :data:`NAMES`, or what :func:`context` made of one)."""
        try:
            result = self.program.execute(seen)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic inside the library is no Exception, and the sale goes on all the same
            raise ExpressionFailed(type(error).__name__) from error
        if not isinstance(result, bool):
            raise ExpressionFailed("not_a_bool")
        return result


def context(variables: Mapping[str, Any]) -> "cel.Context":
    """*variables* made ready for many expressions; ExpressionFailed where they hold what CEL can't."""
    import cel

    try:
        return cel.Context(variables=dict(variables))
    except (TypeError, ValueError, OverflowError) as error:
        raise ExpressionFailed(type(error).__name__) from error


@lru_cache(maxsize=512)
def compile_expression(source: str) -> Expression:
    """*source* compiled; ExpressionProblem when it is not CEL, or could take long (:mod:`loyalty.expression_cost`)."""
    import cel

    steps_of(source)
    try:
        return Expression(source, cel.compile(source))
    except ValueError as error:
        why = str(error).partition("ERROR: ")[2].partition("\n")[0].removeprefix("<input>:")
        why = why.partition(": OtherError")[0].partition(" expecting {")[0] or "not an expression"
        raise ExpressionProblem("expression_not_cel", N_("This is not a CEL expression: {why}."), why=why) from error


def check_expression(source: str) -> None:
    """Compile *source*, check the names that it uses, and try it on sample baskets; ExpressionProblem if it fails."""
    expression = compile_expression(source)
    _check_names(expression)
    for sample in SAMPLES:
        try:
            expression.holds(dict(sample))
        except ExpressionFailed as error:
            raise ExpressionProblem(
                "expression_fails", N_("This expression fails on a sample basket: {why}."), why=str(error)
            ) from error


def _check_names(expression: Expression) -> None:
    program = expression.program
    unknown = sorted(set(program.variables()) - NAMES - {bound_name(expression.source)})
    called = {name for name in program.functions() if name[0].isalpha()}
    unknown += sorted(called - _FUNCTIONS)
    if unknown:
        raise ExpressionProblem(
            "expression_unknown_name",
            N_("This expression uses “{name}”, which is not one of {known}."),
            name=unknown[0],
            known=", ".join(sorted(NAMES)),
        )
