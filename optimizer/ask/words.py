"""The words that a question may use besides the names of the catalogue, by terminal of grammar.lark.

Every phrase is in lower case; a space stands for any run of spaces, hyphens and underscores. The longest
phrase wins, so that "no more than" is a limit although "no" is a negation.
"""

from __future__ import annotations

from collections.abc import Mapping

_ROWS: tuple[tuple[str, str, str], ...] = (
    # Terminal, what it stands for (the phrase itself where empty), phrases.
    ("OBJECTIVE", "cost", "cheapest|least expensive|least costly|most affordable|most economical|cost optimal"),
    ("OBJECTIVE", "cost", "as cheap as possible|as cheaply as possible|cost minimal|cost minimising|cost minimizing"),
    ("OBJECTIVE", "days", "fastest|quickest|soonest|as fast as possible|as quickly as possible|as soon as possible"),
    ("OBJECTIVE", "days", "in as few days as possible|as few days as possible"),
    ("OBJECTIVE", "carbon", "greenest|cleanest|least polluting"),
    ("LEAST", "", "lowest|least|minimum|minimal|smallest|fewest|shortest|min|lowest possible|least possible"),
    ("LEAST", "", "minimise|minimize|minimising|minimizing|minimises|minimizes"),
    ("COST", "", "cost|costs|costing|price|spend|spending|budget|expense|expenditure|total cost|total price|total budget"),
    ("COST", "", "cost limit|cost cap|budget limit|budget cap|spending limit|spending cap"),
    ("TIME", "", "time|duration|deadline|schedule|training time|time limit|total time|run time|runtime"),
    ("POWER", "", "power|peak power|grid power|site power|power peak|peak|grid|grid limit|grid cap|grid connection"),
    ("POWER", "", "power limit|power cap|connection|mw|megawatts|peak mw|total power|electric power|electrical power"),
    ("ENERGY", "", "energy|electricity|energy use|energy consumption|electricity use|electricity consumption"),
    ("CARBON", "", "carbon|co2|co2e|emissions|carbon emissions|co2 emissions|carbon footprint|footprint"),
    ("COMPUTE", "", "export cap|export limit|compute cap|compute limit|tpp cap|tpp limit|compute|training compute"),
    ("LIMIT", "", "under|below|at most|up to|no more than|not more than|less than|fewer than|shorter than|smaller than"),
    ("LIMIT", "", "cheaper than|within|no longer than|not longer than|no greater than|not greater than|not over|not above"),
    ("LIMIT", "", "not exceeding|not to exceed|without exceeding|no higher than|not higher than|no larger than|capped at"),
    ("LIMIT", "", "limited to|cap of|limit of|maximum of|max of|cap on|limit on|<=|=<|<|≤|inside"),
    ("LIMIT", "", "not exceed|must not exceed|do not exceed|should not exceed|cannot exceed|never more than|never exceed"),
    ("CAP", "", "cap|limit|max|maximum|ceiling|maximal"),
    ("OR_LESS", "", "or less|or fewer|or below|or under|or sooner|or earlier|or faster|or cheaper|or lower|at the most"),
    ("LOWER", "", "at least|over|above|more than|greater than|larger than|longer than|later than|higher than|exceeding"),
    ("LOWER", "", "minimum of|min of|no less than|not less than|no fewer than|not fewer than|not under|not below"),
    ("LOWER", "", "not within|or more|or longer|or later|and up|and more|upwards of|after|>=|=>|>|≥|starting at"),
    ("PREPOSITION", "", "in|for|with|on|using|use|at|via|through|inside of|based in|located in|based on"),
    ("BY", "", "by|until|till|no later than|not later than|not after|on or before|by latest"),
    ("BEFORE", "", "before|earlier than|prior to"),
    ("END", "", "end of|end"),
    ("AS_OF", "", "as of|as at"),
    ("DEADLINE_FROM", "order", "from order|from the order|from ordering|from order date|from the order date|after order"),
    ("DEADLINE_FROM", "order", "counting from order|counting from the order|counted from order|counted from the order"),
    ("DEADLINE_FROM", "order", "including delivery|delivery included|with delivery|including the delivery|after the order"),
    ("DEADLINE_FROM", "training", "from training|from start of training|from the start of training|from training start"),
    ("DEADLINE_FROM", "training", "counting from the start of training|counted from the start of training"),
    ("DEADLINE_FROM", "training", "excluding delivery|without delivery|not including delivery|not counting delivery"),
    ("AVOID", "", "no|not|without|avoid|avoiding|except|excluding|exclude|but not|but no|but without|other than"),
    ("AVOID", "", "do not use|don't use|not using|without using|except for|no use of|and not|and no"),
    ("NEGATION", "", "never|none|don't|do not|cannot|can't|isn't|neither|nor|not only|not just|not necessarily|no only"),
    ("NEGATION", "", "instead of|rather than|anything but|all but|everything but|nothing but|unless|without any|no need"),
    ("REFUSED", "", "which country|what country|which countries|any country|all countries|every country|countries"),
    ("OWN", "own", "own|owns|owning|owned|already own|already have|already owned"),
    ("HAVE", "", "have|has|having|got"),
    ("PROCUREMENT", "buy", "buy|buying|bought|purchase|purchased|purchasing"),
    ("PROCUREMENT", "rent", "rent|rented|renting|rental|hire|hired|hiring|lease|leased|leasing"),
    ("BASIS", "amortised", "amortised|amortized|amortised basis|amortized basis|amortised cost|amortized cost"),
    ("BASIS", "upfront", "upfront|upfront basis|up front|upfront cost|up front cost"),
    ("BASIS", "rental", "rental basis|rental cost basis"),
    ("PRECISION", "fp16", "fp16|float16|half precision"),
    ("PRECISION", "bf16", "bf16|bfloat16"),
    ("PRECISION", "fp8", "fp8|float8"),
    ("PRECISION", "nvfp4", "nvfp4"),
    ("ARCHITECTURE", "dense", "dense"),
    ("ARCHITECTURE", "moe", "moe|mixture of experts|mixture of expert"),
    ("MIX", "", "mix|mix of|mixing|mixed|combine|combining|combination of|mixture of"),
    ("KINDS", "", "generations|generation|kinds|kind|types|type|options|different generations|different kinds"),
    ("KINDS", "", "different types|different accelerators|different gpus|different chips"),
    ("DEVICES", "", "accelerators|accelerator|gpus|gpu|chips|chip|devices|device|tpus|ai chips|ai accelerators"),
    ("MODEL", "", "model|llm|language model|large language model"),
    ("TOTAL", "", "total|in total"),
    ("ACTIVE", "", "active|activated|active per token"),
    ("RULES_NOUN", "", "rules|rule|rule set|ruleset|framework|regulations|export rules|export rule"),
    ("ASSUMPTIONS_NOUN", "", "assumptions|assumption|assumption set|set of assumptions"),
    ("TAX_REGIME_NOUN", "", "tax regime|tax|regime|taxes|taxation|import regime"),
    ("EQUIVALENT", "", "equivalent|equivalents|equiv"),
    ("H100_EQUIVALENT", "", "h100e|h100es|h100eq|h100 eq|h100 equivalent|h100 equivalents|h100 equiv"),
    ("OTHER_MONEY", "", "€|£|¥|₹|₦|₩|r$|a$|c$|ca$|au$|hk$|s$|nt$|mx$|nz$|eur|euro|euros|gbp|pound|pounds|sterling"),
    ("OTHER_MONEY", "", "brl|reais|cny|rmb|yuan|jpy|yen|inr|rupee|rupees|zar|rand|mxn|peso|pesos|chf|francs|cad"),
    ("OTHER_MONEY", "", "aud|krw|ngn|naira|kes|aed|dirham|dirhams|sar|riyal|riyals|sgd|myr|ringgit|lira|canadian dollars"),
    ("OTHER_MONEY", "", "australian dollars|singapore dollars|hong kong dollars"),
    ("AND", "", "and|&|plus|as well as"),
    ("OR", "", "or|either|and/or"),
    ("BUT", "", "but"),
    ("FILLER", "", "a|an|the|plan|plans|planning|way|ways|how|how can|how do|can|could|should|would|will|shall|i|we|me"),
    ("FILLER", "", "my|our|you|your|please|what|what's|whats|which|is|are|be|to|of|that|this|it|its|there"),
    ("FILLER", "", "train|trains|training|trained|run|runs|running|build|building|get|find|make|give|give me|give us"),
    ("FILLER", "", "show me|tell me|show|tell|want|need|like|would like|i'd like|let me know|models|llms|must"),
    ("FILLER", "", "cluster|clusters|fleet|fleets|site|sites|data centre|datacentre|data center|datacenter|facility"),
    ("FILLER", "", "option|configuration|setup|system|systems|hardware|server|servers|machine|machines|possible|possibly"),
    ("FILLER", "", "only|just|any|some|all|country|location|located|site located|finish|finished|finishing|done|ready"),
    ("FILLER", "", "complete|completed|completing|take|takes|taking|use of|uses|fit|fits|fitting|so|as|then|hello|hi"),
    ("FILLER", "", "thanks|thank you|plan for|question|does|do|may|if possible|of them|precision|kind of plan|pretrain"),
    ("FILLER", "", "pretraining|pre train|pre training|draw|draws|drawing|consuming|consumes|keep|keeping"),
    ("FILLER", "", "stay|staying|given|also|day of|design|size|available|supply|supply of|delivered"),
)

