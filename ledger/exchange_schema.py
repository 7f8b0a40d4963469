"""The tables of the exchange with HQ: what was pulled, and what HQ has granted."""

EXCHANGE = """
CREATE TABLE pulled_row (
    root TEXT NOT NULL PRIMARY KEY, read_id INTEGER NOT NULL, read_at INTEGER NOT NULL,
    balance_millipoints INTEGER NOT NULL, debt_millipoints INTEGER NOT NULL, row BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pulled_id (
    member_id TEXT NOT NULL PRIMARY KEY, root TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pulled_id_root ON pulled_id (root);

CREATE TABLE pulled_read (
    read_id INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (read_id, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE kept_back (
    root TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (root, epoch, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE pulled_voucher (
    code TEXT NOT NULL, member_id TEXT NOT NULL, root TEXT NOT NULL,
    PRIMARY KEY (code, root)
) STRICT, WITHOUT ROWID;
CREATE INDEX pulled_voucher_root ON pulled_voucher (root);

CREATE TABLE granted (
    member_id TEXT NOT NULL, account INTEGER NOT NULL, what TEXT NOT NULL, amount INTEGER NOT NULL,
    PRIMARY KEY (member_id, account, what)
) STRICT, WITHOUT ROWID;

CREATE TABLE pulled_total (
    store_id TEXT NOT NULL, day TEXT NOT NULL, till_id TEXT NOT NULL, totals BLOB NOT NULL,
    PRIMARY KEY (store_id, day, till_id)
) STRICT, WITHOUT ROWID;
"""
