"""How the log is written: one line a record, as words or as JSON, without what people typed and without secrets.

Our own messages are trusted to name things by number. What a library says is kept as its template: what it puts in may
be an address with a secret, a name or a query. Of an exception stand its class, where it came from, and its message
only where that is made by code (`_message`).
"""

import logging
import traceback
from pathlib import Path

import structlog
from django.db import IntegrityError, OperationalError, ProgrammingError

LINE, JSON = "line", "json"
FORMATS = (LINE, JSON)
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
FIELDS = ("view", "method", "status", "ms", "database_ms", "queries", "user")
"""What a record may carry beside its message."""

OURS = ("wenshang", "wenshang_disclosure", "departments", "tasks", "reports", "django_structlog")
MOST_FRAMES = 25
HOME = Path(__file__).resolve().parent.parent.parent
MADE_BY_CODE = (AttributeError, ImportError, NameError, NotImplementedError, RecursionError, TypeError)
FIRST_LINE_MADE_BY_CODE = (IntegrityError, OperationalError, ProgrammingError)  # the lines after it quote rows


def configuration(form, level):
    """Return the dictionary for `logging.config`; gunicorn takes the same one."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"libraries": {"()": QuietLibraries}},
        "formatters": {"ours": {"()": formatter, "form": form}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "ours", "filters": ["libraries"]}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"level": "CRITICAL"},  # our own line says it, without the address
            "django.server": {"level": "WARNING"},
            "rules": {"level": "INFO"},  # tells of every question asked
            "pikepdf": {"level": "WARNING"},
            "gunicorn.error": {"level": level, "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }


def formatter(form):
    """Make the formatter for `line` or `json`."""
    last = structlog.processors.JSONRenderer(ensure_ascii=False) if form == JSON else _line()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.processors.TimeStamper("iso", key="at"),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ExtraAdder(FIELDS),
            _tell_exception,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _keep_to_one_line, last],
    )


def _line():
    return structlog.processors.LogfmtRenderer(key_order=["at", "level", "logger", "event"], drop_missing=True)


class QuietLibraries:
    """Takes out of a library's record what it was filled with, except numbers."""

    def filter(self, record):
        """Rewrite the record where it is none of ours; let every record pass."""
        if record.name.partition(".")[0] in OURS or _is_from_the_server_itself(record):
            return True
        record.msg, record.args = _bare(record), ()
        return True


def _is_from_the_server_itself(record):
    """Whether gunicorn tells of its own processes, not of a request: at DEBUG it tells of every address."""
    if record.name != "gunicorn.error" or record.levelno < logging.INFO:
        return False
    return not str(record.msg).startswith(("Error handling", "Invalid request"))


def _bare(record):
    if record.name.startswith("django.security"):  # its messages are filled already
        return f"refused by {record.name.rpartition('.')[2]}"
    if str(record.msg).startswith("Invalid request"):  # likewise gunicorn's
        return "a request that cannot be read"
    if not isinstance(record.args, tuple):
        return str(record.msg)
    try:
        return str(record.msg) % tuple(arg if isinstance(arg, int | float) else "…" for arg in record.args)
    except (TypeError, ValueError):
        return str(record.msg)


def _tell_exception(logger, method, line):
    error = (line.pop("exc_info", None) or (None, None))[1]
    if error is not None:
        line["error"] = " from ".join(_named(each) for each in _chain(error))
        line["trace"] = " > ".join(_frames(error))
    return line


def _chain(error):
    """Return the exception and what led to it, the last first."""
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return seen


def _named(error):
    message = _message(error)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _message(error):
    if isinstance(error, OSError):
        return error.strerror or ""
    if isinstance(error, MADE_BY_CODE):
        return str(error)
    if isinstance(error, FIRST_LINE_MADE_BY_CODE):
        return str(error).partition("\n")[0]
    return ""


def _frames(error):
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(path):
    return path.rpartition("/site-packages/")[2].removeprefix(f"{HOME}/")


def _keep_to_one_line(logger, method, line):
    """Write out line ends and other characters that a log viewer would act upon; leave out what is not known."""
    known = {name: value for name, value in line.items() if value is not None}
    return {name: _printable(value) if isinstance(value, str) else value for name, value in known.items()}


def _printable(text):
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
