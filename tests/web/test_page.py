"""The page and its JSON interface: the answers of the command line, bounded, and no text of a visitor is run."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from worlds import frozen_catalogue

from optimizer.catalogue import Catalogue
from optimizer.cli import run

pytest.importorskip("starlette")
pytest.importorskip("httpx")
pytest.importorskip("multipart")

from starlette.testclient import TestClient

from optimizer.service.register import is_file
from optimizer.web.app import make_app
from optimizer.web.quotas import Bounds, BusyError, Places, Rates

DATA = str(Path(__file__).parents[1] / "catalogue")
CASE_FIELDS = {"country": "BR", "max_mw": "0.6", "deadline": "90d"}
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture(scope="module")
def page() -> Any:
    with TestClient(make_app(frozen_catalogue(), ["testserver"], Bounds(burst=10_000))) as client:
        yield client


def test_the_json_interface_says_what_the_command_says(page: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The same envelope byte for byte: two doors, one answer."""
    flags = ["--country", "BR", "--max-mw", "0.6", "--deadline", "90d", "--data", DATA, "-q", "--json"]
    assert run(["plan", *flags]) == 0
    assert page.get("/api/plan", params=CASE_FIELDS).text == capsys.readouterr().out


def test_a_link_shows_the_answer_again(page: Any) -> None:
    """Everything that was set stands in the address, and in the controls when it is opened."""
    text = page.get("/", params={**CASE_FIELDS, "deadline": "90"}).text
    assert 'name="max_mw" inputmode="decimal" value="0.6"' in text
    assert "$1,585,000" in text


def test_a_comparison_of_countries(page: Any) -> None:
    """Further countries give a ranking, with its chart and its downloads."""
    text = page.get("/answer", params={**CASE_FIELDS, "others": "MX"}).text
    assert "Best: Brazil" in text and "<svg" in text
    assert "/download/compare.xlsx?" in text


@pytest.mark.parametrize("form", ["json", "csv", "md", "html", "xlsx"])
def test_every_form_can_be_downloaded(page: Any, form: str) -> None:
    """With a name for the file."""
    reply = page.get(f"/download/plan.{form}", params=CASE_FIELDS)
    assert reply.status_code == 200 and reply.content
    assert f'filename="plan.{form}"' in reply.headers["content-disposition"]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Show the plan"), ("es", "Mostrar el plan"), ("pt", "Mostrar o plano")]
)
def test_the_page_speaks_three_languages(page: Any, language: str, words: str) -> None:
    """By the address, or by what the browser prefers."""
    assert words in page.get("/", params={"lang": language}).text
    assert words in page.get("/", headers={"accept-language": f"{language}-XX,{language};q=0.9"}).text


def test_no_text_of_a_visitor_is_markup(page: Any) -> None:
    """In a control, in an error, in the language: shown as it was written, never run."""
    for params in ({"question": HOSTILE}, {"max_mw": HOSTILE}, {"lang": HOSTILE, "country": HOSTILE}):
        for where in ("/", "/answer"):
            assert "<script>alert" not in page.get(where, params=params).text, (where, params)


def test_headers_and_hosts(page: Any) -> None:
    """No script but the page's own, no frame, no other host: a page elsewhere cannot use a server on this machine."""
    headers = page.get("/").headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert page.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("method", "where", "status", "words"),
    [
        ("GET", "/api/explane", 404, 'does not answer "explane"; it answers ask, plan'),
        ("GET", "/api", 404, "there is nothing at /api"),
        ("GET", "/api/data/list", 404, "there is nothing at /api/data/list"),
        ("POST", "/api/plan", 405, "/api/plan takes GET, HEAD, not POST"),
        ("DELETE", "/api/openapi.json", 405, "takes GET, HEAD, not DELETE"),
        ("GET", "/nothing", 404, "there is nothing at /nothing"),
        ("GET", "/batch", 405, "/batch takes POST, not GET"),
        ("POST", "/batch", 422, "send a file of cases"),
    ],
)
def test_what_no_route_takes_is_refused_as_all_else_is(
    page: Any, method: str, where: str, status: int, words: str
) -> None:
    """To a program the one envelope of errors; to a person a page. They were the plain text of the framework."""
    reply = page.request(method, where, headers={"accept": "application/json, text/csv"})
    assert reply.status_code == status and words in reply.json()["error"]
    assert ("allow" in reply.headers) == (status == 405)
    person = page.request(method, where, headers={"accept": "text/html", "accept-language": "es"})
    assert person.status_code == status and person.headers["cache-control"] == "no-store"
    assert where.startswith("/api") or '<html lang="es">' in person.text


def test_another_name_of_the_server_is_refused_as_all_else_is(page: Any) -> None:
    for host in ("evil.example", "testserver.evil", "[", "testserver@evil"):
        reply = page.get("/api/plan", headers={"host": host})
        assert reply.status_code == 400 and "under that name" in reply.json()["error"], host
    assert page.get("/api/openapi.json", headers={"host": "TestServer:8717"}).status_code == 200


