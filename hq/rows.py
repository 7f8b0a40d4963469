"""Records as rows of their tables and back; a record's fields stand in the order of the table's columns."""

from operator import attrgetter
from typing import Any

from sqlalchemy import Row as FetchedRow
from sqlalchemy import Table

from hq import schema
from hq.database import Row
from hq.records import Account, Life, Member, Pool, Posting
from loyalty.entries import PostingRef

Fetched = FetchedRow[Any]
_Values = Fetched | Row


def _columns(table: Table) -> "attrgetter[Row]":
    return attrgetter(*(column.name for column in table.columns))


member_row = _columns(schema.members)
account_row = _columns(schema.accounts)
pool_row = _columns(schema.pools)
life_row = _columns(schema.lives)
_posting_values = _columns(schema.postings)
_UNDOES = [column.name for column in schema.postings.columns].index("undoes")


def posting_row(posting: Posting) -> Row:
    """A posting as a row."""
    values = _posting_values(posting)
    if posting.undoes is None:
        return values
    return (*values[:_UNDOES], ref_text(posting.undoes), *values[_UNDOES + 1 :])


def from_posting(row: Fetched) -> Posting:
    """The posting in a row."""
    posting = Posting(*tuple(row))
    posting.undoes = parse_ref(row.undoes)
    return posting


def from_member(row: _Values) -> Member:
    """The member id in a row."""
    return Member(*row)


def from_account(row: _Values) -> Account:
    """The allowance account in a row."""
    return Account(*row)


def from_pool(row: _Values) -> Pool:
    """The pool of units in a row."""
    return Pool(*row)


def from_life(row: Fetched) -> Life:
    """The life in a row, with its till's store."""
    life = Life(*tuple(row))
    life.store_id = life.store_id or ""
    return life


def ref_text(ref: PostingRef) -> str:
    """A posting's name as text."""
    return f"{ref.till_id}/{ref.epoch}/{ref.seq}/{ref.leg}"


def parse_ref(text: str | None) -> PostingRef | None:
    """What :func:`ref_text` wrote."""
    if text is None:
        return None
    till_id, epoch, seq, leg = text.rsplit("/", 3)
    return PostingRef(till_id, int(epoch), int(seq), int(leg))
