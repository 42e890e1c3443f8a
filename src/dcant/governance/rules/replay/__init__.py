"""Every decision of the programme computed again from the lines of the log, and from nothing else.

    replay = Replay()
    for index, leaf in enumerate(leaves):
        replay.read(index, leaf)
    replay.end()        # replay.state.findings, and what the lines amount to

Pure and total: whatever the bytes, findings and never an exception. A line is judged by the rules that the site itself
follows (permits, counting, texts, continuity, grades, machines); types of other rooms are counted and left aside.
"""

from collections.abc import Callable, Iterable, Mapping

from dcant.governance.rules.replay import deciding, endings, founding, half_years, indicators, meetings, writing
from dcant.governance.rules.replay.lines import Broken, Line
from dcant.governance.rules.replay.state import Finding, State

__all__ = ["Finding", "Replay", "State", "replay"]
_HANDLERS: Mapping[str, Callable[[State, Line], None]] = (
    founding.HANDLERS
    | writing.HANDLERS
    | endings.HANDLERS
    | deciding.HANDLERS
    | half_years.HANDLERS
    | meetings.HANDLERS
    | indicators.HANDLERS
)


class Replay:
    """Reads the leaves of a log in order, as they come."""

    def __init__(self) -> None:
        self.state = State()

    def read(self, index: int, leaf: bytes) -> None:
        """One entry; what it breaks is a finding that names it."""
        try:
            line = Line.read(index, leaf)
            handler = _HANDLERS.get(line.kind)
            if handler is None:
                self.state.skipped[line.kind] += 1
                return
            self.state.once(line)
            self.state.read[line.kind] += 1
            line.check_subject()
            handler(self.state, line)
        except Broken as fault:
            self.state.findings.append(Finding(index, fault.rule, fault.message))

    def end(self) -> State:
        """What was adopted and never done is found here: an act and what it does are one transaction."""
        for decision in self.state.decisions.values():
            if decision.state == "adopted" and not decision.applied:
                said = f"La décision {decision.code} est adoptée, et rien ne dit que ce qu’elle adopte a été fait."
                self.state.findings.append(Finding(decision.closed, "not-done", said))
        self.state.findings.sort(key=lambda finding: finding.index)
        return self.state


def replay(leaves: Iterable[bytes]) -> State:
    """A whole log, from its first entry."""
    reading = Replay()
    for index, leaf in enumerate(leaves):
        reading.read(index, leaf)
    return reading.end()
