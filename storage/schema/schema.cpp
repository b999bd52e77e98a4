#include "storage/schema/schema.hpp"

namespace lodge::storage {
namespace {

// Where a row of a hot table is checked, alternatives are written with OR: for a list of more than
// two after IN, SQLite fills a table of its own at every statement, which costs more than the row.

// Version 1. Times are milliseconds since 1970 (UTC). Texts live once, in contents, and are named
// by number; a text that was erased keeps its digest. Ids are the 16 bytes of a UUID.
constexpr const char* version_1 = R"sql(
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE contents (
  number INTEGER PRIMARY KEY,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  bytes  BLOB
) STRICT;

CREATE TABLE records (
  number     INTEGER PRIMARY KEY,
  collection TEXT NOT NULL CHECK (collection <> ''),
  key        TEXT NOT NULL CHECK (key <> ''),
  presence   TEXT NOT NULL DEFAULT 'unknown' CHECK (presence = 'unknown' OR presence = 'present' OR presence = 'absent'),
  version    TEXT CHECK (version <> ''),
  content    INTEGER REFERENCES contents (number),
  updated_at INTEGER,
  deleted_at INTEGER,
  next_place INTEGER NOT NULL DEFAULT 1 CHECK (next_place > 0),
  UNIQUE (collection, key),
  CHECK (version IS NULL OR presence = 'present'),
  CHECK (content IS NULL OR presence = 'present')
) STRICT;

-- Submissions that wait for the same things: one collection, identity and lane. Counts are kept,
-- each unit of work writes what it changed, so that no call ever counts rows.
CREATE TABLE streams (
  number      INTEGER PRIMARY KEY,
  collection  TEXT NOT NULL,
  identity    TEXT NOT NULL,
  lane        TEXT NOT NULL CHECK (lane <> ''),
  pending     INTEGER NOT NULL DEFAULT 0 CHECK (pending >= 0),
  sending     INTEGER NOT NULL DEFAULT 0 CHECK (sending >= 0),
  unconfirmed INTEGER NOT NULL DEFAULT 0 CHECK (unconfirmed >= 0),
  conflicted  INTEGER NOT NULL DEFAULT 0 CHECK (conflicted >= 0),
  rejected    INTEGER NOT NULL DEFAULT 0 CHECK (rejected >= 0),
  delivered   INTEGER NOT NULL DEFAULT 0 CHECK (delivered >= 0),
  withdrawn   INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn >= 0),
  replaced    INTEGER NOT NULL DEFAULT 0 CHECK (replaced >= 0),
  bytes       INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0),
  drafts      INTEGER NOT NULL DEFAULT 0 CHECK (drafts >= 0),
  delivered_at INTEGER NOT NULL DEFAULT 0,
  UNIQUE (collection, identity, lane)
) STRICT;

