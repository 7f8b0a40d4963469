"""The postings of one transaction: new ones, those fetched to be refunded, and those that wait for what is not here."""

from collections import defaultdict

from sqlalchemy import Connection, delete, select

from hq import schema
from hq.database import Database, Row
from hq.records import Posting
from hq.rows import from_posting, posting_row
from loyalty.entries import PostingRef

Waiting = dict[int, list[tuple[PostingRef, Posting]]]


class PostingShelf:
    """Finds postings by their places and puts them back; part of :class:`hq.shelf.Shelf`."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self._database = database
        self._connection = connection
        self._known: dict[tuple[int, int], Posting] = {}
        self._places: defaultdict[tuple[int, int], list[Posting]] = defaultdict(list)
        # Those of the first *_indexed* can be found by their places; few batches ask for any.
        self._new: list[Posting] = []
        self._indexed = 0
        self._waits: dict[tuple[str, int], Waiting] = {}
        self._before: dict[int, Row] = {}

    def add(self, posting: Posting) -> None:
        """A new posting."""
        self._new.append(posting)

    def at(self, life: int, ref: PostingRef) -> list[Posting]:
        """The postings that *ref* of a life may mean; two branches of a fork may both have its place."""
        self._index_new()
        table = schema.postings
        here = (table.c.life == life, table.c.seq == ref.seq)
        for row in self._connection.execute(select(table).where(*here)):
            self._keep(from_posting(row))
        return [each for each in self._places[life, ref.seq] if each.leg == ref.leg]

    def of_entry(self, position: int) -> list[Posting]:
        """All postings of one entry."""
        self._index_new()
        table = schema.postings
        for row in self._connection.execute(select(table).where(table.c.position == position)):
            self._keep(from_posting(row))
        return [each for key, each in sorted(self._known.items()) if key[0] == position]

    def wait(self, ref: PostingRef, posting: Posting) -> None:
        """Keep *posting* until the entry that *ref* names is here."""
        self.waits_for(ref.till_id, ref.epoch).setdefault(ref.seq, []).append((ref, posting))
        row = (ref.till_id, ref.epoch, ref.seq, posting.position, posting.leg)
        self._database.upsert_many(self._connection, schema.waits, [row])

    def settled(self, ref: PostingRef, posting: Posting) -> None:
        """*posting* waits no longer."""
        self.waits_for(ref.till_id, ref.epoch)[ref.seq].remove((ref, posting))
        table = schema.waits
        place = (table.c.position == posting.position, table.c.leg == posting.leg)
        self._connection.execute(delete(table).where(*place))

    def waits_for(self, till_id: str, epoch: int) -> Waiting:
        """What waits for entries of one life, by their places."""
        key = (till_id, epoch)
        if key not in self._waits:
            table, postings = schema.waits, schema.postings
            found: Waiting = {}
            same = (postings.c.position == table.c.position) & (postings.c.leg == table.c.leg)
            query = select(postings).join(table, same).where(table.c.till_id == till_id, table.c.epoch == epoch)
            self._waits[key] = found
            for row in self._connection.execute(query.order_by(postings.c.position, postings.c.leg)):
                posting = self._keep(from_posting(row))
                assert posting.undoes is not None
                found.setdefault(posting.undoes.seq, []).append((posting.undoes, posting))
        return self._waits[key]

    def flush(self) -> None:
        """Write the new ones, and those fetched that have changed."""
        self._database.insert_many(self._connection, schema.postings, [posting_row(each) for each in self._new])
        fetched = (each for each in self._known.values() if id(each) in self._before)
        changed = [
            row for row, before in ((posting_row(each), self._before[id(each)]) for each in fetched) if row != before
        ]
        self._database.upsert_many(self._connection, schema.postings, changed)

    def _index_new(self) -> None:
        for posting in self._new[self._indexed :]:
            self._known[posting.position, posting.leg] = posting
            self._places[posting.life, posting.seq].append(posting)
        self._indexed = len(self._new)

    def _keep(self, posting: Posting) -> Posting:
        kept = self._known.get((posting.position, posting.leg))
        if kept is not None:
            return kept
        self._known[posting.position, posting.leg] = posting
        self._places[posting.life, posting.seq].append(posting)
        self._before[id(posting)] = posting_row(posting)
        return posting
