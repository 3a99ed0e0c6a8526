"""The routes of a file of cases: sent, looked at while it is solved, fetched in every form, deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from optimizer.catalogue import Catalogue
from optimizer.errors import OptimizerError, UsageError
from optimizer.render.html import environment_of, sections_as_html
from optimizer.units.language import ENGLISH, language, say, speaking
from optimizer.web.batch.batches import Batch, Batches
from optimizer.web.batch.fragments import FILES, example, progress_words, sections, written
from optimizer.web.batch.upload import read_sent
from optimizer.web.fragments import alert
from optimizer.web.quotas import Bounds, TooLargeError
from optimizer.web.words import words_in

HERE = Path(__file__).parent
RELOAD_SECONDS = 2
"""After so long a browser without scripts loads the page of a running file again."""
Work = Callable[[Callable[[], Any]], Awaitable[Any]]
Shell = Callable[[Request, Markup, str, int], str]
"""Puts a part into the page: request, part, address of the part in other languages, seconds to reload (0: never)."""


class BatchPages:
    """The routes, with what they share."""

    def __init__(self, catalogue: Catalogue, bounds: Bounds, batches: Batches, work: Work, shell: Shell) -> None:
        self._catalogue, self._bounds, self._batches = catalogue, bounds, batches
        self._work, self._shell = work, shell

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/batch", self.send, methods=["POST"]),
            Route("/batch/example.{form}", self.example),
            Route("/batch/{token}", self.page),
            Route("/batch/{token}/part", self.part),
            Route("/batch/{token}/delete", self.delete, methods=["POST"]),
            Route("/batch/{token}/{file}", self.fetch),
        ]

    async def send(self, request: Request) -> Response:
        """Take in a file and begin to solve it; what is wrong with it is said on the page."""
        try:
            return await self._taken(request)
        except OptimizerError as error:
            if "text/csv" in request.headers.get("accept", ""):
                raise
            part = alert(words_in(language())["wrong"], error)
            return HTMLResponse(self._shell(request, part, "/", 0), 422)

    async def _taken(self, request: Request) -> Response:
        """The answer to a file that is sent: who asks for CSV waits for it, anybody else sees a page."""
        form = await (await self._bounded(request)).form(
            max_files=1, max_fields=2, max_part_size=self._bounds.body_bytes
        )
        upload = form.get("cases")
        if not isinstance(upload, UploadFile):
            raise UsageError(say("send a file of cases"))
        content, name, spoken = await upload.read(), upload.filename or "", language()
        if not content:
            raise UsageError(say("choose a file of cases first: nothing was sent"))

        def read(code: str) -> Callable[[], Any]:
            def job() -> Any:
                with speaking(code):
                    return read_sent(content, name, self._bounds)

            return job

        sent = await self._work(read(spoken))
        data = sent if spoken == ENGLISH else await self._work(read(ENGLISH))
        batch = self._batches.begin(sent, data, spoken)
        if "text/csv" in request.headers.get("accept", "") and batch.task is not None:
            await asyncio.shield(batch.task)
            self._batches.forget(batch.token)
            return Response(written(batch, "plans.csv", self._catalogue), media_type=FILES["plans.csv"][1])
        return RedirectResponse(f"/batch/{batch.token}?{urlencode({'lang': spoken})}", 303)

    async def _bounded(self, request: Request) -> Request:
        """The request with its body, of which no more is read than may be sent, whatever its head says.

        Raises:
            TooLargeError: there is more.
        """
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self._bounds.body_bytes:
                raise TooLargeError
        message = {"type": "http.request", "body": bytes(body), "more_body": False}

        async def receive() -> dict[str, Any]:
            return message

        return Request(request.scope, receive)

    async def page(self, request: Request) -> Response:
        """The file on a page, which a browser without scripts loads again while it is solved."""
        batch = self._batches.find(request.path_params["token"])
        if batch is None:
            return HTMLResponse(self._shell(request, _gone(), "/", 0), 404)
        seconds = 0 if batch.ended else RELOAD_SECONDS
        return HTMLResponse(self._shell(request, self._shown(batch), request.url.path, seconds))

    async def part(self, request: Request) -> Response:
        """The part of the page that changes."""
        batch = self._batches.find(request.path_params["token"])
        if batch is None:
            return HTMLResponse(_gone(), 404)
        return HTMLResponse(self._shown(batch))

    async def fetch(self, request: Request) -> Response:
        """The plans of a file in a form."""
        batch, name = self._batches.find(request.path_params["token"]), request.path_params["file"]
        if batch is None or not batch.ended or name not in FILES:
            return HTMLResponse(_gone(), 404)
        spoken = language()

        def write() -> bytes:
            with speaking(spoken):
                return written(batch, name, self._catalogue)

        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(await self._work(write), media_type=FILES[name][1], headers=headers)

    async def delete(self, request: Request) -> Response:
        """Nothing is kept of a file whose sender wants that."""
        self._batches.forget(request.path_params["token"])
        return RedirectResponse(f"/?{urlencode({'lang': language()})}", 303)

    async def example(self, request: Request) -> Response:
        """A file to fill in."""
        form = request.path_params["form"]
        if form not in ("csv", "xlsx"):
            return HTMLResponse(_gone(), 404)
        headers = {"Content-Disposition": f'attachment; filename="cases.{form}"'}
        return Response(example(self._catalogue, form), media_type=FILES[f"plans.{form}"][1], headers=headers)

    def _shown(self, batch: Batch) -> Markup:
        spoken = language()
        words, running, here = words_in(spoken), batch.ended is None, f"/batch/{batch.token}"
        query = urlencode({"lang": spoken})
        rows = "" if running else sections_as_html(list(sections(batch, self._catalogue)), "")
        values: Mapping[str, Any] = {
            "words": words,
            "running": running,
            "part": f"{here}/part?{query}",
            "delete": f"{here}/delete?{query}",
            "title": say("The cases of {name}", name=batch.sent.name),
            "progress": progress_words(batch),
            "total": batch.total,
            "done": len(batch.rows),
            "files": [(f"{here}/{name}?{query}", words.get(called, called)) for name, (called, _) in FILES.items()],
            "rows": Markup(rows),
        }
        return Markup(environment_of(HERE).get_template("batch.html.jinja").render(values))


def _gone() -> Markup:
    return Markup('<p class="bad" role="alert">{}</p>').format(words_in(language())["gone"])
