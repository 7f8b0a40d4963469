"""How migrations write tables down: whole numbers, texts and bytes, each needed unless it is optional."""

from typing import Any

import sqlalchemy as sa
from alembic import op

# SQLite's own row number is an INTEGER key, by that very name.
_WIDE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def make(name: str, *columns: "sa.Column[Any]", key: tuple[str, ...], unique: tuple[str, ...] = ()) -> None:
    """Make the table *name* with its primary *key*."""
    constraints = [sa.UniqueConstraint(*unique)] if unique else []
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key), *constraints)


def number(name: str, *, optional: bool = False) -> "sa.Column[int]":
    """A whole number of 64 bits."""
    return sa.Column(name, _WIDE, autoincrement=False, nullable=optional)


def text(name: str, *, optional: bool = False) -> "sa.Column[str]":
    """A text."""
    return sa.Column(name, sa.Text(), nullable=optional)


def data(name: str, *, optional: bool = False) -> "sa.Column[bytes]":
    """Some bytes."""
    return sa.Column(name, sa.LargeBinary(), nullable=optional)
