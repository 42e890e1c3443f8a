"""Every address of the site: pages, JSON under /api/v1/, the Software Catalog API under /v1/."""

from django.urls import include, path

from dcant.api import api
from dcant.api.dump import whole

urlpatterns = [
    path("api/v1/dump.jsonl.gz", whole, name="dump"),
    path("api/v1/", api.urls),
    path("v1/", include("dcant.api.software_catalog")),
    path("", include("dcant.web.urls")),
]

handler400 = "dcant.web.errors.bad_request"
handler403 = "dcant.web.errors.forbidden"
handler404 = "dcant.web.errors.not_found"
handler500 = "dcant.web.errors.server_error"
