"""What people call the quantities of a run: the words, and how sure each of them is."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Names:
    """The words that name a quantity.

    Attributes
    ----------
    heads : dict of str to float
        Patterns of whole words, and how sure each of them is, from 0 to 1. The first that fits
        counts.
    hints : dict of str to float
        Patterns that make it more or less sure.
    never : str
        A pattern of words of something else.
    low, high : float
        Between what values the median lies.
    form : dict of str to str
        The formula, with ``{}`` for the column, by the head that calls for one.
    """

    heads: dict[str, float]
    hints: dict[str, float] = field(default_factory=dict)
    never: str = ""
    low: float = 0.0
    high: float = float("inf")
    form: dict[str, str] = field(default_factory=dict)


_NOT_A_TOTAL = (
    r"per|second|sec|s|ratio|frac|fraction|multiplier|label|lr|rate|batch|id|std|stderr|se|err|min"
    r"|max|lo\d*|hi\d*|var|ci"
)

LIKELY = 0.5
"""From here on a name says what a column holds."""

SYNONYMS: dict[str, Names] = {
    "loss": Names(
        heads={
            r"log (ppl|perplexity)": 0.75,
            r"(ppl|ppls|perplexity)": 0.55,
            r"(cross entropy|crossentropy|xent|xentropy)": 0.8,
            r"loss(es)?": 0.8,
            r"(nll|neg(ative)? log like?lihood)": 0.75,
            r"(bpb|bits per byte|bpc|bits per char(acter)?|bits per token)": 0.75,
            r"error rate": 0.55,
            r"(^ce$|^l$)": 0.6,
        },
        hints={
            r"(val|valid|validation|eval|evaluation|dev|held ?out)": 0.15,
            r"test": 0.12,
            r"(final|last|best)": 0.08,
            r"(smooth(ed)?|ema|macro|mean|avg|average)": 0.05,
            r"(train|training)": -0.15,
            r"(raw|initial|first|epoch)": -0.1,
            r"(word|byte)": -0.02,
        },
        never=r"aux|auxiliary|z|load|balance|balancing|router|kl|reg|weight|scale|mse|std|stderr"
        r"|sem|lo\d*|hi\d*|lower|upper|min|max|var|variance|ci|delta|gap|spike|spikes|contrastive"
        r"|reward|policy|grad|lambda|seed|kind|name|label|outlier|time|threshold",
        high=13.0,
        form={r"(ppl|ppls|perplexity)": "log({})"},
    ),
    "params": Names(
        heads={
            r"(params?|parameters?|nparams?)": 0.8,
            r"model (size|scale)": 0.75,
            r"(^size$|^n$)": 0.6,
            r"(weights|active)": 0.5,
        },
        hints={
            r"(total|n|num|number|count|all)": 0.1,
            r"model": 0.05,
        },
        never=_NOT_A_TOTAL
        + r"|decay|tokens?|flops?|groups?|decay|shared|lora|embedding size|vocab",
        low=1e3,
        high=1e14,
    ),
    "tokens": Names(
        heads={
            r"(tokens?|ntokens?|toks?)": 0.8,
            r"(data|dataset|corpus) size": 0.6,
            r"^d$": 0.6,
        },
        hints={
            r"(total|n|num|number|count|seen|consumed|processed|trained|train|training)": 0.1,
            r"(unique|distinct)": -0.5,
        },
        never=_NOT_A_TOTAL + r"|vocab|vocabulary|length|context|val|eval|test|params?|generated"
        r"|prompt|loss|acc|unique|distinct|padding|size",
        low=1e4,
        high=1e17,
    ),
    "flops": Names(
        heads={
            r"([kmgtpez]?flops?|flos|[kmgtpez]?flop)": 0.8,
            r"(petaflops?|exaflops?|zettaflops?|teraflops?|gigaflops?)( days?)?": 0.8,
            r"pf days?": 0.75,
            r"(^compute$|compute budget|train(ing)? compute|total compute)": 0.7,
            r"^c$": 0.6,
        },
        hints={
            r"(total|train|training|achieved|spent|actual|model)": 0.1,
            r"(budget|target|nominal|planned)": -0.2,
        },
        never=_NOT_A_TOTAL + r"|utili[sz]ation|mfu|hfu|increase|forward|step|token|peak",
        low=1e8,
        high=1e30,
    ),
    "unique_tokens": Names(
        heads={r"(unique|distinct) (train )?tokens?": 0.9, r"tokens? unique": 0.9},
        never=r"per|ratio|frac|fraction|label",
        low=1e4,
        high=1e17,
    ),
    "steps": Names(
        heads={r"(^steps?$|(global|train|training|optimi[sz]er) steps?|iterations?)": 0.6},
        never=r"per|time|eval|warmup|batch",
        low=1,
        high=1e9,
    ),
    "accuracy": Names(
        heads={r"(acc|accuracy|exact match)": 0.6},
        never=r"std|stderr|se|err|lo\d*|hi\d*|norm",
        high=1.0,
    ),
}
"""By quantity; what the quantity itself is called needs no entry."""

PROGRESS = r"(global |train(ing)? |optimi[sz]er )?(step|iteration|iter|epoch)s?"
"""What a column is called that says how far a training run had come."""

LABELS = r"(model|name|run|column|file|series|label|config|experiment|size|variant|arch).*"
"""What a column is called whose cells may state the size of a model, such as pythia-160m."""

_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12, "g": 1e9, "p": 1e15, "e": 1e18, "z": 1e21}
_WORDS = {"thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
_PREFIXES = {"giga": 1e9, "tera": 1e12, "peta": 1e15, "exa": 1e18, "zetta": 1e21, "pf": 1e15}
_DAY = 86400.0


def words_of(name: str) -> str:
    """Return the words of a column's name in small letters, one blank between each."""
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    parts = re.sub(r"([A-Z])([A-Z][a-z]{2,})", r"\1 \2", parts)
    return re.sub(r"[^a-z0-9]+", " ", parts.lower()).strip()


