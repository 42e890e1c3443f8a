"""What `dcant record replay` says once the log is verified: each finding by its entry and rule, outcomes, the roadmap in force."""

from typing import TYPE_CHECKING

from dcant.record.note import shown

if TYPE_CHECKING:
    from dcant.governance.rules.replay import State

_SHOWN = 100
_FATES = {
    "added": "nouvelle",
    "kept": "gardée",
    "enriched": "enrichie",
    "completed": "réalisée",
    "dropped": "abandonnée",
    "merged": "réunie à une autre",
}
_OUTCOMES = {
    "adopted": "adoptée",
    "rejected": "rejetée",
    "no_quorum": "sans quorum",
    "withdrawn": "retirée",
    "open": "ouverte",
}


def said_of(state: "State") -> dict[str, object]:
    """The replay as one JSON value: ours to keep stable."""
    return {
        "findings": [{"index": one.index, "rule": one.rule, "message": one.message} for one in state.findings],
        "replayed": dict(sorted(state.read.items())),
        "skipped": dict(sorted(state.skipped.items())),
        "older_lines": state.older,
        "decisions": [
            {
                "decision": one.code,
                "opened": one.index,
                "closed": one.closed if one.closed >= 0 else None,
                "text": one.text,
                "state": one.state,
                "outcome": one.outcome.as_dict() if one.outcome else None,
            }
            for one in state.decisions.values()
        ],
        "roadmaps": [
            {
                "programme": programme.slug,
                "cycle": cycle.half_year,
                "number": cycle.number,
                "actions": [
                    {"action": item.action, "version": item.version, "fate": item.fate, "into": item.into}
                    for item in cycle.roadmap or ()
                ],
            }
            for programme in state.programmes.values()
            if (cycle := programme.in_force) is not None
        ],
    }


def print_replay(state: "State") -> None:
    """For people: findings first, then every outcome, then the roadmap in force."""
    for finding in state.findings[:_SHOWN]:
        print(f"{finding.rule} [entrée {finding.index}] {shown(finding.message)}")
    if len(state.findings) > _SHOWN:
        print(f"… et {len(state.findings) - _SHOWN} autres constats.")
    for one in state.decisions.values():
        print(f"{shown(one.code)} : {_OUTCOMES[one.state]} ({one.purpose}, entrée {max(one.closed, one.index)})")
    verdict = "Rien à redire" if not state.findings else f"{len(state.findings)} constats"
    print(
        f"{verdict} : {state.read.total()} lignes du programme rejouées, {len(state.decisions)} décisions recalculées, "
        f"{state.skipped.total()} lignes d’autres sujets laissées de côté."
    )
    if state.older:
        print(
            f"{state.older} lignes d’une forme plus ancienne en disent moins : ce qu’elles taisent n’est pas vérifié."
        )
    _print_roadmaps(state)


def _print_roadmaps(state: "State") -> None:
    for programme in state.programmes.values():
        cycle = programme.in_force
        if cycle is None:
            print(f"{shown(programme.slug)} : aucune feuille de route publiée.")
            continue
        print(f"{shown(programme.slug)} : feuille de route en vigueur, semestre {shown(cycle.half_year)} :")
        for item in cycle.roadmap or ():
            print(f"  {shown(item.action)} ({_FATES.get(item.fate, shown(item.fate))}) {shown(item.version)}")