_MONTHS = "january february march april may june july august september october november december".split()
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()


def _table() -> dict[str, tuple[str, str]]:
    table = {
        phrase: (terminal, value or phrase) for terminal, value, phrases in _ROWS for phrase in phrases.split("|")
    }
    for number, name in enumerate(_MONTHS, start=1):
        for form in (name, name[:3], "sept" if number == 9 else name):
            # "may" stays filler: the lexer takes it for a month where a number stands beside it.
            table.setdefault(form, ("MONTH", str(number)))
    table.update({name: ("NUMBER", str(number)) for number, name in enumerate(_NUMBERS, start=1)})
    return table


WORDS: Mapping[str, tuple[str, str]] = _table()
"""Phrase in lower case -> (terminal, what it stands for)."""

NOUNS: Mapping[str, str] = {
    "RULES": "RULES_NOUN",
    "ASSUMPTIONS": "ASSUMPTIONS_NOUN",
    "TAX_REGIME": "TAX_REGIME_NOUN",
}
"""A short name of these ("diffusion", "redata") counts only beside its noun ("diffusion rules")."""

ONE_COUNTRY = "ask for one country at a time, or use `optimizer batch` for several"
HINTS: Mapping[str, str] = {
    "best": "say what is best: cheapest, fastest, lowest peak power, least energy or lowest carbon",
    "optimal": "say what is optimal: cheapest, fastest, lowest peak power, least energy or lowest carbon",
    "good": "say what is good: cheapest, fastest, lowest peak power, least energy or lowest carbon",
    "between": "a range is not understood: give the upper limit, such as under 2 MW",
    "from": "a range is not understood: give the upper limit, such as under 2 MW",
    "about": "an approximate value is not understood: give a limit, such as under 1 MW",
    "around": "an approximate value is not understood: give a limit, such as under 1 MW",
    "approximately": "an approximate value is not understood: give a limit, such as under 1 MW",
    "roughly": "an approximate value is not understood: give a limit, such as under 1 MW",
    "exactly": "an exact value is not understood: give a limit, such as under 1 MW",
    "~": "an approximate value is not understood: give a limit, such as under 1 MW",
    "maximise": "only a minimum is understood: cheapest, fastest, lowest peak power, least energy or lowest carbon",
    "maximize": "only a minimum is understood: cheapest, fastest, lowest peak power, least energy or lowest carbon",
    "/": "write a day as 2027-03-31, and a choice with 'or'",
    "^": "write a power of ten as 1e25",
    "*": "write a power of ten as 1e25",
    "%": "no limit here is a percentage",
    "percent": "no limit here is a percentage",
    "today": "give a day such as 2027-03-31, or a number of days",
    "us": "write US or USA for the United States",
}
"""What to do about words that are often tried and not understood."""
