"""``ask -i``: a line may change the question before it; what it does not change is kept, and nothing is lost."""

from __future__ import annotations

import datetime

import pytest
from commands import Cli

from optimizer.catalogue import Catalogue
from optimizer.question import QuestionError
from optimizer.question.conversation import Conversation

TODAY = datetime.date(2026, 11, 29)
FIRST = "cheapest plan in Mexico under 1 MW in 120 days"
CASE = "--country MX --objective cost --max-mw 1 --deadline 120d"


@pytest.fixture
def begun(live: Catalogue) -> Conversation:
    conversation = Conversation(live, TODAY)
    assert conversation.read(FIRST).command() == f"optimizer plan {CASE}"
    return conversation


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("and in Chile?", "plan --country CL --objective cost --max-mw 1 --deadline 120d"),
        ("with 2 MW", "plan --country MX --objective cost --max-mw 2 --deadline 120d"),
        ("y con 2 MW?", "plan --country MX --objective cost --max-mw 2 --deadline 120d"),
        ("e em 200 dias?", "plan --country MX --objective cost --max-mw 1 --deadline 200d"),
        ("make it greener", "plan --country MX --objective carbon --max-mw 1 --deadline 120d"),
        ("why?", f"explain {CASE}"),
        ("¿por qué?", f"explain {CASE}"),
        ("what about Llama 3.1 70B", f"plan --workload llama-3.1-70b {CASE}"),
        ("what about Brazil or Argentina", "compare --country BR,AR --objective cost --max-mw 1 --deadline 120d"),
    ],
)
def test_a_line_changes_what_it_names(begun: Conversation, line: str, command: str) -> None:
    """The wrong outcome would be a plan of the defaults, which forgets the limits that were said before."""
    assert begun.read(line).command() == f"optimizer {command}"


def test_a_whole_question_begins_anew(begun: Conversation) -> None:
    """Limits of the question before would bind a question that does not name them."""
    assert begun.read("fastest plan in Kenya under 4 MW").command() == (
        "optimizer plan --country KE --objective days --max-mw 4"
    )


def test_why_is_about_the_plan_and_the_next_line_changes_the_plan(begun: Conversation) -> None:
    """After "why?" a new limit asks for a new plan, not for another explanation."""
    begun.read("why?")
    assert (
        begun.read("with 3 MW").command() == "optimizer plan --country MX --objective cost --max-mw 3 --deadline 120d"
    )


def test_a_line_that_is_not_understood_changes_nothing(begun: Conversation) -> None:
    """Its error shows this line alone, and the question before stays."""
    with pytest.raises(QuestionError) as raised:
        begun.read("and with 3 blorbs")
    assert raised.value.sentence == "and with 3 blorbs"
    assert begun.read("and in Chile?").command().startswith("optimizer plan --country CL --objective cost --max-mw 1")


def test_accelerators_are_used_or_avoided_by_the_last_word(begun: Conversation) -> None:
    """ "only H100" and then "without H100" is no contradiction between two lines."""
    assert begun.read("only H100").command().endswith("--use h100")
    changed = begun.read("and without H100?")
    assert changed.case.use == () and set(changed.case.avoid) >= {"h100_sxm5_80"}


def test_without_a_question_before_a_line_cannot_go_on(live: Catalogue) -> None:
    """Without -i such a sentence is refused: a plan of the defaults would answer what nobody asked."""
    with pytest.raises(QuestionError, match="earlier question"):
        Conversation(live, TODAY).read("and in Chile?")


def test_lines_from_a_pipe(command: Cli) -> None:
    """One answer a line until exit; the status is that of the last line."""
    lines = b"and with 2 MW?\n\nblorb\nexit\nwith 3 MW\n"
    result = command("ask", "-i", "--dry-run", "cheapest plan under 1 MW in 120 days", stdin=lines)
    assert result.out.splitlines() == [
        "optimizer plan --objective cost --max-mw 1 --deadline 120d",
        "optimizer plan --objective cost --max-mw 2 --deadline 120d",
    ]
    assert 'unknown word "blorb"' in result.err and result.status == 2
