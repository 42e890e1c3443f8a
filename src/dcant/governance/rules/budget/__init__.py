"""Sharing a sum among projects: what a file tells, the rules, the result and its reasons."""

from dcant.governance.rules.budget.allocation import Allocation, Project, Purchase, Unfunded, decimal
from dcant.governance.rules.budget.compare import Difference, allocate, difference
from dcant.governance.rules.budget.election import Ballot, Election
from dcant.governance.rules.budget.equal_shares import Voter, equal_shares
from dcant.governance.rules.budget.greedy import greedy
from dcant.governance.rules.budget.pb_file import BudgetFileError, read_election

__all__ = [
    "Allocation",
    "Ballot",
    "BudgetFileError",
    "Difference",
    "Election",
    "Project",
    "Purchase",
    "Unfunded",
    "Voter",
    "allocate",
    "decimal",
    "difference",
    "equal_shares",
    "greedy",
    "read_election",
]
