"""The tables of the views file, made with sqlite-utils. Nothing in them is precious.

``claims`` has one row a claim and keeps what is searched, sorted and narrowed by; what a claim
says in full is read from the ledger. Names are interned in ``names``. Amounts lie as sort keys
(:func:`ledger.decimals.sort_key`), with ``''`` below and ``'~'`` above every number for an end
that is open to infinity; dates and truths use the same two columns, so that one comparison
narrows all of them. ``acts`` keeps what other events say, by what they speak of, so that an act
may arrive before its target. ``erased`` has the ids of events whose bodies are gone.

A claim's ``topic`` is its subject and predicate as filed; a topic's ``key`` is the two after
matching, and changes with a match. So a match touches topics, not claims.

Amounts lie in the base unit of what they measure (:mod:`projections.measures`), and one that is
stated without a unit in that of its predicate; ``keys.converts`` says that this is not the unit
itself, so that such a claim has to be written anew with the definition.

Only a rebuild imports this module: sqlite-utils takes longer to import than a trace to answer.
"""

import sqlite3

from sqlite_utils import Database

from projections.schema import EARLY, NO_SCOPE, ZERO

_TABLES: dict[str, tuple[dict[str, type], str | tuple[str, ...] | None, set[str]]] = {
    "reached": (
        {
            "version": int,
            "origin": str,
            "recording": str,
            "size": int,
            "event": str,
            "skipped": int,
        },
        None,
        set(),
    ),
    "lost": ({"recording": str, "size": int, "event": str}, None, set()),
    "names": (
        {"id": int, "folded": str, "shown": str, "entity": int, "source": int, "anonymous": int},
        "id",
        set(),
    ),
    "keys": (
        {
            "id": int,
            "subject": int,
            "predicate": int,
            "value_class": str,
            "unit": int,
            "converts": int,
            "over_time": str,
        },
        "id",
        {"value_class", "unit"},
    ),
    "topics": ({"id": int, "subject": int, "predicate": int, "key": int}, "id", set()),
    "scopes": ({"id": int, "folded": str, "shown": str}, "id", set()),
    "claims": (
        {
            "position": int,
            "id": bytes,
            "topic": int,
            "scope": int,
            "class": str,
            "unit": int,
            "lower": str,
            "upper": str,
            "flags": int,
            "value": int,
            "mode": int,
            "claimant": int,
            "via": int,
            "earliest": int,
            "latest": int,
            "said": int,
            "standing": int,
            "revised": int,
            "reviser": int,
            "wording": int,
        },
        "position",
        {"unit", "value", "via", "reviser", "wording"},
    ),
    "origins": ({"origin": str}, "origin", set()),
    "twins": ({"position": int, "first": int, "recorded_at": str}, "position", set()),
    "revised_items": (
        {"position": int, "item": int, "stated": str},
        ("position", "item"),
        set(),
    ),
    "acts": (
        {
            "position": int,
            "id": str,
            "type": str,
            "recorded_at": str,
            "target": str,
            "other": str,
            "said": str,
            "relation": str,
        },
        "position",
        {"relation"},
    ),
    "erased": ({"position": int, "id": str, "type": str}, "position", set()),
    "relations": (
        {"position": int, "id": str, "definer": int, "relation": str, "other": int},
        None,
        set(),
    ),
    "findings": (
        {
            "id": str,
            "rule": str,
            "verdict": str,
            "status": str,
            "key": int,
            "scope": int,
            "earliest": int,
            "latest": int,
            "since": str,
            "gap": str,
            "share": str,
            "support": int,
            "json": str,
            "pairs": str,
            "instant": str,
            "decision": str,
            "about": str,
        },
        "id",
        {"gap", "share", "decision"},
    ),
    "finding_claims": ({"finding": str, "claim": int}, ("claim", "finding"), set()),
}
"""Each table's columns and their types, its primary key, and the columns that may be empty."""

_DEFAULTS: dict[str, dict[str, str | int]] = {
    "names": {"anonymous": 0},
    "keys": {"converts": 0, "over_time": "instant"},
    "claims": {"standing": 0, "revised": 0},
    "findings": {"about": ""},
}

_UNIQUE = (
    ("names", ("folded",)),
    ("scopes", ("folded",)),
    ("keys", ("subject", "predicate")),
    ("topics", ("subject", "predicate")),
)
"""What interning looks up while the tables are being filled."""

