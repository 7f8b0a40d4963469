"""The tables of the till's file, as its first migration makes them.

Journal tables never change; *derived* tables follow from the journal alone and `verify` re-derives them;
the rest is what the journal must not hold (personal data) or what only this machine needs.
"""

DERIVED_TABLES = (
    "leg",
    "balance",
    "allowance_move",
    "unit",
    "unit_move",
    "voucher",
    "reversal",
    "member_statistics",
    "tier_reached",
    "day_sale",
    "day_leg",
    "day_product",
    "month_product",
    "day_subject",
    "buyer_day",
    "day_return",
)

JOURNAL = """
CREATE TABLE till (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    till_id TEXT NOT NULL, store_id TEXT NOT NULL, store_name TEXT NOT NULL, till_name TEXT NOT NULL,
    currency TEXT NOT NULL, zone TEXT NOT NULL, closing_minute INTEGER NOT NULL, country TEXT,
    issuer TEXT NOT NULL, till_number INTEGER, paired INTEGER NOT NULL DEFAULT 0,
    public_key BLOB NOT NULL, set_up_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE life (
    number INTEGER PRIMARY KEY, epoch INTEGER NOT NULL UNIQUE,
    parent_epoch INTEGER, parent_seq INTEGER, parent_hash BLOB,
    genesis BLOB NOT NULL, key_fingerprint BLOB NOT NULL, account INTEGER NOT NULL,
    opened_ms INTEGER NOT NULL, state TEXT NOT NULL, acked_seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE entry (
    position INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    kind TEXT NOT NULL, at_ms INTEGER NOT NULL, boot_id TEXT NOT NULL, monotonic_ms INTEGER NOT NULL,
    cashier_id TEXT, member_id TEXT, header TEXT NOT NULL, body TEXT NOT NULL, hash BLOB NOT NULL,
    store_id TEXT NOT NULL, day INTEGER NOT NULL, hour INTEGER NOT NULL,
    UNIQUE (epoch, seq)
) STRICT;
CREATE INDEX entry_of_member ON entry (member_id, position) WHERE member_id IS NOT NULL;
CREATE INDEX entry_of_kind ON entry (kind, day, member_id);

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER entry_follows_its_predecessor BEFORE INSERT ON entry
WHEN NEW.seq <> 1 + COALESCE((SELECT MAX(seq) FROM entry WHERE epoch = NEW.epoch), 0)
BEGIN SELECT RAISE(ABORT, 'the journal has no gaps'); END;
"""

MONTH_PRODUCT = """
CREATE TABLE month_product (
    month INTEGER NOT NULL, category TEXT NOT NULL, sku TEXT NOT NULL,
    lines INTEGER NOT NULL, quantity_milli INTEGER NOT NULL, amount_minor INTEGER NOT NULL,
    member_amount_minor INTEGER NOT NULL,
    PRIMARY KEY (month, category, sku)
) STRICT, WITHOUT ROWID;
"""

