from dcant.standards.services.checks import (
    ask_check,
    cancel_check,
    end_check,
    erase_check,
    expire_checks,
    publish_check,
    put_back_the_dead,
    take_up,
    withdraw_check,
)
from dcant.standards.services.register import register_standard, register_version, register_versions

__all__ = [
    "ask_check",
    "cancel_check",
    "end_check",
    "erase_check",
    "expire_checks",
    "publish_check",
    "put_back_the_dead",
    "register_standard",
    "register_version",
    "register_versions",
    "take_up",
    "withdraw_check",
]
