"""The JSON door: /api/v1/, described by OpenAPI 3.1 at /api/v1/openapi.json. Reading is public."""

from dcant.api.experience import router as experience
from dcant.api.problems import ProblemAPI, install
from dcant.api.programme import router as programme
from dcant.api.readiness import router as readiness
from dcant.api.record import router as record
from dcant.api.resources import router as resources
from dcant.api.sources import router as sources
from dcant.api.standards import router as standards
from dcant.api.territories import router as territories

api = ProblemAPI(
    title="dcant",
    version="1",
    description="La base numérique partagée : territoires, ressources, usages, programme, journal public.",
    docs_url=None,  # its page would call another site; /api/ shows the way
    openapi_extra={"info": {"license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}}},
)
install(api)
api.add_router("/territories", territories)
api.add_router("/resources", resources)
api.add_router("/resources", readiness)
api.add_router("/resources", experience)
api.add_router("/programme", programme)
api.add_router("/record", record)
api.add_router("/sources", sources)
api.add_router("/standards", standards)

__all__ = ["api"]
