"""The page and its JSON interface as an ASGI application (Starlette), bounded in all that it costs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args
from unicodedata import combining, normalize
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from optimizer.answers.words.place_words import country_words
from optimizer.catalogue import Catalogue
from optimizer.domain.case import Buyer
from optimizer.errors import DataError, OptimizerError
from optimizer.render.credits import credits_of, stamp_of
from optimizer.render.html import environment_of
from optimizer.units.language import NAMES, say, speaking
from optimizer.web.answers import FORMS, Answers, UnknownQuestionError, given
from optimizer.web.batch.batches import Batches
from optimizer.web.batch.pages import BatchPages
from optimizer.web.controls import FIELDS, FURTHER, OWN, OWN_MODEL, SLOW_SETTINGS
from optimizer.web.fragments import Shown, shown
from optimizer.web.openapi import description
from optimizer.web.quotas import Bounds, BusyError, Places, Rates, TooLargeError
from optimizer.web.words import LANGUAGES, examples_in, words_in

HERE = Path(__file__).parent
BUYERS = get_args(Buyer)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self';"
        " img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Site:
    """What the routes share: answers, bounds, and the threads that work answers out."""

    def __init__(self, catalogue: Catalogue, bounds: Bounds) -> None:
        self.answers, self.bounds = Answers(catalogue), bounds
        self.places, self.rates = Places(bounds), Rates(bounds)
        self.threads = ThreadPoolExecutor(bounds.solves_at_once, thread_name_prefix="answer")
        self.batches = Batches(catalogue, bounds, self.threads)

    async def work(self, job: Callable[[], Any]) -> Any:
        """The result of a job, calculated in a thread.

        Raises:
            BusyError: too many are waiting.
            TimeoutError: it takes too long; its thread goes on, and its place is taken until it ends.
        """
        places = self.places
        places.__enter__()
        future = asyncio.get_running_loop().run_in_executor(self.threads, job)
        future.add_done_callback(lambda done: places.__exit__())
        return await asyncio.wait_for(asyncio.shield(future), self.bounds.seconds)


def make_app(catalogue: Catalogue, hosts: Sequence[str], bounds: Bounds | None = None) -> Starlette:
    """The application.

    Args:
        catalogue: the data.
        hosts: names under which it may be called; another name is refused, which stops pages elsewhere from using it.
        bounds: what it may cost.
    """
    site = Site(catalogue, bounds or Bounds())

    async def guarded(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        language = _language(request)
        words = words_in(language)
        address = request.client.host if request.client else ""
        with speaking(language):
            too_long = say("must be at most {characters:,} characters", characters=site.bounds.query_characters)
            too_large = say("must be at most {bytes:,} bytes", bytes=site.bounds.body_bytes)
        if not _is_named(request, hosts):
            with speaking(language):
                response: Response = _failed(request, say("this page is not open under that name of the server"), 400)
        elif not site.rates.allows(address):
            response = _failed(request, words["too_many"], 429)
            response.headers["Retry-After"] = "2"
        elif len(request.url.query) > site.bounds.query_characters:
            response = _failed(request, too_long, 414)
        elif _length(request) > site.bounds.body_bytes:
            response = _failed(request, too_large, 413)
        elif request.method == "POST" and request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            response = _failed(request, words["cross_site"], 403)
        else:
            try:
                with speaking(language):
                    response = await call(request)
            except BusyError:
                response = _failed(request, words["busy"], 503)
                response.headers["Retry-After"] = "3"
            except TooLargeError:
                response = _failed(request, too_large, 413)
            except TimeoutError:
                response = _failed(request, words["too_long"], 503)
            except UnknownQuestionError as error:
                response = _failed(request, str(error), 404)
            except OptimizerError as error:
                response = _failed(request, f"{words['wrong']} {_said(error)}", 422)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    async def index(request: Request) -> Response:
        answer = await _answer(site, request) if _has_question(request) else Shown(Markup(""))
        return HTMLResponse(_page(site, request, answer.part, controls=answer.controls))

    async def answer(request: Request) -> Response:
        return HTMLResponse((await _answer(site, request)).part)

    async def download(request: Request) -> Response:
        question, _, form = request.path_params["file"].partition(".")
        words = given(request.query_params)
        language = _language(request)
        content = await site.work(lambda: site.answers.written(question, words, form, language))
        headers = {"Content-Disposition": f'attachment; filename="{"-".join(question.split())}.{form}"'}
        return Response(content, media_type=FORMS[form], headers=headers)

    async def api(request: Request) -> Response:
        question, words = request.path_params["question"], given(request.query_params)
        content = await site.work(lambda: site.answers.written(question, words, "json"))
        return Response(content, media_type=FORMS["json"])

    async def openapi(request: Request) -> Response:
        return JSONResponse(description(site.bounds))

    def static(name: str, kind: str) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            return FileResponse(HERE / name, media_type=kind)

        return serve

    routes = [
        Route("/", index),
        Route("/answer", answer),
        Route("/download/{file}", download),
        Route("/api/openapi.json", openapi),
        Route("/api/{question}", api),
        *BatchPages(catalogue, site.bounds, site.batches, site.work, partial(_page, site)).routes(),
        Route("/page.css", static("page.css", "text/css")),
        Route("/page.js", static("page.js", "text/javascript")),
    ]
    middleware = [Middleware(BaseHTTPMiddleware, dispatch=guarded)]
    return Starlette(routes=routes, middleware=middleware, exception_handlers={HTTPException: _refused})


async def _refused(request: Request, error: Exception) -> Response:
    """What no route takes, in the form of every other refusal."""
    assert isinstance(error, HTTPException)
    path, headers = request.url.path, error.headers or {}
    if error.status_code == 404:
        text = say("there is nothing at {path}", path=path)
    elif error.status_code == 405:
        methods = ", ".join(sorted(headers["Allow"].split(", ")))  # the framework has them in no order
        text = say("{path} takes {methods}, not {method}", path=path, methods=methods, method=request.method)
    else:
        text = say("the request cannot be read: {error}", error=error.detail)
    response = _failed(request, text, error.status_code)
    response.headers.update(headers)
    return response


def _is_named(request: Request, hosts: Sequence[str]) -> bool:
    """Whether a request is made under a name of the server."""
    try:
        name = urlsplit(f"//{request.headers.get('host', '')}").hostname
    except ValueError:
        return False
    return "*" in hosts or name in {host.lower().strip("[]") for host in hosts}


def _language(request: Request) -> str:
    """The language of the page: the one that the address names, else the first of the browser's that it has."""
    wanted = [request.query_params.get("lang", "")]
    wanted += [part.split(";")[0].strip()[:2] for part in request.headers.get("accept-language", "").split(",")]
    return next((code for code in wanted if code in LANGUAGES), "en")


