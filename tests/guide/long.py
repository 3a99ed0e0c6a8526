"""Examples that take more than two seconds of the processor: the suite leaves them out.

``python -m tests.guide`` and the campaign run every example, so that what is printed is what the program prints. Beside
each stands the test of the suite that proves the same on a smaller case.
"""

from __future__ import annotations

LONG = {
    "optimizer consortium BR=0.5 MX=0.5 AR=0.5 --deadline 120d --quiet": (
        "test_consortium_command::test_words_make_a_card"
    ),
    "optimizer consortium BR=0.3 MX=0.3 --deadline 150d --workload llama-3.1-8b --explain": (
        "test_consortium_explain::test_the_card_the_file_and_the_rows"
    ),
    "optimizer batch projects -o plans.csv": "test_projects::test_batch_over_the_projects_in_one_command",
    "optimizer report --country MX --max-mw 1 --deadline 150d -o report.html --quiet": (
        "test_report_command::test_the_report_of_a_case_has_every_part"
    ),
    "optimizer data gaps --country KE --quiet | head -n 8": "test_gaps::test_one_country_or_a_grid",
    "optimizer data projects": "test_projects::test_at_least_twelve_stand_beside_published_hours_or_money",
    "optimizer plan --country MX --max-mw 2 --deadline 240d --use 'gaudi3;gb200_nvl72' --confidence 0.9": (
        "test_confidence::test_batch_and_plan_have_the_same_row"
    ),
    "optimizer power --country IN --break-even --quiet": "test_forms::test_every_question_has_all_forms",
    "optimizer power --country IN --max-mw 1 --deadline 180d --outage 18-22 --days-of-year 4 --quiet"
    " | sed -n '3,13p'": "test_forms::test_every_question_has_all_forms",
    "optimizer plan --country ZA --max-mw 1 --deadline 180d --outage 17-21 --quiet": (
        "test_power_scenarios::test_a_week_of_it_adds_up"
    ),
    "optimizer power --country ZA --max-mw 1 --deadline 180d --outage 17-21 --quiet": (
        "test_power_scenarios::test_a_week_of_it_adds_up"
    ),
    "optimizer report plan.json -o report.html --quiet": (
        "test_report_command::test_a_case_in_a_file_is_the_case_in_flags"
    ),
    "optimizer sensitivity --max-mw 1 --deadline 150d --quiet": (
        "test_sensitivity_cli::test_the_tornado_tells_the_same_in_every_form"
    ),
}
"""Command as printed -> the test."""
