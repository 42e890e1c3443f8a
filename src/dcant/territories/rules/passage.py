"""What a code of commune has become: the present communes that hold its people, each with its share."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Resolution:
    """`targets`: the present codes, each with its weight; weights are shares of people and their sum is exactly 1."""

    code: str
    targets: tuple[tuple[str, Fraction], ...]
    because: str

    def __post_init__(self) -> None:
        if sum(weight for _, weight in self.targets) != 1:
            raise ValueError(f"Les parts de « {self.code} » ne font pas un tout.")


def current(code: str, name: str) -> Resolution:
    """A code in force stands for itself."""
    return Resolution(code, ((code, Fraction(1)),), f"{name} est une commune actuelle.")


def merged(code: str, old_name: str, target: str, target_name: str) -> Resolution:
    """A merged commune, whole, is in its successor."""
    was = f"{old_name} ({code})" if old_name else f"L’ancienne commune {code}"
    return Resolution(code, ((target, Fraction(1)),), f"{was} fait partie de {target_name} ({target}).")


def nearest_codes(code: str, known: list[str], limit: int = 5) -> list[str]:
    """Known codes that differ least: same length of common beginning first, then place by place, then by code."""

    def difference(other: str) -> tuple[int, str]:
        return (sum(a != b for a, b in zip(code, other, strict=False)) + abs(len(code) - len(other)), other)

    return sorted(known, key=difference)[:limit]