def _letters(name: str) -> str:
    """A name for sorting: without accents and capitals, so that México is next to Micronesia."""
    return "".join(sign for sign in normalize("NFKD", name) if not combining(sign)).casefold()


def _length(request: Request) -> int:
    """The bytes of a body, as its head says; 0 where it says nothing that can be read."""
    said = request.headers.get("content-length", "")
    return int(said) if said.isdecimal() else 0


def _said(error: OptimizerError) -> str:
    return "; ".join(map(str, error.problems)) if isinstance(error, DataError) else str(error)


def _failed(request: Request, text: str, status: int) -> Response:
    accepted, path = request.headers.get("accept", ""), request.url.path
    if path == "/api" or path.startswith("/api/") or "text/csv" in accepted or "application/json" in accepted:
        return JSONResponse({"error": text}, status)
    if path == "/answer" or path.startswith("/download"):
        return HTMLResponse(Markup('<p class="bad" role="alert">{}</p>').format(text), status)
    home = Markup(
        '<!doctype html><html lang="{}"><title>optimizer</title><p role="alert">{}</p><p><a href="/">/</a></p>'
    )
    return HTMLResponse(home.format(_language(request), text), status)


def _has_question(request: Request) -> bool:
    return any(request.query_params.get(name, "").strip() for name in FIELDS)


async def _answer(site: Site, request: Request) -> Shown:
    """The answer to what the controls ask."""
    query, language = dict(request.query_params), _language(request)
    found: Shown = await site.work(lambda: shown(site.answers, query, language))
    return found


def _page(
    site: Site,
    request: Request,
    answer: Markup,
    path: str = "/",
    reload: int = 0,
    controls: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The whole page around an answer.

    Args:
        site: what the routes share.
        request: with the values of the controls.
        answer: the part between the controls and the foot.
        path: of the page, for links to the same in other languages.
        reload: seconds after which a browser without scripts loads it again; 0 is never.
        controls: what the controls show where the address does not say it.
    """
    language, catalogue = _language(request), site.answers.catalogue
    words = words_in(language)
    values = {name: (request.query_params.get(name) or controls.get(name, ""))[:500] for name in FIELDS}
    values["country"] = values["country"] or catalogue.defaults["country"].value
    is_own = any(values[name] for name in OWN_MODEL)
    values["workload"] = OWN if is_own else values["workload"] or catalogue.defaults["workload"].value
    values["buyer"] = values["buyer"] or BUYERS[0]
    values["rules"] = values["rules"] or catalogue.default_rules
    asked = [(name, value) for name, value in request.query_params.items() if name in FIELDS]
    with speaking(language):
        countries = [(country.id, country_words(country)) for country in catalogue.every_country.values()]
        workloads = [(row.id, say(row.name)) for row in catalogue.workloads.values()]
        rules = [(row.id, say(row.name)) for row in catalogue.rule_sets.values()]
        attribution = credits_of(catalogue)
        stamp = stamp_of(catalogue)
    countries.sort(key=lambda country: _letters(country[1]))
    text: str = (
        environment_of(HERE)
        .get_template("page.html.jinja")
        .render(
            lang=language,
            languages=LANGUAGES,
            names=NAMES,
            link_in={code: f"{path}?{urlencode([*asked, ('lang', code)])}" for code in LANGUAGES},
            words=words,
            examples=[] if answer else examples_in(language),
            values=values,
            countries=countries,
            workloads=workloads,
            buyers=BUYERS,
            own=OWN,
            further=FURTHER,
            slow_settings=SLOW_SETTINGS,
            is_further=any(values[name] for name, _ in FURTHER),
            rules=rules,
            answer=answer,
            reload=reload,
            upload=words["upload"].format(cases=site.bounds.cases, megabytes=site.bounds.body_bytes // 10**6),
            stamp=stamp,
            attribution=attribution,
        )
    )
    return text
