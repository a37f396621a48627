"""Common parts of taking back what the office did (撤回): what would follow, and what stands against it."""

from dataclasses import dataclass

from tasks.signals import looking_for_dependents
from wenshang_disclosure.core.web.errors import Conflict, Refused


@dataclass(frozen=True)
class Outlook:
    """What taking a step back would do.

    `effects` are sentences, `obstacle` is the sentence that says why it is not possible, "" where it is. `mark` stands
    for the step and whatever the sentences say: where it is another one, something else happened meanwhile.
    """

    obstacle: str = ""
    effects: tuple[str, ...] = ()
    mark: str = ""


def guard(outlook, reason, seen):
    """Raise `Conflict` where the outlook is not the one that was seen, `Refused` for an obstacle or without a reason.

    `seen` is the mark of the outlook that was shown, "" where none was.
    """
    if seen and seen != outlook.mark:
        raise Conflict(f"在此期间情况有变，本次撤回未生效。{outlook.obstacle or '请核对后再办理。'}")
    if outlook.obstacle:
        raise Refused(outlook.obstacle)
    if not reason.strip():
        raise Refused("请填写撤回的原因。")


def dependents(plan, on):
    """Return the sentence that says what was built on a step of that day in other apps, "" where nothing was."""
    said = (sentence for _, sentence in looking_for_dependents.send(None, plan=plan, on=on))
    return next(filter(None, said), "")
