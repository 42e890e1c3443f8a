"""The JSON door: /api/v1/, described by OpenAPI 3.1 at /api/v1/openapi.json. Reading is public, acting takes a mandate."""

from dcant.api.acting import HOW
from dcant.api.actions import router as actions
from dcant.api.amendments import of_action as amendments_of_action
from dcant.api.amendments import router as amendments
from dcant.api.assessments import router as assessments
from dcant.api.balance import router as balance
from dcant.api.cycles import balance_sheets, roadmaps
from dcant.api.cycles import router as cycles
from dcant.api.decisions import of_action as decisions_of_action
from dcant.api.decisions import router as decisions
from dcant.api.endings import router as endings
from dcant.api.experience import router as experience
from dcant.api.finding import router as finding
from dcant.api.indicators import router as indicators
from dcant.api.infrastructures import router as infrastructures
from dcant.api.meetings import router as meetings
from dcant.api.problems import ProblemAPI, install
from dcant.api.programme import router as programme
from dcant.api.programmes import router as programmes
from dcant.api.readiness import router as readiness
from dcant.api.record import router as record
from dcant.api.resources import router as resources
from dcant.api.sheets import router as sheets
from dcant.api.sources import router as sources
from dcant.api.standards import router as standards
from dcant.api.table_checks import router as table_checks
from dcant.api.table_reports import router as table_reports
from dcant.api.territories import router as territories
from dcant.api.voices import router as voices

api = ProblemAPI(
    title="dcant",
    version="1",
    description=f"La base numérique partagée : territoires, ressources, usages, programme, journal public. {HOW}",
    docs_url=None,  # its page would call another site; /api/ shows the way
    openapi_extra={"info": {"license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}}},
)
install(api)
api.add_router("/territories", territories)
api.add_router("/resources", resources)
api.add_router("/resources", readiness)
api.add_router("/resources", experience)
api.add_router("/resources", sheets)
api.add_router("/infrastructures", infrastructures)
api.add_router("", finding)
api.add_router("/programme", programme)
api.add_router("/programmes", programmes)
api.add_router("/cycles", cycles)
api.add_router("/actions", actions)
api.add_router("/actions", amendments_of_action)
api.add_router("/actions", decisions_of_action)
api.add_router("/actions", endings)
api.add_router("/amendments", amendments)
api.add_router("/decisions", decisions)
api.add_router("/decisions", voices)
api.add_router("/roadmaps", roadmaps)
api.add_router("/balance-sheets", balance_sheets)
api.add_router("/assessments", assessments)
api.add_router("/meetings", meetings)
api.add_router("/indicators", indicators)
api.add_router("/record", record)
api.add_router("/sources", sources)
api.add_router("/standards", standards)
api.add_router("/table-checks", table_checks)
api.add_router("/table-checks", table_reports)
api.add_router("/balance", balance)

__all__ = ["api"]