def test_a_question_is_named_as_people_join_its_words(page: Any) -> None:
    replies = {page.get(f"/api/{name}").text for name in ("data-list", "data_list", "data%20list", "Data-List")}
    assert len(replies) == 1 and '"question": "data list"' in replies.pop()


@pytest.mark.parametrize(
    ("where", "params", "words"),
    [
        ("/api/plan", {"country": "Atlantis"}, "; /api/data-list?kind=countries shows those of the data"),
        ("/api/plan", {"country": "South America"}, "or /api/compare?region=South+America for all"),
        ("/api/data-show", {"names": "zzz"}, "(all tables: /api/data-list?kind=tables)"),
        ("/api/plan", {"pais": "BR"}, "did you mean country?"),
        ("/api/plan", {"country": "BR\0"}, "contains a control character"),
        ("/api/plan", {"country": "%BR%"}, "is not a known country"),
        ("/api/ask", {"question": "what does PUE mean"}, "optimizer guide words (on your own machine)"),
    ],
)
def test_a_visitor_is_given_addresses_and_no_commands(
    live: Catalogue, where: str, params: dict[str, str], words: str
) -> None:
    """Who asks over HTTP has no terminal: a command of a question is its address, and a pack is no flag."""
    reply = TestClient(make_app(live, ["testserver"])).get(where, params=params)
    assert reply.status_code == 422 and words in reply.json()["error"]
    assert "--" not in reply.json()["error"]


@pytest.mark.parametrize(
    ("where", "params", "status", "words"),
    [
        ("/api/plan", {"max_mw": "x"}, 422, "must be a number"),
        ("/api/plan", {"nothing": "1"}, 422, "nothing: is not a parameter of plan"),
        ("/api/batch", {}, 404, "the page does not answer"),
        ("/api/verify", {"plan": "/etc/passwd"}, 404, "the page does not answer"),
        ("/api/law", {}, 422, "is needed"),
        ("/api/ask", {}, 422, "is needed"),
        ("/api/frontier", {"first": "cost", "second": "days", "points": "1"}, 422, "must be from 2"),
        ("/api/ask", {"question": "cheapest plan", "interactive": "1"}, 422, "is not a parameter of ask"),
        ("/download/plan.exe", {}, 422, "there is no form"),
        ("/download/..%2f..%2fetc%2fpasswd", {}, 404, ""),
        ("/api/plan", {"country": "BR" * 3000}, 414, "at most 4,000"),
    ],
)
def test_what_cannot_be_answered_is_said(
    page: Any, where: str, params: dict[str, str], status: int, words: str
) -> None:
    """With a status of its own and one sentence; never a traceback, never a file of the server."""
    reply = page.get(where, params=params)
    assert reply.status_code == status
    assert words in reply.text and "Traceback" not in reply.text


def test_no_visitor_opens_a_file_of_the_server(page: Any, tmp_path: Path) -> None:
    """Neither to read it nor to write it: every field and parameter that names a file is refused, and not described.

    The wrong outcome: the first line of a server's file in an error message, or a file that a stranger wrote there.
    """
    from optimizer.service import REGISTER
    from optimizer.service.fields import FIELDS, POWER_FIELDS
    from optimizer.web.answers import OPEN, open_parameters
    from optimizer.web.tools import tools

    secret, made = tmp_path / "secret.csv", tmp_path / "made.csv"
    secret.write_text("password\n", encoding="utf-8")
    power = {**CASE_FIELDS, "outage": "17-21"}
    for name, path in (("hours", secret), ("hours_file", secret), ("dispatch", made)):
        for reply in (
            page.get("/api/plan", params={**power, name: str(path)}),
            page.get("/download/plan.csv", params={**power, name: str(path)}),
        ):
            assert reply.status_code == 422 and "files of this machine" in reply.text and "password" not in reply.text
    assert not made.exists()
    described = page.get("/api/openapi.json").text + json.dumps(tools())
    assert "dispatch" not in described and '"hours' not in described
    # a file says so where its value stands, or the guard above does not know it
    taken = [(p.name, p.words, p.metavar) for name in OPEN for p in open_parameters(REGISTER[name])]
    taken += [(field.name, field.words, field.metavar) for field in (*FIELDS, *POWER_FIELDS)]
    for name, words, metavar in taken:
        if "file" in words.lower().split():
            assert is_file(metavar), name


def test_every_question_has_its_address_or_it_is_said_why(page: Any) -> None:
    """consortium, why-not and sensitivity had none, and the description did not say so."""
    from optimizer.service import REGISTER
    from optimizer.web.answers import CLOSED

    description = page.get("/api/openapi.json").json()
    for name in REGISTER:
        address = f"/api/{name.replace(' ', '-')}"
        assert (address in description["paths"]) != (f"{name}: " in description["info"]["description"]), name
        if name in CLOSED:
            reply = page.get(address)
            assert reply.status_code == 404 and f"{name}: {CLOSED[name]}" in reply.json()["error"]
    asked = {"max_mw": "0.6", "deadline": "90d"}
    for name, own in (
        ("why-not", {"subject": "a100", **asked}),
        ("consortium", {"sites": "BR=0.4 MX=0.4", "deadline": "90d"}),
        ("consortium", {"sites": "Brazil=0.4; Mexico=0.4", "deadline": "90d", "explain": "yes"}),
        ("cite", {}),
    ):
        reply = page.get(f"/api/{name}", params=own)
        assert reply.status_code == 200 and reply.json()["question"] == name, reply.text


