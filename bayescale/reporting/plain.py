"""What notes mean, in words that need no statistics."""

from dataclasses import dataclass

from bayescale.core.note import Note


@dataclass(frozen=True)
class Plain:
    """A finding in plain words.

    Attributes
    ----------
    finding : str
        What it means for the decision.
    remedy : str
        What to do about it; empty if nothing.
    """

    finding: str
    remedy: str = ""


_MORE_RUNS = "Train a few more runs"
_COMPARE = "Compare other forms of the law"

PHRASES = {
    "divergences": Plain("The calculation did not work out", "Fit again; ask a statistician"),
    "rhat": Plain("The calculation did not settle", "Fit again with more draws"),
    "ebfmi": Plain("The calculation explored badly", "Fit again; ask a statistician"),
    "sampler": Plain("The calculation settled"),
    "draws": Plain("The calculation was cut too short", "Fit again with more draws"),
    "extrapolation": Plain(
        "The plan lies far beyond anything that was trained",
        "Train one run in between first, and see whether it lands where this page says",
    ),
    "bounds": Plain("The law has no best size here", "Choose another form of the law"),
    "unspent": Plain(
        "A part of the budget would buy next to nothing", "Keep it, or find more data"
    ),
    "one_epoch": Plain(
        "It is assumed that no text is read twice",
        "Say how often the text may be repeated",
    ),
    "repetition": Plain(
        "Text that is read again is counted as if it were new",
        "Use a law that prices repetition",
    ),
    "no_repetition": Plain("No text is read twice"),
    "fresh_data": Plain(
        "It is assumed that there is always new text", "Say how many tokens there are"
    ),
    "forms_disagree": Plain(
        "Two forms of the law recommend different sizes",
        "Train a run that tells them apart",
    ),
    "across_cuts": Plain("Which form foretells best was tried at several sizes of run"),
    "backtest_best": Plain("One form foretold the later runs best"),
    "backtest_coverage": Plain(
        "What was foretold of the later runs was too sure of itself",
        "Expect larger surprises than the ranges say",
    ),
    "backtest_drift": Plain(
        "The recommended size has moved one way with every larger run", "Lean further that way"
    ),
    "backtest_failed": Plain("A part of the replay could not be made", "See which, and why"),
    "backtest_room": Plain("Room for what the law may miss changes how often ranges hold"),
    "fragile_digits": Plain(
        "The losses were rounded so far that it shows", "Use the losses with all their digits"
    ),
    "fragile_failed": Plain("One way to fit the same runs gave no answer"),
    "fragile_runs": Plain("Of a few runs it is not known what the answer is without them"),
    "hindsight": Plain("Earlier plans are judged by what all runs say now"),
    "disagree": Plain(
        "The form that fits best is not the one that foretells best",
        "Trust the one that foretells large runs",
    ),
    "beyond_reach": Plain(
        "No form of the law foretold the large runs well", "Train a run in between"
    ),
    "held_out": Plain(
        "Runs that were kept back to test the law came out elsewhere", "Do not rely on the ranges"
    ),
    "foretold": Plain("Runs that were kept back to test the law came out as foretold"),
    "groups_out": Plain("Whole groups of runs were left out to test the forms"),
    "question": Plain("Forms are judged by how they foretell larger runs"),
    "bend": Plain(
        "The losses bend away from the law",
        "Leave out the cheapest runs, or compare other forms",
    ),
    "bends": Plain("The law has not the shape of these runs", _COMPARE),
    "lack_of_fit": Plain("The law misses the runs by more than chance", _COMPARE),
    "neighbours": Plain(
        "Neighbouring runs err to the same side, so there are fewer facts than rows",
        "Use rows that are further apart, or a form that bends",
    ),
    "ppc_largest": Plain("The largest runs, which matter most, lie off the law", _COMPARE),
    "ppc_coverage": Plain(
        "The runs scatter differently from what is assumed", "Look for groups that differ"
    ),
    "noise_scale": Plain(
        "Small and large runs scatter differently", "Let the noise depend on size or compute"
    ),
    "heavy_tails": Plain(
        "Several kinds of runs are in one table", "Fit them apart, or name what tells them apart"
    ),
    "few_decades": Plain("The runs cover too small a range", f"{_MORE_RUNS}, smaller and larger"),
    "constant_ratio": Plain(
        "Size and data grew together, so they cannot be told apart",
        f"{_MORE_RUNS} with other shares of size and data",
    ),
    "few_runs": Plain(
        "There are too few runs to settle the answer without what was assumed", _MORE_RUNS
    ),
    "seed_noise": Plain("Repeats of one run differ by chance, and that is counted"),
    "witnesses": Plain(
        "The best runs alone point to another loss than the whole table does",
        "Train a run in between first",
    ),
    "few_rows": Plain("A few runs decide the answer", "Plan without them too, and compare"),
    "pareto_k": Plain("The answer leans on a few unusual runs", "Look at these runs"),
    "prior_decides": Plain(
        "Something is assumed rather than learnt from the runs", "Ask what was assumed"
    ),
    "prior_sensitivity": Plain(
        "The answer depends on what was assumed beforehand",
        "Ask what was assumed, and try another assumption",
    ),
    "at_bound": Plain("An assumption cuts off the answer", "Ask what was assumed"),
    "published": Plain("The runs say something else than what others published", "Find out why"),
    "comparable": Plain(
        "The losses may be measured differently", "Check the tokenizer and the test set"
    ),
    "checkpoints": Plain(
        "Unfinished runs stand among the finished ones", "Keep the last row of each run"
    ),
    "setting_sweep": Plain(
        "Runs of the same size differ in a setting", "Keep the best of each size"
    ),
    "families": Plain("Several families of runs are mixed", "Fit one of them, or tell them apart"),
    "scattered_repeats": Plain(
        "Equal runs came out very differently", "Find out why; keep the best"
    ),
    "untuned": Plain(
        "Some runs were not tuned as far as they could be", "Try further settings there"
    ),
    "kept_settings": Plain("The best settings of each size were kept"),
    "guessed": Plain("What a column means was guessed", "Say what it means"),
    "weights": Plain("Several forms of the law count, by how they foretold larger runs"),
    "repeats": Plain("Some runs were repeated, so chance can be told from misfit"),
    "doubtful_table": Plain("Something about the table is odd", "Look at it"),
    "simulated": Plain("The runs are simulated: this is no evidence about real training"),
    "refused": Plain("Some rows of the table were left out"),
    "derived": Plain("Some sizes were worked out rather than recorded"),
    "chosen_rows": Plain("Some rows were chosen on purpose"),
    "reading": Plain("Something was noticed when the table was read"),
    "assumed": Plain("A part of the law was taken from publications, not from these runs"),
    "no_forecasts": Plain("Some files in the folder are no forecasts"),
    "open_forecasts": Plain("Some of what was foretold has not been trained yet"),
    "unasked": Plain("Some runs were not foretold"),
    "nearly_asked": Plain("Some runs are not quite as large or long as was planned"),
    "answered_twice": Plain("Some runs that were foretold were trained more than once"),
    "err_together": Plain("Forecasts of one fit err together, so they count for less"),
    "curve_unlike": Plain(
        "The run does not go like those it is compared with", "See whether it is of their recipe"
    ),
    "early": Plain("The run has hardly begun", "Look again later"),
    "no_earlier": Plain("Too little was written down of how the runs began"),
    "far_run": Plain(
        "The run is far larger or smaller than those it is compared with",
        "Finish a run in between",
    ),
    "few_rungs": Plain("There are few finished runs to compare with"),
    "curve_against_fit": Plain(
        "What was expected of the run and how it goes contradict each other",
        "See whether its losses are measured alike",
    ),
    "rungs_aside": Plain("Some finished runs could not be compared with"),
    "rungs_missed": Plain(
        "Finished runs ended outside of their ranges too often", "Do not rely on the ranges"
    ),
    "outer_exponent": Plain("Size and data act together"),
    "nothing_helps": Plain(
        "No further run would improve the plan", "Sign the plan, or set aside more for further runs"
    ),
    "costs_more": Plain(
        "Further runs cost more than they are expected to save",
        "Train them to be sure, not to save",
    ),
    "ask_twice": Plain("Further runs do better in two steps", "Train half of them, then ask again"),
    "target_inside": Plain("Runs as large as the plan were trained already", "Ask beyond them"),
    "dear_candidates": Plain("Some runs on offer cost more than there is for them"),
    "repeats_chosen": Plain("Some runs are worth a repeat"),
    "unreachable": Plain("The loss asked for may be out of reach", "Ask for a higher loss"),
}
"""What each finding means. A note without an entry speaks for itself."""


def in_plain_words(note: Note) -> Plain:
    """Return what a note means."""
    own = Plain(note.sentence.removesuffix("."), note.remedy.removesuffix("."))
    return PHRASES.get(note.code, own)
