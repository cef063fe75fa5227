"""The model cards in a notebook."""

from markupsafe import Markup

from bayescale.core.text import counted
from bayescale.display import parts
from bayescale.model.catalogue import Cards
from bayescale.reporting.symbols import label_of


def show(cards: Cards) -> Markup:
    """Return a table of the cards: what each says, needs and is for."""
    rows = [
        [
            Markup("<b>{}</b>").format(name),
            card.summary,
            ", ".join(map(label_of, card.needs)),
            card.use_when,
        ]
        for name, card in cards.items()
    ]
    one = parts.code('bs.models()["chinchilla"]')
    soft = Markup("{} shows one with its priors.").format(one)
    heading = parts.title(counted(len(cards), "model card"), soft=soft)
    return heading + parts.table(["model", "what it says", "needs", "use it when"], rows, text=4)
