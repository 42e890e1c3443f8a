"""The addresses of the programme under /api/v1/: those that are read, with examples, and those where one only acts."""

from dcant.governance.models import Amendment
from factories import World
from governance.played import UNDER_WAY

ROOT = "/api/v1"
# Tried by tests/api/test_same_verdict.py and tests/api/test_api_table_checks.py.
API_POSTED = {
    "api/table-checks",
    "api/table-checks/<check_id>/publication",
    "api/programmes/<slug>/seats/import",
    "api/actions/<code>/copilots",
    "api/actions/<code>/amendments",
    "api/actions/<code>/decisions",
    "api/amendments/<amendment>/answer",
    "api/amendments/<amendment>/rebase",
    "api/decisions/<code>/open",
    "api/decisions/<code>/close",
    "api/decisions/<code>/reconvene",
    "api/decisions/<code>/objections/<objection>/answer",
    "api/actions/<code>/endings/<ending>/decisions",
    "api/cycles/<programme>",
    "api/cycles/<programme>/<cycle>/open",
    "api/cycles/<programme>/<cycle>/review",
    "api/cycles/<programme>/<cycle>/roadmaps",
    "api/cycles/<programme>/<cycle>/balance-sheets",
    "api/meetings/<code>/convene",
    "api/meetings/<code>/cancel",
    "api/meetings/<code>/attendance",
    "api/meetings/<code>/minutes",
}


def governance_documents(world: World) -> dict[str, list[str]]:
    played = world.played
    programme, action = f"{ROOT}/programmes/{played.slug}", f"{ROOT}/actions/{played.draft.code}"
    decisions = [f"{ROOT}/decisions/{one.code}" for one in played.decisions]
    parts = ("ballots", "proxies", "objections", "reservations")
    return {
        "api/programmes": [f"{ROOT}/programmes"],
        "api/programmes/<slug>": [programme],
        "api/programmes/<slug>/seats": [f"{programme}/seats"],
        "api/cycles": [f"{ROOT}/cycles"],
        "api/cycles/<programme>/<cycle>": [f"{ROOT}/cycles/{played.slug}/{UNDER_WAY}"],
        "api/roadmaps": [f"{ROOT}/roadmaps"],
        "api/balance-sheets": [f"{ROOT}/balance-sheets"],
        "api/assessments": [f"{ROOT}/assessments"],
        "api/actions": [f"{ROOT}/actions", f"{ROOT}/actions?state=drafting"],
        "api/actions/<code>": [action],
        "api/actions/<code>/versions": [f"{action}/versions"],
        "api/actions/<code>/versions/<number>": [f"{action}/versions/1"],
        "api/actions/<code>/endings": [f"{ROOT}/actions/{played.ending.ending.action.code}/endings"],
        "api/indicators": [f"{ROOT}/indicators"],
        "api/indicators/<code>": [f"{ROOT}/indicators/{one.code}" for one in played.indicators],
        "api/indicators/<code>/measurements": [f"{ROOT}/indicators/{played.indicators[0].code}/measurements"],
        "api/amendments": [f"{ROOT}/amendments"],
        "api/amendments/<amendment>": [f"{ROOT}/amendments/{one.pk}" for one in Amendment.objects.all()],
        "api/decisions": [f"{ROOT}/decisions"],
        "api/decisions/<code>": decisions,
        **{f"api/decisions/<code>/{part}": [f"{one}/{part}" for one in decisions] for part in parts},
        "api/meetings": [f"{ROOT}/meetings"],
        "api/meetings/<code>": [f"{ROOT}/meetings/{one.code}" for one in played.meetings if one.state != "draft"],
        "api/record/entries/<entry_id>/proof": [f"{ROOT}/record/entries/{world.written.entry.entry_id}/proof"],
    }
