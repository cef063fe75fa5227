"""Whether ranks are uniform, card by card, as a page."""

from functools import cache

import numpy as np
import pandas as pd
from _scoring import as_markdown
from arviz_stats.ecdf_utils import ecdf_pit

BAND = 0.95


def page_of(rows: pd.DataFrame, cards: list[str], kept: int) -> str:
    """Return what the ranks of some cards say.

    Parameters
    ----------
    rows : DataFrame
        The rank of each quantity of each simulation among ``kept`` draws.
    cards : list of str
        All cards, in order.
    kept : int
        How many draws each truth was ranked among.
    """
    judged = judge(rows, kept)
    of_cards = judged.groupby("card")
    outside = (~judged["inside"]).groupby(judged["card"]).sum()
    far = judged[~judged["surely"]]
    named = [f"{row.quantity} of {row.card} ({row.off:+.1f} s.e.)" for row in far.itertuples()]
    missing = [card for card in cards if card not in of_cards.groups]
    table = pd.DataFrame(
        {
            "simulations": of_cards["simulations"].max(),
            "quantities": of_cards.size(),
            "outside": outside,
            "furthest off": of_cards.apply(_furthest),
            **how_it_went(rows, kept),
        }
    )
    table = table.loc[[card for card in cards if card in table.index]].rename_axis("card")
    lines = [
        f"The distribution of ranks leaves its {BAND:.0%} band (Säilynoja et al. 2022) in "
        f"{int(outside.sum())} of {len(judged)} quantities; {(1 - BAND) * len(judged):.0f} would "
        "by chance. Cards share their truths, so chance puts the same quantity off in several. Of "
        f"the band that holds all quantities of a card at once {len(far)} leave: "
        f"{', '.join(named) or 'none'}.",
        "",
        *as_markdown(table),
        "",
        "*Furthest off* is the quantity whose mean rank is most standard errors from a half, "
        "positive where the truth lies above the draws. *Few draws* counts simulations with fewer "
        f"than {kept} effective ones, *divergent* those with divergences, *skipped* truths whose "
        "losses are beyond the range of numbers.",
    ]
    lines += [f"\nNot simulated yet: {', '.join(missing)}."] if missing else []
    return "\n".join(lines) + "\n"


def judge(rows: pd.DataFrame, kept: int) -> pd.DataFrame:
    """Return one row a quantity of a card: how far off its ranks are, and whether bands hold it."""
    rng, found = np.random.default_rng(0), []
    for card, of_card in rows.dropna(subset=["rank"]).groupby("card", sort=False):
        quantities = of_card["quantity"].nunique()
        for quantity, some in of_card.groupby("quantity", sort=False):
            # The place of the truth among the draws, spread over the gap it fell into.
            places = (some["rank"].to_numpy() + rng.random(len(some))) / (kept + 1)
            off = (places.mean() - 0.5) * (12 * len(some)) ** 0.5
            held = {
                "inside": is_uniform(places, BAND),
                "surely": is_uniform(places, 1 - (1 - BAND) / quantities),
            }
            about = {"card": card, "quantity": quantity, "simulations": len(some)}
            found.append({**about, "off": off, **held})
    return pd.DataFrame(found)


def is_uniform(places: np.ndarray, band: float) -> bool:
    """Return whether the distribution of places stays in the band that uniform ones stay in."""
    at, low, high = _band(len(places), round(band, 6))
    reached = np.searchsorted(np.sort(places), at, side="right") / len(places)
    return bool(((reached >= low) & (reached <= high)).all())


@cache
def _band(size: int, band: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return places, and between what the share of so many uniform ones below each stays."""
    at, _, low, high = ecdf_pit(np.linspace(0, 1, size), band, n_simulations=1000)
    return at, low, high


def how_it_went(rows: pd.DataFrame, kept: int) -> dict[str, pd.Series]:
    """Return by card how often sampling was poor."""
    ranked = rows.dropna(subset=["rank"])
    each = ranked.groupby(["card", "number"]).agg({"ess": "min", "diverging": "max"})
    return {
        "few draws": (each["ess"] < kept).groupby("card").sum(),
        "divergent": (each["diverging"] > 0).groupby("card").sum(),
        "skipped": rows["rank"].isna().groupby(rows["card"]).sum(),
    }


def _furthest(of_card: pd.DataFrame) -> str:
    row = of_card.loc[of_card["off"].abs().idxmax()]
    return f"{row['quantity']} {row['off']:+.1f}"
