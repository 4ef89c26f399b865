"""The words that come from core: they are English there, and translated where they are shown."""

from calendar import day_name, month_name

from core.calendar_days import holiday_names
from core.evaluation.of_dataset import REPORTING_NAMES, SIZE_NAMES
from core.explain import LABELS
from core.nibrs.codes import CATEGORIES, LOCATION_TYPES, LocationArea
from core.nibrs.states import STATE_NAMES
from core.places.towns import connecticut_agency_towns
from core.risk.explain import EXPLAIN_MESSAGES
from core.risk.groups import BANDS
from core.risk.model import MODEL_MESSAGES, class_label
from core.risk.vocabulary import OTHER
from core.volume.dispersion import BAND_NAMES

__all__ = ["core_messages"]


def core_messages() -> tuple[str, ...]:
    """Every message that reaches :func:`webapp.language.gettext` from core, once each."""
    messages = [
        *(category.label for category in CATEGORIES.values()),
        *(location.name for location in LOCATION_TYPES.values()),
        class_label(OTHER),
        *(area.value for area in LocationArea),
        *MODEL_MESSAGES,
        *EXPLAIN_MESSAGES,
        *filter(None, month_name),
        *day_name,
        *LABELS.values(),
        *BAND_NAMES,
        *BANDS,
        *SIZE_NAMES,
        *REPORTING_NAMES,
        *connecticut_agency_towns()["note"].drop_nulls().unique().sort(),
        *(name for state in STATE_NAMES for name in holiday_names(state)),
    ]
    return tuple(dict.fromkeys(messages))
