"""Lines of indicators: a target said once, then measures, each a number of a half-year that has come."""

from dcant.governance.rules.indicators import COMPUTED, COVERAGE, DIRECTIONS, is_canonical
from dcant.governance.rules.replay.lines import Broken, Line, text
from dcant.governance.rules.replay.state import IndicatorState, State
from dcant.identifiers import HalfYear, IdentifierError


def indicator_defined(state: State, line: Line) -> None:
    """One that only a source tells has no such line: it is known by its measures."""
    code, programme = text(line.body, "indicator"), text(line.body, "programme")
    if code in state.indicators:
        raise Broken("twice", f"L’indicateur {code} est déjà défini.")
    state.programme(programme)
    computed, target, baseline = (
        text(line.body, "computed"),
        text(line.body, "target"),
        text(line.body, "baseline", ""),
    )
    numbers = is_canonical(target) and (baseline == "" or is_canonical(baseline))
    if computed not in COMPUTED or text(line.body, "direction") not in DIRECTIONS or not numbers:
        raise Broken("shape", "Un indicateur dit sa cible en nombre, son sens, et comment ses valeurs viennent.")
    state.indicators[code] = IndicatorState(programme, computed)


def measurement_recorded(state: State, line: Line) -> None:
    """The last word of a half-year counts. A coverage says its share of people beside its share of communes."""
    code, programme, value = (
        text(line.body, "indicator"),
        text(line.body, "programme"),
        text(line.body, "value"),
    )
    people = text(line.body, "people", "")
    try:
        period = HalfYear.parse(text(line.body, "period"))
    except IdentifierError as error:
        raise Broken("shape", error.message) from error
    said = f"Le semestre {period} n’est pas encore venu."
    state.check(line, "period", said, holds=period <= HalfYear.of(line.day))
    if not is_canonical(value) or (people != "" and not is_canonical(people)):
        raise Broken("value", f"« {value} » n’est pas un nombre écrit comme le journal les écrit.")
    indicator = state.indicators.setdefault(code, IndicatorState(programme, None))
    same = indicator.programme == programme
    state.check(line, "indicator", f"L’indicateur {code} est d’un autre programme.", holds=same)
    typed = people == "" or indicator.computed in {None, COVERAGE}
    state.check(line, "indicator", "Seule une couverture dit une part des habitants.", holds=typed)
    indicator.values[str(period)] = (value, people)


HANDLERS = {"indicator.defined": indicator_defined, "measurement.recorded": measurement_recorded}
