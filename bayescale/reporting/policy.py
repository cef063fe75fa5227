"""What a page allows itself: nothing from outside, and no script but its own."""

import base64
import hashlib
import re

POLICY_HERE = "policy-of-this-page"
"""Stands where the policy goes until the scripts of the page are known."""

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def policy_of(page: str) -> str:
    """Return the Content-Security-Policy of a page: the hashes of the scripts written here.

    Only elements of the templates look like ``<script>`` without attributes: what comes from
    tables is escaped, and data stand in elements of another type.
    """
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in _SCRIPT.findall(page)
    ]
    scripts = " ".join(f"'sha256-{value}'" for value in hashes) or "'none'"
    return f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src {scripts}"
