"""Whether a law can say how to split a budget."""

from collections.abc import Mapping

from bayescale.core.asking import argument, setting
from bayescale.errors import PlanError
from bayescale.posterior.fit import Fit


def require_split(fit: Fit, inputs: Mapping[str, float], known: tuple[str, ...] = ()) -> None:
    """Refuse a fit that cannot say how to split a budget.

    Parameters
    ----------
    fit : Fit
        The fit.
    inputs : mapping of str to float
        The further inputs given.
    known : tuple of str
        Those that follow from the limits.
    """
    columns = list(fit.model.columns.values())
    splits = "params" in columns and {"tokens", "flops"} & set(columns)
    if not splits or fit.model.law.target != "loss":
        raise PlanError(
            f"{fit.model.name} gives {fit.model.law.target} from {' and '.join(columns)}, so it "
            "cannot say how to split a budget; fit a law of params and tokens, such as chinchilla"
        )
    if unused := [name for name in known if name not in columns]:
        raise PlanError(
            f"{fit.model.name} knows nothing of {unused[0]}, so pools are all the same to it; "
            f"give {argument('unique_tokens')}, or fit a law that does, such as data_quality"
        )
    counts = ("params", "tokens", "flops", "unique_tokens", *known)
    if missing := [column for column in columns if column not in (*counts, *inputs)]:
        raise PlanError(
            f"{fit.model.name} also takes {missing[0]}; give its value with "
            f"{setting('inputs', {missing[0]: ...})}"
        )
    if unknown := [name for name in inputs if name not in columns or name in counts]:
        others = [column for column in columns if column not in counts]
        raise PlanError(
            f"{argument('inputs')}: {unknown[0]!r} is not among the further inputs of "
            f"{fit.model.name} ({', '.join(others) or 'it has none'})"
        )
