"""How long chains are unless somebody asks for another length."""

USUAL = {"draws": 1000, "tune": 500, "chains": 4}
"""Draws kept and draws of adaptation for each chain, and the number of chains."""
