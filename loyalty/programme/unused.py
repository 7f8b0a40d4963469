"""What a programme says in vain: keys, limits and caps that never count beside the others."""

from collections.abc import Iterator, Mapping, Sequence

from config.errors import N_
from loyalty.programme.model import Caps, ProgrammeFile
from loyalty.programme.parts import Limit
from loyalty.programme.places import Path
from loyalty.programme.problems import Finding

_WINDOWS = ("day", "week", "month", "year", "ever")  # from the narrowest to the widest
_CAPS = ("cap_per_sale", "cap_per_day", "cap_per_month")
_OF_EXPIRY: Mapping[str, frozenset[str]] = {
    "never": frozenset({"months", "to_month_end", "on", "at_least"}),
    "rolling": frozenset({"on", "at_least"}),
    "activity": frozenset({"on", "at_least"}),
    "calendar": frozenset({"months", "to_month_end"}),
}
_OF_TIERS: Mapping[str, frozenset[str]] = {
    "rolling": frozenset(),
    "calendar": frozenset({"months"}),
    "lifetime": frozenset({"months", "grace"}),
}


def check_unused(model: ProgrammeFile) -> list[Finding]:
    """The findings on what is right in a file; all of them are warnings."""
    findings = [*_keys("expiry", "model", model.expiry.model, _OF_EXPIRY, model.expiry.model_fields_set)]
    findings += _keys("tiers", "window", model.tiers.window, _OF_TIERS, model.tiers.model_fields_set)
    findings += _caps(("earning",), model.earning)
    for place, rule in enumerate(model.rules):
        findings += _caps(("rule", place), rule)
        findings += _limits(("rule", place), rule.limits)
    for place, reward in enumerate(model.rewards):
        findings += _limits(("reward", place), reward.limits)
    for place, activity in enumerate(model.activities):
        findings += _limits(("activity", place), activity.limits)
    return findings


def _keys(
    table: str, deciding: str, value: str, idle: Mapping[str, frozenset[str]], given: set[str]
) -> Iterator[Finding]:
    for key in sorted(idle[value] & given):
        sentence = N_("“{key}” says nothing with {deciding} = “{value}”.")
        params = {"key": key, "deciding": deciding, "value": value}
        yield Finding((table, key), "unused_key", sentence, params, "warning")


def _caps(path: Path, caps: Caps) -> Iterator[Finding]:
    for narrow, wide in ((0, 1), (1, 2), (0, 2)):
        cap, wider = getattr(caps, _CAPS[narrow]), getattr(caps, _CAPS[wide])
        if cap is not None and wider is not None and cap > wider:
            sentence = N_("“{key}” is more than “{wider}”, so it never counts.")
            params = {"key": _CAPS[narrow], "wider": _CAPS[wide]}
            yield Finding((*path, _CAPS[narrow]), "unused_key", sentence, params, "warning")


def _limits(path: Path, limits: Sequence[Limit]) -> Iterator[Finding]:
    for place, limit in enumerate(limits):
        for other in limits:
            if _WINDOWS.index(other.per) > _WINDOWS.index(limit.per) and other.uses <= limit.uses:
                sentence = N_("The limit per {wider} is reached first, so this one never counts.")
                yield Finding((*path, "limits", place), "unused_limit", sentence, {"wider": other.per}, "warning")
                break