DERIVED = f"""{MONTH_PRODUCT}
CREATE TABLE leg (
    member_id TEXT NOT NULL, currency TEXT NOT NULL,
    epoch INTEGER NOT NULL, seq INTEGER NOT NULL, leg INTEGER NOT NULL,
    kind TEXT NOT NULL, at_ms INTEGER NOT NULL, amount INTEGER NOT NULL, against TEXT NOT NULL,
    available_ms INTEGER, expires_ms INTEGER,
    undoes_till TEXT, undoes_epoch INTEGER, undoes_seq INTEGER, undoes_leg INTEGER,
    PRIMARY KEY (member_id, currency, epoch, seq, leg)
) STRICT, WITHOUT ROWID;

CREATE VIEW posting (epoch, seq, leg, account, currency, amount) AS
    SELECT epoch, seq, leg, 'member/' || member_id, currency, amount FROM leg
    UNION ALL
    SELECT epoch, seq, leg, against, currency, -amount FROM leg;

CREATE TABLE balance (
    account TEXT NOT NULL, currency TEXT NOT NULL, amount INTEGER NOT NULL,
    PRIMARY KEY (account, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE allowance_move (
    member_id TEXT NOT NULL, account INTEGER NOT NULL,
    own INTEGER NOT NULL, used INTEGER NOT NULL, returned INTEGER NOT NULL,
    PRIMARY KEY (member_id, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE unit (
    member_id TEXT NOT NULL, kind TEXT NOT NULL, unit TEXT NOT NULL, account INTEGER NOT NULL,
    came INTEGER NOT NULL, used INTEGER NOT NULL, given INTEGER NOT NULL, holder TEXT,
    PRIMARY KEY (member_id, kind, unit, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE unit_move (
    member_id TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, place INTEGER NOT NULL,
    kind TEXT NOT NULL, unit TEXT NOT NULL, change INTEGER NOT NULL, to_holder TEXT,
    PRIMARY KEY (member_id, epoch, seq, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE voucher (
    code TEXT NOT NULL PRIMARY KEY, reward TEXT NOT NULL, member_id TEXT NOT NULL,
    issued_epoch INTEGER NOT NULL, issued_seq INTEGER NOT NULL, issued_ms INTEGER NOT NULL,
    expires_ms INTEGER, status TEXT NOT NULL, holder TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX voucher_of_member ON voucher (member_id);

CREATE TABLE reversal (
    sale TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (sale, epoch, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE member_statistics (
    member_id TEXT NOT NULL PRIMARY KEY,
    sales INTEGER NOT NULL, refunds INTEGER NOT NULL, spent_minor INTEGER NOT NULL,
    first_sale_ms INTEGER, last_sale_ms INTEGER, first_reward_ms INTEGER, rewards INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tier_reached (
    member_id TEXT NOT NULL, tier TEXT NOT NULL, at_ms INTEGER NOT NULL, day INTEGER NOT NULL,
    epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (member_id, tier)
) STRICT, WITHOUT ROWID;

CREATE TABLE day_sale (
    day INTEGER NOT NULL, store_id TEXT NOT NULL, hour INTEGER NOT NULL,
    cashier_id TEXT NOT NULL, with_member INTEGER NOT NULL,
    sales INTEGER NOT NULL, lines INTEGER NOT NULL, total_minor INTEGER NOT NULL, to_pay_minor INTEGER NOT NULL,
    refunds INTEGER NOT NULL, voids INTEGER NOT NULL, refunded_minor INTEGER NOT NULL,
    earned_millipoints INTEGER NOT NULL, spent_millipoints INTEGER NOT NULL,
    PRIMARY KEY (day, store_id, hour, cashier_id, with_member)
) STRICT, WITHOUT ROWID;

CREATE TABLE day_leg (
    day INTEGER NOT NULL, store_id TEXT NOT NULL, currency TEXT NOT NULL, against TEXT NOT NULL, kind TEXT NOT NULL,
    legs INTEGER NOT NULL, credited INTEGER NOT NULL, debited INTEGER NOT NULL,
    PRIMARY KEY (day, store_id, currency, against, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE day_product (
    day INTEGER NOT NULL, store_id TEXT NOT NULL, category TEXT NOT NULL, sku TEXT NOT NULL,
    lines INTEGER NOT NULL, quantity_milli INTEGER NOT NULL, amount_minor INTEGER NOT NULL,
    member_amount_minor INTEGER NOT NULL,
    PRIMARY KEY (day, store_id, category, sku)
) STRICT, WITHOUT ROWID;

CREATE TABLE buyer_day (
    member_id TEXT NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (member_id, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE day_return (
    day INTEGER NOT NULL, previous_day INTEGER NOT NULL, members INTEGER NOT NULL,
    PRIMARY KEY (day, previous_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE day_subject (
    day INTEGER NOT NULL, store_id TEXT NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL,
    times INTEGER NOT NULL, amount_minor INTEGER NOT NULL, millipoints INTEGER NOT NULL,
    PRIMARY KEY (day, store_id, subject, name)
) STRICT, WITHOUT ROWID;
"""

