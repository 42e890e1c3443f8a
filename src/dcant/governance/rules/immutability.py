"""What the database itself refuses to change: published rows, and arrows that no state machine has. SQL made from the one table of machines.

A guard says, for one table, when an UPDATE is refused and when a DELETE is, in conditions over OLD and NEW that both
databases read. On SQLite a REPLACE deletes without asking triggers, hence the keys by which one could: they are asked
before an INSERT. On PostgreSQL a TRUNCATE is refused whatever it holds. Rows come in freely: an import brings them as they
ended. Whoever owns the database can drop a trigger: that is what the signed log is for.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from dcant.governance.rules.machines import (
    ACTION,
    AMENDMENT,
    BUDGET,
    CYCLE,
    DECISION,
    DOCUMENT,
    MEETING,
    OBJECTION,
    VERSION,
    Machine,
)

PREFIX: Final = "kept_"
ALWAYS: Final = "1 = 1"
_COLUMN: Final = re.compile(r'(?:NEW|OLD)\."?(\w+)"?')


@dataclass(frozen=True, slots=True)
class Guard:
    """One table: conditions under which a row may no more be updated, or deleted; unique keys, with their own condition."""

    table: str
    update: tuple[str, ...]
    delete: str
    keys: tuple[tuple[tuple[str, ...], str], ...] = ()


def ended(machine: Machine) -> str:
    """The row is in a state that no arrow leaves."""
    return f"OLD.state IN ({_listed(state for state, arrows in machine.items() if not arrows)})"


def stray(machine: Machine) -> str:
    """The state would change along no arrow of the machine."""
    allowed = [
        f"OLD.state = '{state}' AND NEW.state IN ({_listed(arrows.values())})"
        for state, arrows in machine.items()
        if arrows
    ]
    return f"NEW.state <> OLD.state AND NOT ({' OR '.join(f'({one})' for one in allowed)})"


def changed(*columns: str) -> str:
    """`differs` is said in the words of each database."""
    return "(" + " OR ".join(f"NEW.{column} {{differs}} OLD.{column}" for column in columns) + ")"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(set(words)))


def _of(table: str, column: str) -> str:
    return f"(SELECT state FROM {table} WHERE id = OLD.{column})"  # noqa: S608  # our own table


_DECISION = _of("governance_decision", "decision_id")
_BUDGET = _of("governance_budget", "budget_id")
_MEETING = _of("governance_meeting", "meeting_id")
_TOLD = "EXISTS (SELECT 1 FROM governance_minutes AS said WHERE said.meeting_id = OLD.meeting_id AND said.state = 'published')"
_VOTED = (
    "programme_id", "cycle_id", "code", "purpose", "title", "rule", "text", "text_hash", "charter_id", "electorate",
    "opened_at", "version_id", "roadmap_id", "balance_sheet_id", "new_charter_id",
    "ending_id", "demo",
)  # fmt: skip
_CONVENED = ("programme_id", "cycle_id", "code", "title", "place", "starts_at", "noticed_at", "demo")


def _document(table: str, owner: str) -> Guard:
    """Frozen, its body is what is put to the vote; published, nothing of it moves."""
    frozen = f"OLD.state <> 'draft' AND {changed('body', 'hash')}"
    update = (ended(DOCUMENT), stray(DOCUMENT), frozen, changed("number", owner))
    return Guard(table, update, "OLD.state <> 'draft'", (((owner, "number"), ""),))


GUARDS: Final = (
    Guard(
        "governance_programme",
        (f"OLD.played AND {changed('slug', 'title', 'period', 'played', 'demo')}",),
        "OLD.played",
        ((("slug",), ""),),
    ),
    Guard(
        "governance_seat",
        (
            changed("programme_id", "college_id", "organisation_id", '"key"', "valid_from"),
            f"OLD.valid_to IS NOT NULL AND {changed('valid_to')}",
        ),
        ALWAYS,
        ((('"key"',), ""), (("programme_id", "organisation_id"), "{row}.valid_to IS NULL")),
    ),
    Guard(
        "governance_seatholder",
        (
            changed("seat_id", "part", "commitment", "valid_from"),
            f"OLD.valid_to IS NOT NULL AND {changed('valid_to')}",
            f"OLD.erased_at IS NOT NULL AND {changed('erased_at')}",
            f"NEW.salt IS NOT NULL AND {changed('salt')}",  # a name is erased, never replaced
            f"NEW.personal IS NOT NULL AND {changed('personal')}",
        ),
        ALWAYS,
        ((("commitment",), ""), (("seat_id", "part"), "{row}.valid_to IS NULL")),
    ),
    _document("governance_charter", "programme_id"),
    _document("governance_roadmap", "cycle_id"),
    _document("governance_balancesheet", "cycle_id"),
    Guard(
        "governance_cycle",
        (ended(CYCLE), stray(CYCLE), changed("programme_id", "half_year", "demo")),
        ALWAYS,
        (
            (("programme_id", "half_year"), ""),
            (("programme_id",), "{row}.state IN ('open', 'review', 'roadmap_published')"),
        ),
    ),
    Guard(
        "governance_action",
        (stray(ACTION), f"OLD.state <> '' AND {changed('code', 'axis_id', 'split_from_id', 'demo')}"),
        "OLD.state <> ''",
        ((("code",), ""),),
    ),
    Guard(
        "governance_actionversion",
        (ended(VERSION), stray(VERSION), changed("action_id", "number", "created_at")),
        ALWAYS,
        ((("action_id", "number"), ""), (("action_id",), "{row}.state = 'draft'")),
    ),
    Guard(
        "governance_actionversion_copilots",
        (ALWAYS,),
        f"{_of('governance_actionversion', 'actionversion_id')} = 'adopted'",
        ((("actionversion_id", "seat_id"), ""),),
    ),
    Guard("governance_ending", (ALWAYS,), ALWAYS),
    Guard(
        "governance_amendment",
        (ended(AMENDMENT), stray(AMENDMENT), changed("version_id", "seat_id", "reason", "at")),
        ALWAYS,
    ),
    Guard(
        "governance_decision",
        (
            ended(DECISION),
            stray(DECISION),
            f"OLD.state <> 'draft' AND {changed(*_VOTED)}",
            f"OLD.state <> 'draft' AND NEW.state = OLD.state AND {changed('deadline', 'closed_at', 'reconvened', 'outcome')}",
            "OLD.state = 'no_quorum' AND OLD.reconvened",
        ),
        "OLD.state <> 'draft'",
        ((("code",), ""),),
    ),
    Guard(
        "governance_proxy",
        (f"{_DECISION} NOT IN ('draft', 'open')", changed("decision_id", "from_seat_id")),
        f"{_DECISION} <> 'draft'",
        ((("decision_id", "from_seat_id"), ""), (("decision_id", "to_seat_id"), "")),
    ),
    Guard(
        "governance_ballot",
        (
            f"{_DECISION} <> 'open'",
            "OLD.superseded_at IS NOT NULL",
            changed("decision_id", "seat_id", "value", '"by"', "holder_id", "at"),
        ),
        ALWAYS,
        ((("decision_id", "seat_id", '"by"'), "{row}.superseded_at IS NULL"),),
    ),
    Guard(
        "governance_objection",
        (
            ended(OBJECTION),
            stray(OBJECTION),
            f"{_DECISION} <> 'open'",
            changed("decision_id", "seat_id", "reason", "at"),
        ),
        ALWAYS,
    ),
    Guard("governance_reservation", (ALWAYS,), ALWAYS),
    Guard(
        "governance_budget",
        (
            ended(BUDGET),
            stray(BUDGET),
            changed("cycle_id", "code", "title", "amount", "step", "opened_at", "demo"),
            f"OLD.state <> 'proposing' AND {changed('electorate', 'deadline')}",
        ),
        ALWAYS,
        ((("code",), ""),),
    ),
    Guard(
        "governance_budgetproject",
        (ALWAYS,),
        ALWAYS,
        tuple(((("budget_id", one)), "") for one in ("number", "action_id", "resource_id")),
    ),
    Guard(
        "governance_budgetballot",
        (
            f"{_BUDGET} <> 'voting'",
            "OLD.superseded_at IS NOT NULL",
            changed("budget_id", "seat_id", "approves", "at"),
        ),
        ALWAYS,
        ((("budget_id", "seat_id"), "{row}.superseded_at IS NULL"),),
    ),
    Guard(
        "governance_assessment",
        (
            f"{_of('governance_cycle', 'cycle_id')} = 'closed'",
            changed("cycle_id", "action_id", "seat_id", "college_id"),
        ),
        f"{_of('governance_cycle', 'cycle_id')} <> 'planned'",
        ((("cycle_id", "action_id", "seat_id"), ""),),
    ),
    Guard(
        "governance_meeting",
        (
            ended(MEETING),
            stray(MEETING),
            f"OLD.state <> 'draft' AND {changed(*_CONVENED)}",
            f"OLD.state <> 'draft' AND NEW.state = OLD.state AND {changed('cancelled_at', 'sequence')}",
        ),
        "OLD.state <> 'draft'",
        ((("code",), ""),),
    ),
    Guard(
        "governance_agendaitem",
        (f"{_MEETING} <> 'draft'", changed("meeting_id", "decision_id")),
        f"{_MEETING} <> 'draft'",
        ((("meeting_id", "decision_id"), ""),),
    ),
    Guard(
        "governance_attendance", (_TOLD, changed("meeting_id", "seat_id")), _TOLD, ((("meeting_id", "seat_id"), ""),)
    ),
    _document("governance_minutes", "meeting_id"),
    Guard("governance_indicator", ("OLD.defined_at IS NOT NULL",), "OLD.defined_at IS NOT NULL", ((("code",), ""),)),
    Guard(
        "governance_measurement",
        (
            "OLD.superseded_at IS NOT NULL",
            changed("indicator_id", "period", "value", "people", "source", "by_id", "at", "demo"),
        ),
        ALWAYS,
        ((("indicator_id", "period"), "{row}.superseded_at IS NULL"),),
    ),
)


def sqlite(guard: Guard) -> list[str]:
    """The triggers of one table."""
    refusal = f"BEGIN SELECT RAISE(ABORT, 'governance: {guard.table} keeps what was published'); END"
    row = guard.delete.replace("OLD.", "was.")
    replaced = f"EXISTS (SELECT 1 FROM {guard.table} AS was WHERE ({_same(guard)}) AND ({row})"  # noqa: S608  # our own table
    update = (*guard.update, "NEW.id <> OLD.id", f"{replaced} AND was.id <> OLD.id)")
    conditions = {"UPDATE": _any(update).format(differs="IS NOT"), "DELETE": guard.delete, "INSERT": f"{replaced})"}
    return [
        f"CREATE TRIGGER {PREFIX}{guard.table}_{verb.lower()} BEFORE {verb} ON {guard.table} WHEN {condition} {refusal}"
        for verb, condition in conditions.items()
    ]


def _same(guard: Guard) -> str:
    """The row that a REPLACE would delete: of the same number, or of the same unique key."""
    found = ["was.id = NEW.id"]
    for columns, condition in guard.keys:
        equal = [f"was.{column} = NEW.{column}" for column in columns]
        found.append(" AND ".join(equal + [condition.format(row=row) for row in ("was", "NEW") if condition]))
    return " OR ".join(f"({one})" for one in found)


def postgresql(guard: Guard) -> list[str]:
    """The function and the triggers of one table."""
    name = f"{PREFIX}{guard.table}"
    refusal = f"RAISE EXCEPTION 'governance: {guard.table} keeps what was published' USING ERRCODE = 'integrity_constraint_violation';"
    return [
        f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_OP = 'TRUNCATE' THEN {refusal} END IF;
            IF TG_OP = 'DELETE' THEN IF {guard.delete} THEN {refusal} END IF; RETURN OLD; END IF;
            IF {_any((*guard.update, "NEW.id <> OLD.id")).format(differs="IS DISTINCT FROM")} THEN {refusal} END IF; RETURN NEW; END $$""",
        f"CREATE TRIGGER {name}_row BEFORE UPDATE OR DELETE ON {guard.table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        f"CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON {guard.table} EXECUTE FUNCTION {name}()",
    ]


def named_columns(guard: Guard) -> set[str]:
    """The columns of its own table that a guard speaks of."""
    return set(_COLUMN.findall(" ".join((*guard.update, guard.delete))))


def _any(conditions: tuple[str, ...]) -> str:
    return " OR ".join(f"({one})" for one in conditions)


def statements(vendor: str, present: Mapping[str, Collection[str]] | None = None) -> list[str]:
    """All of them, for « sqlite » or « postgresql », or those of the tables that are there already with each column they speak of."""
    return [
        one
        for guard in GUARDS
        if present is None or (guard.table in present and named_columns(guard) <= set(present[guard.table]))
        for one in (sqlite(guard) if vendor == "sqlite" else postgresql(guard))
    ]


def fingerprint() -> str:
    """Changes with the table of machines or the guards: a migration must then install them again, and a test says so."""
    return sha256("\n".join(statements("sqlite") + statements("postgresql")).encode()).hexdigest()
