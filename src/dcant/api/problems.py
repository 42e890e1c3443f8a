"""Every error of the API as application/problem+json (RFC 9457): type, title, status, detail, code."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from dcant.accounts.answers import KeyServed
from dcant.governance.rules.texts import text_hash
from dcant.identifiers import IdentifierError, Refused


class Problem(Schema):
    """What went wrong. `code` has its section in docs/errors.md."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class TextOut(Schema):
    """A text and its name."""

    hash: str
    text: str


class StaleProblem(Problem):
    """A text written on another than the current one: both, so that nothing is lost."""

    current: TextOut
    yours: TextOut


ERRORS = {400: Problem, 404: Problem, 422: Problem}
MEDIA_TYPE = "application/problem+json"
NO_NUL = r"^[^\x00]*$"  # for text that goes into a query: PostgreSQL holds no NUL


class ProblemAPI(NinjaAPI):
    """An API whose description gives errors, and what is no JSON, the media type they are sent with."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        for item in schema["paths"].values():
            for operation in item.values():
                for status, answer in operation["responses"].items():
                    content = answer["content"]
                    if int(status) >= 400:
                        answer["content"] = {MEDIA_TYPE: content["application/json"]}
                    elif len(content) > 1:  # what is no JSON was declared beside the one that ninja supposes
                        answer["content"] = {kind: said for kind, said in content.items() if kind != "application/json"}
        return schema


class Stale(Exception):
    """The text changed meanwhile: the current one, and the one that was sent."""

    def __init__(self, because: str, *, current: str, yours: str) -> None:
        super().__init__(because)
        self.current, self.yours = current, yours


class Gone(Exception):
    """What was at this address was erased, and the sentence says what to do."""


def problem(status: int, title: str, detail: str, code: str, **more: object) -> HttpResponse:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code, **more}
    return HttpResponse(json.dumps(body, ensure_ascii=False).encode(), status=status, content_type=MEDIA_TYPE)


def install(api: NinjaAPI) -> None:
    """Gives the API its one shape of error."""

    @api.exception_handler(Http404)
    def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
        said = error.args[0] if error.args and isinstance(error.args[0], str) else ""
        return problem(
            404, "Introuvable", said if said.endswith(".") else "Rien n’existe à cette adresse.", "DCANT-A404"
        )

    @api.exception_handler(Gone)
    def _gone(request: HttpRequest, error: Gone) -> HttpResponse:
        return problem(410, "Effacé", str(error), "DCANT-A410")

    @api.exception_handler(ValidationError)
    def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        places = "; ".join(f"{'.'.join(map(str, one['loc']))} : {one['msg']}" for one in error.errors)
        return problem(422, "Paramètre refusé", places, "DCANT-A422")

    @api.exception_handler(IdentifierError)
    def _identifier(request: HttpRequest, error: IdentifierError) -> HttpResponse:
        return problem(400, "Identifiant refusé", error.message, "DCANT-A400")

    @api.exception_handler(Refused)
    def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return problem(403, "Refusé", error.permit.because, error.code)

    @api.exception_handler(KeyServed)
    def _served(request: HttpRequest, error: KeyServed) -> HttpResponse:
        return problem(422, "Clé déjà employée", str(error), "DCANT-C002")

    @api.exception_handler(Stale)
    def _stale(request: HttpRequest, error: Stale) -> HttpResponse:
        texts = {
            name: {"hash": text_hash(text), "text": text}
            for name, text in (("current", error.current), ("yours", error.yours))
        }
        return problem(412, "Texte changé", str(error), "DCANT-G002", **texts)

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, "Demande refusée", str(error), "DCANT-A400")