PEOPLE = """
CREATE TABLE member (
    no INTEGER PRIMARY KEY, member_id TEXT NOT NULL UNIQUE, number TEXT,
    status TEXT NOT NULL, status_reason TEXT, enrolled_ms INTEGER NOT NULL,
    merged_into TEXT, confirmed INTEGER NOT NULL,
    tier TEXT, tier_until_ms INTEGER, tier_manual INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE card (
    code TEXT NOT NULL, member_id TEXT NOT NULL REFERENCES member (member_id),
    format TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, linked_ms INTEGER NOT NULL, replaced_by TEXT,
    PRIMARY KEY (code, member_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE code_seen (
    member_id TEXT NOT NULL, step INTEGER NOT NULL, PRIMARY KEY (member_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE profile (
    no INTEGER PRIMARY KEY REFERENCES member (no),
    name TEXT, phone TEXT, email TEXT, birthday TEXT, language TEXT, note TEXT,
    name_folded TEXT, email_folded TEXT, phone_reversed TEXT, versions TEXT NOT NULL, segments TEXT
) STRICT;
CREATE VIRTUAL TABLE name_index USING fts5 (
    name_folded, content = 'profile', content_rowid = 'no', detail = none, prefix = '1 2 3',
    tokenize = 'unicode61 remove_diacritics 0'
);
INSERT INTO name_index (name_index, rank) VALUES ('secure-delete', 1);

CREATE TABLE consent (
    member_id TEXT NOT NULL, channel TEXT NOT NULL, given INTEGER NOT NULL, at_ms INTEGER NOT NULL,
    text_version TEXT, version TEXT NOT NULL, over TEXT,
    PRIMARY KEY (member_id, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE profile_change (
    epoch INTEGER NOT NULL, seq INTEGER NOT NULL, member_id TEXT NOT NULL, document TEXT NOT NULL, salt BLOB NOT NULL,
    PRIMARY KEY (epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX profile_change_of_member ON profile_change (member_id);

CREATE TABLE erasure (member_id TEXT NOT NULL PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE staff (
    cashier_id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, active INTEGER NOT NULL,
    member_id TEXT, pin_hash TEXT NOT NULL, failed_attempts INTEGER NOT NULL DEFAULT 0, locked_until_ms INTEGER
) STRICT, WITHOUT ROWID;
"""

PEOPLE_INDEXES = """
CREATE INDEX IF NOT EXISTS member_number ON member (number) WHERE number IS NOT NULL;
CREATE INDEX IF NOT EXISTS member_tier ON member (status, tier);
CREATE INDEX IF NOT EXISTS card_of_member ON card (member_id);
CREATE INDEX IF NOT EXISTS profile_email ON profile (email_folded) WHERE email_folded IS NOT NULL;
CREATE INDEX IF NOT EXISTS profile_phone ON profile (phone_reversed) WHERE phone_reversed IS NOT NULL;
CREATE INDEX IF NOT EXISTS member_merged ON member (merged_into) WHERE merged_into IS NOT NULL;
"""

MACHINE = """
CREATE TABLE named_value (name TEXT NOT NULL PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE card_key (
    issuer TEXT NOT NULL, version INTEGER NOT NULL, key BLOB NOT NULL, PRIMARY KEY (issuer, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE number_block (
    block INTEGER PRIMARY KEY, size INTEGER NOT NULL, next_serial INTEGER NOT NULL, epoch INTEGER NOT NULL
) STRICT;

CREATE TABLE shift (
    shift_id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, opened_ms INTEGER NOT NULL,
    opened_by TEXT, float_minor INTEGER NOT NULL, closed_epoch INTEGER, closed_seq INTEGER, closed_ms INTEGER,
    closed_by TEXT, counted_minor INTEGER, closed_position INTEGER
) STRICT;

CREATE TABLE held (
    held_id INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT NOT NULL, cashier_id TEXT, member_id TEXT,
    at_ms INTEGER NOT NULL, document BLOB NOT NULL
) STRICT;

CREATE TABLE programme (
    number INTEGER PRIMARY KEY, version TEXT NOT NULL, programme_id TEXT NOT NULL, name TEXT NOT NULL,
    toml TEXT NOT NULL, start_ms INTEGER NOT NULL, stored_ms INTEGER NOT NULL, signature BLOB,
    UNIQUE (version, start_ms)
) STRICT;

CREATE TABLE print_job (
    job_id INTEGER PRIMARY KEY AUTOINCREMENT, entry_id TEXT, member_id TEXT, receipt BLOB NOT NULL,
    copy INTEGER NOT NULL, open_drawer INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
    problem TEXT, created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX print_job_waiting ON print_job (job_id) WHERE state NOT IN ('printed', 'cancelled');
CREATE INDEX print_job_of_entry ON print_job (entry_id);
CREATE INDEX print_job_of_member ON print_job (member_id) WHERE member_id IS NOT NULL;

CREATE TABLE import_key (
    source TEXT NOT NULL, key TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;
"""
