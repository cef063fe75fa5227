"""Whether to believe a fit, how fits compare, and what a recipe is worth."""
