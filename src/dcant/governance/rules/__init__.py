"""Pure rules of the programme: outcomes, texts and amendments, continuity of roadmaps, grades, arrows of each state."""

from dcant.governance.rules.counting import Ballot, Charter, DecisionRefused, Objection, Outcome, Seat, outcome

__all__ = ["Ballot", "Charter", "DecisionRefused", "Objection", "Outcome", "Seat", "outcome"]
