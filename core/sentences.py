"""A sentence as its message and what goes into it, so that it can be said in another language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Sentence"]


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """An English message with ``{name}`` where a value goes.

    Attributes:
        message: One of the messages that its module lists.
        values: What goes into it: words, or a sentence of its own.

    >>> Sentence(message="Of {place}.", values={"place": "Hartford"}).words
    'Of Hartford.'
    """

    message: str
    values: Mapping[str, "str | Sentence"] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The whole in English."""
        return self.message.format_map(
            {
                name: value.words if isinstance(value, Sentence) else value
                for name, value in self.values.items()
            }
        )
