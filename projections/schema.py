"""The tables of the views file. Nothing in it is precious: it is rebuilt from the ledger.

``claims`` has one row a claim and keeps what is searched, sorted and narrowed by; what a claim
says in full is read from the ledger. Names are interned in ``names``. Amounts lie as sort keys
(:func:`ledger.decimals.sort_key`), with ``''`` below and ``'~'`` above every number for an end
that is open to infinity; dates and truths use the same two columns, so that one comparison
narrows all of them. ``acts`` keeps what other events say, by what they speak of, so that an act
may arrive before its target.

A claim's ``topic`` is its subject and predicate as filed; a topic's ``key`` is the two after
matching, and changes with a match. So a match touches topics, not claims.
"""

VERSION = 1
"""The version of these tables and of what is written into them; another one is rebuilt."""

LOWEST, HIGHEST = "", "~"

OPEN_END, CLOSED_LIST, APPROXIMATE, INFERRED, UNCERTAIN, LINKED, RECAST = (
    1,
    2,
    4,
    8,
    16,
    32,
    64,
)
"""Bits of ``claims.flags``."""

STANDS, CORRECTED, RETRACTED, RELAYS = 0, 1, 2, 3
"""``claims.standing``: what acts made of a claim; ``revised`` is kept beside it."""

ASSERTED, HEDGED, DENIED, DEMANDED, REFUSED, FORECAST = range(6)
"""``claims.mode``: modalities as far as narrowing needs them."""

MODES = {
    "asserted": ASSERTED,
    "alleged": HEDGED,
    "probable": HEDGED,
    "possible": HEDGED,
    "denied": DENIED,
    "demanded": DEMANDED,
    "refused": REFUSED,
    "forecast": FORECAST,
}

TABLES = """
CREATE TABLE reached (
  version INTEGER NOT NULL, origin TEXT NOT NULL, size INTEGER NOT NULL,
  event TEXT NOT NULL, skipped INTEGER NOT NULL
) STRICT;
CREATE TABLE names (
  id INTEGER PRIMARY KEY, folded TEXT NOT NULL UNIQUE, shown TEXT NOT NULL,
  entity INTEGER NOT NULL, source INTEGER NOT NULL, anonymous INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE keys (
  id INTEGER PRIMARY KEY, subject INTEGER NOT NULL, predicate INTEGER NOT NULL,
  value_class TEXT, unit INTEGER, over_time TEXT NOT NULL DEFAULT 'instant',
  multi_valued INTEGER NOT NULL DEFAULT 0, UNIQUE (subject, predicate)
) STRICT;
CREATE TABLE topics (
  id INTEGER PRIMARY KEY, subject INTEGER NOT NULL, predicate INTEGER NOT NULL,
  key INTEGER NOT NULL, UNIQUE (subject, predicate)
) STRICT;
CREATE TABLE scopes (
  id INTEGER PRIMARY KEY, folded TEXT NOT NULL UNIQUE, shown TEXT NOT NULL
) STRICT;
CREATE TABLE claims (
  position INTEGER PRIMARY KEY, id BLOB NOT NULL, topic INTEGER NOT NULL,
  scope INTEGER NOT NULL, class TEXT NOT NULL, unit INTEGER, lower TEXT NOT NULL,
  upper TEXT NOT NULL, flags INTEGER NOT NULL, value INTEGER, mode INTEGER NOT NULL,
  claimant INTEGER NOT NULL, via INTEGER, earliest INTEGER NOT NULL, latest INTEGER NOT NULL,
  said INTEGER NOT NULL, standing INTEGER NOT NULL DEFAULT 0, revised INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE acts (
  position INTEGER PRIMARY KEY, id TEXT NOT NULL, type TEXT NOT NULL,
  recorded_at TEXT NOT NULL, target TEXT NOT NULL, other TEXT NOT NULL, said TEXT NOT NULL
) STRICT;
CREATE TABLE findings (
  id TEXT PRIMARY KEY, rule TEXT NOT NULL, verdict TEXT NOT NULL, status TEXT NOT NULL,
  key INTEGER NOT NULL, scope INTEGER NOT NULL, earliest INTEGER NOT NULL,
  latest INTEGER NOT NULL,
  since TEXT NOT NULL, gap TEXT, share TEXT, json TEXT NOT NULL,
  pairs TEXT NOT NULL
) STRICT;
CREATE TABLE finding_claims (
  finding TEXT NOT NULL, claim INTEGER NOT NULL, PRIMARY KEY (claim, finding)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE name_words USING fts5(
  folded, content='names', content_rowid='id', tokenize="unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE wordings USING fts5(
  wording, tokenize="unicode61 remove_diacritics 2"
);
"""

INDEXES = """
CREATE INDEX claims_by_slice ON claims (topic, scope, earliest, latest);
CREATE INDEX claims_by_id ON claims (id);
CREATE INDEX claims_by_claimant ON claims (claimant);
CREATE INDEX claims_by_value ON claims (value) WHERE value IS NOT NULL;
CREATE INDEX claims_by_via ON claims (via) WHERE via IS NOT NULL;
CREATE INDEX claims_by_lower ON claims (lower) WHERE class = 'quantity';
CREATE INDEX claims_wide ON claims (topic, scope) WHERE latest - earliest >= 86400;
CREATE INDEX acts_by_target ON acts (target);
CREATE INDEX acts_by_other ON acts (other);
CREATE INDEX acts_by_id ON acts (id);
CREATE INDEX topics_by_key ON topics (key);
CREATE INDEX names_by_entity ON names (entity);
CREATE INDEX names_by_source ON names (source);
CREATE INDEX keys_by_predicate ON keys (predicate);
CREATE INDEX findings_by_slice ON findings (key, scope, earliest, latest);
CREATE INDEX claims_replaced ON claims (standing) WHERE standing <> 0;
CREATE INDEX finding_claims_by_finding ON finding_claims (finding);
"""
