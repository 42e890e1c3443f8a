"""Structured logs, one JSON object a line on standard error. No address, name, query or cookie of a visitor is ever written."""

import json
import logging
from datetime import UTC, datetime

from dcant.config.environment import log_level


class JsonLine(logging.Formatter):
    """time, level, logger, message, and the exception's text; nothing of the request but its path, without query."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def logging_settings() -> dict[str, object]:
    """Everything to standard error, as JSON lines, from DCANT_LOG_LEVEL up."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "dcant.config.logs.JsonLine"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": log_level()},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": log_level(), "propagate": False},
            "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        },
    }
