"""What the page says around an answer, in the language that is spoken."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.units.language import LANGUAGES as LANGUAGES
from optimizer.units.language import Messages, mark, say, speaking

_WORDS: Mapping[str, str] = Messages(
    {
        "title": "Plan the training of a language model",
        "question": "Your question",
        "example": "cheapest plan under 1 MW in 120 days in Mexico",
        "ask": "Ask",
        "start_title": "Which accelerators, how many, for how many days",
        "start": (
            "This page finds the plan that trains your model at the least cost within your grid, your time, your budget"
            " and the export rules, and proves that no other plan is better. Ask in your own words, or set the limits."
        ),
        "start_examples": "Questions that it answers:",
        "or": "Or set the limits",
        "country": "Country",
        "workload": "Model to train",
        "max_mw": "Grid limit, MW",
        "deadline": "Deadline, days",
        "budget": "Budget, USD",
        "rules": "Export rules",
        "buyer": "Buyer",
        "private": "company (VAT comes back)",
        "public": "ministry or public university (pays VAT)",
        "own_model": "my own model (below, under Further settings)",
        "confidence": "Confidence",
        "confidence_hint": "Share of the draws that must satisfy every limit, 0.5 to 0.99. Takes 10 to 60 seconds.",
        "further": "Further settings",
        "params_total_b": "Own model: parameters, billions",
        "params_active_b": "Own model: active parameters, billions",
        "params_active_b_hint": "Only of a mixture of experts.",
        "tokens_t": "Training tokens, trillions",
        "import_duty": "Import duty",
        "import_duty_hint": "A share or a percentage: 5 %.",
        "rent": "Your own rents, USD per hour",
        "rent_hint": "By accelerator: h100=2.5;gb200=9",
        "outage": "Hours of the day without grid",
        "outage_hint": "17-21 adds sun, battery and genset to the plan. Takes 5 to 20 seconds.",
        "more": "Any other setting that an answer names",
        "more_hint": "As it is written there: --mix 2 --evidence derived",
        "wanted": "This answer takes up to a minute. Press “Show the plan” to have it worked out.",
        "clock": "{seconds} s so far. Every control can be changed meanwhile.",
        "slider": "Move the slider, or write a number.",
        "working": "Working out the answer …",
        "done": "The answer has been drawn again.",
        "show": "Show the plan",
        "compare": "Compare with these countries or a region",
        "compare_example": "BR, CL, Southern Cone",
        "download": "Download",
        "full_report": "The full report to forward (HTML)",
        "report_wait": "It takes some 10 seconds: trade-offs, what moves the cost, alternatives.",
        "link": "Link to this answer",
        "copy_link": "Copy the link",
        "copied": "The link has been copied: it shows the same answer again.",
        "xlsx": "workbook (.xlsx)",
        "html": "page (HTML)",
        "md": "Markdown",
        "upload": "Solve a file of cases: a workbook (.xlsx) or CSV, at most {cases} rows and {megabytes} MB",
        "example_file": "An example to fill in:",
        "workbook": "workbook (.xlsx)",
        "send": "Solve the file",
        "stop": "Stop and delete",
        "delete": "Delete now",
        "kept": (
            "Only who has the address of this page can see the file and its plans. They are deleted an hour after the"
            " last row, or when the server ends."
        ),
        "gone": "There is no such file here, or not any more: files are deleted after an hour. Send it again.",
        "whole_report": "report (HTML)",
        "cross_site": "This was sent from the page of another server, and is refused.",
        "language": "Language",
        "any": "not set",
        "busy": "The server is busy. Try again in a few seconds.",
        "too_many": "Too many requests from your address. Wait a few seconds.",
        "too_long": "This answer takes too long here. Run the command on your own machine.",
        "wrong": "This cannot be answered:",
    }
)


_EXAMPLES = (
    mark("cheapest plan in Kenya under 500 kW in 200 days for Llama 3.1 8B"),
    mark("Kenya: the grid is off from 18 to 22; Llama 3.1 8B, 500 kW, 200 days"),
    mark("compare Kenya, Ghana and Senegal for Llama 3.1 8B, 500 kW, 200 days"),
    mark("largest model for $5M under 1 MW in 150 days in Kenya"),
)


def examples_in(code: str) -> list[str]:
    """Questions that the page answers, in a language."""
    with speaking(code):
        return list(map(say, _EXAMPLES))


def words_in(code: str) -> dict[str, str]:
    """The words of the page in a language."""
    with speaking(code):
        return dict(_WORDS)