CREATE TABLE drafts (
  id           BLOB PRIMARY KEY CHECK (length(id) = 16),
  record       INTEGER NOT NULL REFERENCES records (number),
  identity     TEXT NOT NULL,
  lane         TEXT NOT NULL CHECK (lane <> ''),
  revision     INTEGER NOT NULL CHECK (revision > 0),
  session      INTEGER NOT NULL,
  bytes        BLOB NOT NULL,
  digest       BLOB NOT NULL CHECK (length(digest) = 32),
  base         TEXT NOT NULL CHECK (base = 'unknown' OR base = 'version' OR base = 'absent'
                 OR base = 'after'),
  base_version TEXT,
  base_content INTEGER REFERENCES contents (number),
  after        BLOB CHECK (length(after) = 16),
  amends       BLOB CHECK (length(amends) = 16),
  stale        INTEGER NOT NULL DEFAULT 0 CHECK (stale IN (0, 1)),
  saved_at     INTEGER NOT NULL,
  logged       INTEGER REFERENCES contents (number),
  logged_at    INTEGER,
  UNIQUE (record, identity, lane),
  CHECK ((base = 'version') = (base_version IS NOT NULL)),
  CHECK ((base = 'after') = (after IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE submissions (
  number       INTEGER PRIMARY KEY,
  id           BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  record       INTEGER NOT NULL REFERENCES records (number),
  place        INTEGER NOT NULL CHECK (place > 0),
  stream       INTEGER NOT NULL REFERENCES streams (number),
  operation    TEXT NOT NULL CHECK (operation IN ('put', 'remove')),
  content      INTEGER REFERENCES contents (number),
  size         INTEGER NOT NULL CHECK (size >= 0),
  base         TEXT NOT NULL CHECK (base = 'unknown' OR base = 'version' OR base = 'absent'
                 OR base = 'after'),
  base_version TEXT,
  base_content INTEGER REFERENCES contents (number),
  after        BLOB CHECK (length(after) = 16),
  replaces     BLOB CHECK (length(replaces) = 16),
  replaced_by  BLOB CHECK (length(replaced_by) = 16),
  submitted_at INTEGER NOT NULL,
  effective_at INTEGER,
  reason       TEXT NOT NULL DEFAULT '',
  state        TEXT NOT NULL CHECK (state = 'pending' OR state = 'sending' OR state = 'delivered'
                 OR state = 'unconfirmed' OR state = 'conflicted' OR state = 'rejected'
                 OR state = 'withdrawn' OR state = 'replaced'),
  -- 1: the server may have it. Outlives `sending`; ended by proof, a check or an explicit word.
  doubt        INTEGER NOT NULL DEFAULT 0 CHECK (doubt IN (0, 1)),
  -- 1: first of its record's unsettled submissions and free to be attempted once due.
  ready        INTEGER NOT NULL CHECK (ready IN (0, 1)),
  step         TEXT NOT NULL DEFAULT 'send' CHECK (step IN ('send', 'check')),
  -- 1: a 2xx was seen that still lacks its proof (no version, or an untrusted path).
  accepted     INTEGER NOT NULL DEFAULT 0 CHECK (accepted IN (0, 1)),
  request      INTEGER NOT NULL DEFAULT 0 CHECK (request >= 0),
  tries        INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
  rounds       INTEGER NOT NULL DEFAULT 0 CHECK (rounds >= 0),
  due_at       INTEGER NOT NULL,
  problem      TEXT NOT NULL DEFAULT '',
  problem_status INTEGER NOT NULL DEFAULT 0,
  settled_at   INTEGER,
  -- The receipt of a delivery: what proved it, and the version that the server gave.
  evidence     TEXT CHECK (evidence <> ''),
  delivered_version TEXT,
  CHECK ((operation = 'put') = (content IS NOT NULL)),
  CHECK ((base = 'version') = (base_version IS NOT NULL)),
  CHECK ((base = 'after') = (after IS NOT NULL)),
  CHECK (ready = 0 OR state IN ('pending', 'unconfirmed')),
  CHECK (state <> 'unconfirmed' OR doubt = 1),
  CHECK (state <> 'pending' OR doubt = 0),
  CHECK ((state = 'delivered' OR state = 'withdrawn' OR state = 'replaced')
         = (settled_at IS NOT NULL)),
  CHECK ((state = 'replaced') = (replaced_by IS NOT NULL)),
  CHECK ((state = 'delivered') = (evidence IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX submissions_in_order ON submissions (record, place) WHERE settled_at IS NULL;
CREATE INDEX submissions_due ON submissions (stream, due_at, number) WHERE ready = 1;
CREATE INDEX submissions_unsettled ON submissions (number) WHERE settled_at IS NULL;
CREATE INDEX submissions_stopped ON submissions (state, number)
  WHERE state IN ('conflicted', 'rejected');

CREATE TRIGGER submissions_are_sealed BEFORE UPDATE OF
    number, id, record, place, stream, operation, content, size, base, base_version, base_content, after,
    replaces, submitted_at, effective_at ON submissions
BEGIN SELECT RAISE (ABORT, 'a submission never changes'); END;

-- FAIL, here and in the statements that set a state: with ABORT SQLite copies every page that such a
-- statement touches. Whatever fails is undone with its unit of work. AFTER: before, it would look up
-- the row twice.
CREATE TRIGGER submissions_stay_final AFTER UPDATE OF state ON submissions
  WHEN OLD.settled_at IS NOT NULL AND NEW.state <> OLD.state
BEGIN SELECT RAISE (FAIL, 'final never un-happens'); END;

CREATE TRIGGER submissions_are_kept BEFORE DELETE ON submissions
BEGIN SELECT RAISE (ABORT, 'nothing accepted disappears'); END;

CREATE TABLE requests (
  submission   INTEGER NOT NULL REFERENCES submissions (number),
  number       INTEGER NOT NULL CHECK (number > 0),
  key          BLOB NOT NULL UNIQUE CHECK (length(key) = 16),
  url          TEXT NOT NULL,
  precondition TEXT NOT NULL CHECK (precondition = 'none' OR precondition = 'absent'
                 OR precondition = 'match'),
  tag          TEXT NOT NULL DEFAULT '',
  body         INTEGER REFERENCES contents (number),
  opened_at    INTEGER NOT NULL,
  PRIMARY KEY (submission, number),
  CHECK ((precondition = 'match') = (tag <> ''))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER requests_are_sealed BEFORE UPDATE ON requests
BEGIN SELECT RAISE (ABORT, 'a request never changes'); END;
CREATE TRIGGER requests_are_kept BEFORE DELETE ON requests
BEGIN SELECT RAISE (ABORT, 'a request never disappears'); END;

CREATE TABLE attempts (
  number     INTEGER PRIMARY KEY,
  submission INTEGER NOT NULL REFERENCES submissions (number),
  record     INTEGER NOT NULL REFERENCES records (number),
  request    INTEGER NOT NULL CHECK (request >= 0),
  step       TEXT NOT NULL CHECK (step IN ('send', 'check')),
  epoch      INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at   INTEGER,
  outcome    TEXT NOT NULL DEFAULT '',
  status     INTEGER NOT NULL DEFAULT 0,
  arrived    INTEGER NOT NULL DEFAULT 0 CHECK (arrived IN (0, 1)),
  detail     TEXT NOT NULL DEFAULT ''
) STRICT;

-- Never two of one record on the wire.
CREATE UNIQUE INDEX attempts_open ON attempts (record) WHERE ended_at IS NULL;
CREATE INDEX attempts_of_submission ON attempts (submission, number);

CREATE TABLE conflicts (
  submission  INTEGER PRIMARY KEY REFERENCES submissions (number),
  base        INTEGER REFERENCES contents (number),
  theirs      INTEGER REFERENCES contents (number),
  version     TEXT,
  overlaps    TEXT NOT NULL DEFAULT '[]' CHECK (substr(overlaps, 1, 1) = '['),
  note        TEXT NOT NULL DEFAULT '',
  since       INTEGER NOT NULL
) STRICT;

-- What keeps a whole group of submissions from being sent: pauses and what the wire taught.
CREATE TABLE gates (
  scope  TEXT NOT NULL CHECK (scope IN ('all', 'origin', 'collection', 'identity', 'lane')),
  name   TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('paused', 'intercepted', 'sign_in', 'busy', 'unreachable',
           'refused')),
  words  TEXT NOT NULL DEFAULT '',
  since  INTEGER NOT NULL,
  until  INTEGER,
  tries  INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (scope, name, reason),
  CHECK (until IS NOT NULL OR reason IN ('paused', 'sign_in'))
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
  number     INTEGER PRIMARY KEY CHECK (number > 0),
  at         INTEGER NOT NULL,
  who        TEXT NOT NULL,
  action     TEXT NOT NULL CHECK (action <> ''),
  why        TEXT NOT NULL DEFAULT '',
  record     INTEGER REFERENCES records (number),
  submission BLOB CHECK (length(submission) = 16),
  state      TEXT,
  version    TEXT,
  before     INTEGER REFERENCES contents (number),
  after      INTEGER REFERENCES contents (number),
  hash       BLOB NOT NULL CHECK (length(hash) = 32),
  -- No gaps: an entry needs the one before it. A trigger would make SQLite copy the pages of every
  -- statement that appends.
  previous   INTEGER REFERENCES history (number) AS (nullif(number - 1, 0))
) STRICT;

CREATE INDEX history_of_record ON history (record, number) WHERE record IS NOT NULL;
CREATE INDEX history_of_submission ON history (submission, number) WHERE submission IS NOT NULL;

CREATE TRIGGER history_is_never_edited BEFORE UPDATE ON history
BEGIN SELECT RAISE (ABORT, 'history is never edited'); END;
CREATE TRIGGER history_is_never_deleted BEFORE DELETE ON history
BEGIN SELECT RAISE (ABORT, 'history is never deleted'); END;

-- A text may be erased (bytes become NULL) by an entry that says so; it never turns into another.
CREATE TRIGGER contents_are_sealed BEFORE UPDATE ON contents
  WHEN NEW.number <> OLD.number OR NEW.digest <> OLD.digest OR NEW.bytes IS NOT NULL
BEGIN SELECT RAISE (ABORT, 'a text never changes'); END;
CREATE TRIGGER contents_are_kept BEFORE DELETE ON contents
BEGIN SELECT RAISE (ABORT, 'a text is erased, its digest stays'); END;
)sql";

}  // namespace

std::span<const Migration> migrations() {
  static constexpr const char* first[] = {version_1};
  static constexpr Migration all[] = {{1, "first schema", first}};
  return all;
}

}  // namespace lodge::storage