_WORDS = (
    "CREATE VIRTUAL TABLE name_words USING fts5(folded, content='names', content_rowid='id', "
    'tokenize="unicode61 remove_diacritics 2")',
    "CREATE VIRTUAL TABLE wordings USING fts5(wording, content='', columnsize=0, "
    'tokenize="unicode61 remove_diacritics 2")',
)

_JUDGED = (
    *("topic", "scope", "earliest", "latest"),
    *("mode", "standing", "revised", "class", "lower", "upper", "flags", "unit", "value"),
    "claimant",
)
"""What tells a slice, and behind it all that narrowing asks of a claim: so the index answers, and
the claims of a key, which lie scattered over the table, need not be visited one by one."""

_INDEXES = (
    ("claims", _JUDGED, "claims_by_slice"),
    ("claims", ("id",), "claims_by_id"),
    ("claims", ("claimant",), "claims_by_claimant"),
    ("acts", ("target",), "acts_by_target"),
    ("acts", ("other",), "acts_by_other"),
    ("acts", ("id",), "acts_by_id"),
    ("twins", ("first",), "twins_by_first"),
    ("erased", ("id",), "erased_by_id"),
    ("relations", ("definer",), "relations_by_definer"),
    ("relations", ("other",), "relations_by_other"),
    ("topics", ("key",), "topics_by_key"),
    ("topics", ("predicate",), "topics_by_predicate"),
    ("names", ("entity",), "names_by_entity"),
    ("names", ("source",), "names_by_source"),
    ("keys", ("predicate",), "keys_by_predicate"),
    ("findings", ("key", "scope", "earliest", "latest"), "findings_by_slice"),
    ("finding_claims", ("finding",), "finding_claims_by_finding"),
)

_PARTIAL_INDEXES = (
    "CREATE INDEX claims_by_value ON claims (value) WHERE value IS NOT NULL",
    "CREATE INDEX claims_by_via ON claims (via) WHERE via IS NOT NULL",
    "CREATE INDEX claims_by_lower ON claims (lower) WHERE class = 'quantity'",
    f"CREATE INDEX claims_by_scope ON claims (scope) WHERE scope <> {NO_SCOPE}",
    "CREATE INDEX claims_by_upper ON claims (upper) WHERE class = 'quantity' AND upper <> lower",
    "CREATE INDEX claims_wide ON claims (topic, scope) WHERE latest - earliest >= 86400",
    "CREATE INDEX claims_short ON claims (topic, scope) WHERE latest - earliest < 86399",
    "CREATE INDEX acts_of_decision ON acts (position) WHERE type = 'contradiction-adjudicated'",
    "CREATE INDEX acts_of_description ON acts (position) WHERE type = 'source-described'",
    "CREATE INDEX acts_by_link ON acts (other, relation) WHERE type = 'claims-linked'",
    "CREATE INDEX claims_by_reviser ON claims (reviser) WHERE reviser IS NOT NULL",
    "CREATE INDEX claims_by_wording ON claims (wording) WHERE wording IS NOT NULL",
    "CREATE INDEX findings_by_claim ON findings (about) WHERE about <> ''",
    f"CREATE INDEX claims_early ON claims (topic) WHERE flags & {EARLY}",
    "CREATE INDEX claims_below_zero ON claims (topic) WHERE class = 'quantity' "
    f"AND (upper < '{ZERO}' OR (lower > '' AND lower < '{ZERO}'))",
    "CREATE INDEX keys_converting ON keys (id) WHERE converts",
)


def create_tables(connection: sqlite3.Connection) -> None:
    """Create the empty tables, with only the indexes that filling them needs."""
    database = Database(connection, strict=True, execute_plugins=False)
    for name, (columns, primary_key, nullable) in _TABLES.items():
        database.table(name).create(
            columns,
            pk=primary_key,
            not_null=columns.keys() - nullable,
            defaults=_DEFAULTS.get(name),
        )
    for name, unique in _UNIQUE:
        database.table(name).create_index(unique, unique=True)
    for statement in _WORDS:
        database.execute(statement)
    database.table("scopes").insert({"id": NO_SCOPE, "folded": "{}", "shown": "{}"})


def create_indexes(connection: sqlite3.Connection) -> None:
    """Create the indexes that judging and asking need: after the filling, which is faster."""
    database = Database(connection, strict=True, execute_plugins=False)
    for table, columns, name in _INDEXES:
        database.table(table).create_index(columns, index_name=name)
    for statement in _PARTIAL_INDEXES:
        database.execute(statement)