def score_of(quantity: str, column: str) -> tuple[float, str]:
    """Return how sure the name of a column is, and the pattern of the head that it has."""
    names, words = SYNONYMS[quantity], words_of(column)
    if words == words_of(quantity):
        return 1.0, ""
    if names.never and re.search(rf"\b({names.never})\b", words):
        return 0.0, ""
    for head, score in names.heads.items():
        if re.search(head if "^" in head else rf"\b{head}\b", words):
            hints = sum(
                more for hint, more in names.hints.items() if re.search(rf"\b{hint}\b", words)
            )
            return min(score + hints, 1.0), head
    return 0.0, ""


def unit_of(quantity: str, name: str) -> float:
    """Return by what the name of a column says that its cells are to be multiplied.

    ``Params (M)`` and ``tokens_b`` are counts of millions and billions, ``train_pflops`` of 10^15.
    """
    words = words_of(name)
    if quantity == "flops":
        days = _DAY if re.search(r"\bdays?\b", words) else 1.0
        for prefix, factor in _PREFIXES.items():
            if re.search(rf"\b{prefix}(flop|\b)", words):
                return factor * days
        letter = re.search(r"\b([kmgtpez])flops?\b", words)
        if letter:
            return _SCALES[letter[1]] * days
    for word, factor in _WORDS.items():
        if re.search(rf"\b{word}s?\b", words):
            return factor
    last = words.rpartition(" ")[2]
    in_brackets = re.search(r"[(\[]\s*(?:in )?([kmbt])\s*[)\]]", name, re.I)
    letter_at_end = last if len(last) == 1 and last in "kmbt" and " " in words else ""
    found = in_brackets[1].lower() if in_brackets else letter_at_end
    return _SCALES[found] if found else 1.0
