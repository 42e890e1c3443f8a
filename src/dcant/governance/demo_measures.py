"""The indicator of the demonstration: its target and its measures are invented, and marked so on the page and in the log."""

from datetime import datetime
from typing import Final

from dcant.governance.models import Action, Indicator, Programme
from dcant.governance.services.indicators import define_indicator, record_measurement
from dcant.governance.services.speaking import Speaker

SOURCE: Final = "Compté par les copilotes (démonstration)"
LATER: Final = (("2018-S2", "21"), ("2019-S1", "34"), ("2020-S2", "52,5"), ("2022-S2", "61"), ("2025-S1", "78,5"))


def begin_measures(*, programme: Programme, action: Action, speaker: Speaker, at: datetime) -> Indicator:
    """Its definition, and what was found the first half-year."""
    indicator = define_indicator(
        programme=programme,
        title="Mairies où l’on prend rendez-vous en ligne (démonstration)",
        unit="%",
        baseline="4",
        target="90",
        direction="up",
        due="2027-S2",
        source="Fixée par les deux copilotes (démonstration)",
        action=action,
        speaker=speaker,
        at=at,
    )
    record_measurement(indicator=indicator, period="2018-S1", value="9,5", source=SOURCE, speaker=speaker, at=at)
    return indicator


def go_on_measuring(*, indicator: Indicator, speaker: Speaker, at: datetime) -> None:
    """What was found since, told together years later: one half-year said twice, the last word counts."""
    for period, value in (*LATER, ("2025-S1", "76")):
        record_measurement(indicator=indicator, period=period, value=value, source=SOURCE, speaker=speaker, at=at)
