"""/api/v1/dump.jsonl.gz: the whole base in one file, written as it is read."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import condition, require_safe

from dcant.catalogue.exports.dump import compressed, dump, last_change, stamp
from dcant.catalogue.exports.site import Site


def _site(request: HttpRequest) -> Site:
    return Site(request.build_absolute_uri("/").rstrip("/"), settings.LOG_NAME)


def _etag(request: HttpRequest) -> str:
    return f'W/"{stamp(_site(request))}"'


def _changed(request: HttpRequest) -> datetime | None:
    return last_change()


@require_safe
@condition(etag_func=_etag, last_modified_func=_changed)
def whole(request: HttpRequest) -> StreamingHttpResponse:
    """Every shown resource, as its sources let it be given. A copy that is fresh answers 304, and nothing is read."""
    response = StreamingHttpResponse(compressed(dump(_site(request))), content_type="application/gzip")
    response["Content-Disposition"] = 'attachment; filename="dcant.jsonl.gz"'
    response["Content-Encoding"] = "identity"  # already packed: no middleware packs it again
    return response
