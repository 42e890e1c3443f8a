"""What a rule decided: what is funded and who paid, what is not and why."""

from dataclasses import dataclass
from fractions import Fraction

NO_SUPPORT, TOO_DEAR, BELOW_THRESHOLD = "no-support", "dearer-than-budget", "below-threshold"
SUPPORTERS_SHORT, DOES_NOT_FIT, AFTER_THE_STOP = "supporters-hold-too-little", "does-not-fit", "after-the-stop"


@dataclass(frozen=True, slots=True)
class Project:
    """Something to fund at a cost above zero. Raises ValueError for any other cost."""

    key: str
    cost: Fraction
    name: str = ""

    def __post_init__(self) -> None:
        if self.cost <= 0:
            raise ValueError(f"{self.key}: a cost is above zero")


@dataclass(frozen=True, slots=True)
class Purchase:
    """A funded project. `payments`: what each supporter paid, by key, zero left out; empty for a rule where nobody pays."""

    project: Project
    support: Fraction  # supporters, or the score where ballots give points or ranks
    payments: tuple[tuple[str, Fraction], ...] = ()

    @property
    def most(self) -> Fraction:
        """The most that one supporter paid: those who paid less gave all they had left."""
        return max((amount for _voter, amount in self.payments), default=Fraction(0))


@dataclass(frozen=True, slots=True)
class Unfunded:
    """A project that is not funded. `held`: what could still be spent on it; by its supporters, or of the whole sum."""

    project: Project
    support: Fraction
    because: str
    held: Fraction

    @property
    def missing(self) -> Fraction:
        return max(self.project.cost - self.held, Fraction(0))


@dataclass(frozen=True, slots=True)
class Allocation:
    """The result of a rule, in the order in which projects were funded.

    runs: how many times the completion ran, the first one counted; raised: how many steps were added to each endowment;
    left: what each voter still has of its last endowment (fictitious money once endowments were raised).
    """

    rule: str
    budget: Fraction
    funded: tuple[Purchase, ...]
    unfunded: tuple[Unfunded, ...]
    runs: int = 1
    raised: int = 0
    left: tuple[tuple[str, Fraction], ...] = ()

    @property
    def spent(self) -> Fraction:
        return sum((one.project.cost for one in self.funded), Fraction(0))

    @property
    def winners(self) -> frozenset[str]:
        return frozenset(one.project.key for one in self.funded)


def decimal(amount: Fraction, digits: int = 2) -> str:
    """An exact amount as people read it: rounded half up, with a point, without useless zeros."""
    scaled = (abs(amount) * 10**digits * 2 + 1) // 2
    whole, rest = divmod(int(scaled), 10**digits)
    sign = "-" if amount < 0 and scaled else ""
    tail = f"{rest:0{digits}}".rstrip("0")
    return f"{sign}{whole}.{tail}" if tail else f"{sign}{whole}"
