"""What a fit is, what it predicts, and how it is kept; no sampler."""
