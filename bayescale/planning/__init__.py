"""From a posterior, a budget and limits to a plan; no sampler."""
