"""HTML attributes with hyphens, which no keyword argument can spell."""

from typing import Any

__all__ = ["wild"]


def wild(**attributes: str) -> Any:  # noqa: ANN401 - Dash's components type their other keywords
    """Keyword arguments for ``aria-*`` and ``data-*``.

    >>> wild(aria_label="Pages", data_nav="keep")
    {'aria-label': 'Pages', 'data-nav': 'keep'}
    """
    return {name.replace("_", "-"): value for name, value in attributes.items()}
