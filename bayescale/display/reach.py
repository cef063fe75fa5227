"""What a loss costs, in a notebook."""

from markupsafe import Markup

from bayescale.display import parts
from bayescale.display.plan import show as show_plan
from bayescale.planning.reaching import Reach, describe_cost


def show(reach: Reach) -> Markup:
    """Return what the loss costs, and the plan that gets there."""
    first, *rest = describe_cost(reach)
    heading = parts.title(first[0].upper() + first[1:], soft="; ".join(rest))
    return heading + show_plan(reach.plan)
