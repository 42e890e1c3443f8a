"""The programme and its half-years, one module a subject."""

from dcant.governance.models.actions import ActionVersion, Amendment, Ending
from dcant.governance.models.budgets import Budget, BudgetBallot, BudgetProject
from dcant.governance.models.charter import Charter, Proxy, Seat, SeatHolder
from dcant.governance.models.cycles import Assessment, BalanceSheet, Cycle, Roadmap
from dcant.governance.models.decisions import Ballot, Decision, Objection, Reservation
from dcant.governance.models.indicators import Indicator, Measurement
from dcant.governance.models.meetings import AgendaItem, Attendance, Meeting, Minutes
from dcant.governance.models.programme import Action, ActionResource, Axis, Programme

__all__ = [
    "Action",
    "ActionResource",
    "ActionVersion",
    "AgendaItem",
    "Amendment",
    "Assessment",
    "Attendance",
    "Axis",
    "BalanceSheet",
    "Ballot",
    "Budget",
    "BudgetBallot",
    "BudgetProject",
    "Charter",
    "Cycle",
    "Decision",
    "Ending",
    "Indicator",
    "Measurement",
    "Meeting",
    "Minutes",
    "Objection",
    "Programme",
    "Proxy",
    "Reservation",
    "Roadmap",
    "Seat",
    "SeatHolder",
]