def test_no_site_is_a_file_of_the_server(page: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A consortium is read of a file elsewhere: here neither what is in one nor whether there is one is seen."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sites.toml").write_text("password\n", encoding="utf-8")
    (tmp_path / "there").write_text("password\n", encoding="utf-8")
    found = set()
    for sites in (
        "sites.toml",
        f"{tmp_path}/sites.toml",
        "BR=0.4 sites.toml",
        "there",
        "not-there",
        "BR=0.4;x=/../a.csv",
    ):
        for name in ("sites", "sites_"):
            reply = page.get("/api/consortium", params={name: sites, "deadline": "90d"})
            assert reply.status_code == 422, (sites, reply.text)
            found.add(reply.json()["error"].replace("sites_", "sites"))
    assert len(found) == 1 and "files of this machine are not open" in found.pop()


def test_what_takes_long_is_bounded(page: Any) -> None:
    """An answer's thread goes on after its time: a million draws would keep it for ever."""
    for query in ("sensitivity?draws=1000000", "consortium?sites=BR=1&time_limit=9999", "sensitivity?workers=64"):
        assert page.get(f"/api/{query}").status_code == 422, query


def test_a_field_is_given_once(page: Any) -> None:
    """Of two values, or two names of one field, the last was taken without a word."""
    for query in ("max_mw=1&max_mw=2", "deadline=90&deadline_days=120"):
        reply = page.get(f"/api/plan?{query}")
        assert reply.status_code == 422 and "given twice" in reply.text, reply.text
    assert page.get("/api/plan?max_mw=&max_mw=0.6&deadline=90").status_code == 200


def test_a_question_without_its_parameters_is_answered(page: Any) -> None:
    """A parameter that may be repeated and is left out is none, not an error of the server."""
    assert page.get("/api/alternatives", params=CASE_FIELDS).status_code == 200


def test_a_workbook_has_the_same_figures_in_every_language() -> None:
    """Every number of the English workbook is that number in the others, too: none is a text, none is another.

    The wrong outcome: "495.487" of a Portuguese table, read back as English, is 495 dollars and not half a million.
    """
    openpyxl = pytest.importorskip("openpyxl")
    from optimizer.web.answers import Answers

    answers = Answers(frozen_catalogue())
    compared = 0
    case = (("country", "BR"), ("deadline", "90d"), ("max_mw", "0.6"))
    for question, words in (("plan", case), ("compare", (("country", "BR,MX"), *case[1:])), ("options", case)):
        books = []
        for language in ("en", "es", "pt"):
            content = io.BytesIO(answers.written(question, words, "xlsx", language))
            sheets = openpyxl.load_workbook(content, data_only=True).worksheets
            books.append([list(map(_number, sheet.iter_rows(values_only=True))) for sheet in sheets])
        english, spanish, portuguese = books
        assert english == spanish == portuguese, question
        compared += sum(value is not None for sheet in english for row in sheet for value in row)
    assert compared > 100


def _number(row: Any) -> list[Any]:
    return [value if isinstance(value, int | float) else None for value in row]


def test_too_many_requests_are_refused_politely() -> None:
    """After the burst 429 with a time to wait; another address is not affected."""
    with TestClient(make_app(frozen_catalogue(), ["testserver"], Bounds(burst=3, requests_per_second=0.001))) as client:
        statuses = [client.get("/page.css").status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        assert client.get("/page.css").headers["retry-after"]
    rates = Rates(Bounds(burst=1, requests_per_second=0.001))
    assert [rates.allows("a"), rates.allows("a"), rates.allows("b")] == [True, False, True]


def test_places_are_bounded() -> None:
    """Two at once and none waiting: a third is refused at once, and a place given back can be taken again."""
    places = Places(Bounds(solves_at_once=2, waiting=0))
    with places, places, pytest.raises(BusyError):
        places.__enter__()
    with places:
        pass


def test_the_interface_describes_itself(page: Any) -> None:
    """Every question that it answers, with its fields, from the register; each example field is taken."""
    described = json.loads(page.get("/api/openapi.json").text)
    assert {"/api/plan", "/api/compare", "/api/ask", "/api/law"} <= set(described["paths"])
    names = {parameter["name"] for parameter in described["paths"]["/api/plan"]["get"]["parameters"]}
    assert {"country", "max_mw", "deadline", "budget"} <= names


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("max_carbom=3", "max_carbon"),
        ("deadlin=90d", "deadline"),
        ("zzzz=1", "known: "),
        ("country=BR,MX", "country BR"),
    ],
)
def test_a_wrong_field_of_an_address_is_answered_with_the_right_one(page: Any, query: str, said: str) -> None:
    """Nothing was named, and a flag of the command line is none of an address."""
    found = page.get(f"/api/plan?max_mw=1&{query}")
    assert found.status_code == 422 and said in found.json()["error"] and "--" not in found.json()["error"]
