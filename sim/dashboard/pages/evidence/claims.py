"""What the model was tried against: the sources' claims with verdicts, and published figures, as last published.

Nothing runs here: `sim.evidence.published` holds what `gennet claims` and `gennet validate` found.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sim.evidence.claims.added_mechanisms import FORMS
from sim.evidence.claims_page import ORDER, OTHER_WORLDS, RULE, left_words
from sim.evidence.published import made_with, published, stale
from sim.output.words import capital, estimate, percent, three_digits

SOURCES = {
    "GN": "theory of generative networks",
    "CAP": "connect, align, produce",
}
MEANING = {
    "holds": "every part of the claim was seen",
    "conditional": "some parts were seen, some were not",
    "undecided": "the futures run do not tell",
    "does not hold": "no part of the claim was seen",
}
ROOM = 0.08


@lru_cache(maxsize=1)
def verdicts() -> dict[str, Any]:
    """Everything that the page shows of them, fit for JSON."""
    found = published()
    claims, targets = found["claims"]["rows"], found["validate"]["rows"]
    return {
        "outdated": outdated(stale()),
        "score": claims_score(claims),
        "rule": RULE,
        "worlds": OTHER_WORLDS,
        "made": made_with(),
        "kinds": [
            {"name": kind, "count": sum(one["verdict"] == kind for one in claims), "words": MEANING[kind]}
            for kind in ORDER
        ],
        "claims": [told_claim(one) for one in claims],
        "agreement": targets_score(targets),
        "targets": [told_target(one) for one in targets],
        "seeds": {"claims": found["claims"]["seed"], "validate": found["validate"]["seed"]},
        "files": {"claims.csv": claims_csv(claims), "targets.csv": targets_csv(targets)},
    }


def outdated(reasons: Sequence[str]) -> str:
    """That the published evidence may no longer be so, in words; '' without a reason."""
    if not reasons:
        return ""
    return f"What follows may have moved, numbers and verdicts: {'; '.join(reasons)}. Run it again to know."


def claims_score(claims: Sequence[Mapping[str, Any]]) -> str:
    """The score in one sentence."""
    counts = Counter(one["verdict"] for one in claims)
    words = {"holds": "hold", "conditional": "are conditional", "undecided": "are undecided", "does not hold": "fail"}
    parts = [f"{counts[kind] or 'none'} {words[kind]}" for kind in ORDER]
    return f"Of the {len(claims)} claims that the sources make, {', '.join(parts[:-1])} and {parts[-1]} in this model."


def told_claim(claim: Mapping[str, Any]) -> dict[str, Any]:
    """One claim: verdict, condition, and what was seen of each of its parts."""
    hang_on = [
        f"{name}: {FORMS[name].what}" if name in FORMS else name
        for name in dict.fromkeys(name for part in claim["parts"] for name in part["depends_on"])
    ]
    return {
        "number": claim["claim"],
        "text": claim["text"],
        "source": SOURCES.get(claim["source"], claim["source"]),
        "verdict": claim["verdict"],
        "condition": claim["condition"] or "",
        "effect": effect_words(claim),
        "off": off_words(claim["ablation"], claim["unit"]),
        "mechanism": sentence(claim["mechanism"]),
        "forms": hang_on,
        "worlds": None if claim["robust_share"] is None else percent(claim["robust_share"]),
        "more": f"{claim['more_replicates']:,}" if claim["more_replicates"] else "",
        "parts": [
            {
                "says": part["says"],
                "given": sentence(part.get("given", "")),
                "verdict": part["verdict"],
                "effect": effect_words(part),
                "margin": f"{three_digits(part['margin'])} {part['unit']}",
                "off": off_words(part["ablation"], part["unit"]),
                "worlds": "not tried" if part["robust_share"] is None else percent(part["robust_share"]),
            }
            for part in claim["parts"]
        ],
    }


def sentence(words: str) -> str:
    """Words as a sentence."""
    return f"{capital(words.rstrip('.'))}." if words else ""


def effect_words(told: Mapping[str, Any]) -> str:
    """An effect with its interval and unit."""
    if told["effect"] is None:
        return "no future could tell"
    return spanned(told, told["unit"])


def spanned(told: Mapping[str, Any], unit: str) -> str:
    """An effect, its 95% interval where there is one, and its unit."""
    return f"{estimate(told['effect'], told['ci95'])} {unit}"


def off_words(ablation: Mapping[str, Any] | None, unit: str) -> str:
    """What is left of an effect with its mechanism switched off; '' where that was not tried."""
    if not ablation:
        return ""
    return f"{ablation['off']}. {left_words(ablation, unit)}"


def targets_score(targets: Sequence[Mapping[str, Any]]) -> str:
    """How many published figures the model meets, in one sentence: those kept out of the fit told apart."""
    kept, fitted = ([one for one in targets if one["in_fit"] is which] for which in (False, True))
    met = [sum(one["inside"] for one in some) for some in (targets, kept, fitted)]
    return (
        f"The model agrees with {met[0]} of {len(targets)} published figures: {met[1]} of the {len(kept)} that were kept out "
        f"(these are the test) and {met[2]} of the {len(fitted)} that informed a parameter."
    )


def told_target(target: Mapping[str, Any]) -> dict[str, Any]:
    """One published figure against what is simulated, with where to draw both, in percent of the picture's width."""
    low, high = target["interval90"]
    return {
        "label": target["label"],
        "source": target["source"],
        "observed": observed_words(target),
        "simulated": f"{amount(target, target['median'])} ({amount(target, low)} to {amount(target, high)}){unit_of(target)}",
        "inside": target["inside"],
        "fit": target["in_fit"],
        "note": sentence(target["note"]),
        "why": target["why"],
        "futures": target["futures"],
        "drawn": drawn(target),
    }


def observed_words(target: Mapping[str, Any]) -> str:
    """The published figure, with its range or direction."""
    low, high = target["observed_range"] or (None, None)
    if target["kind"] == "direction":
        return f"above {amount(target, low)}" if low is not None else f"below {amount(target, high)}"
    around = f" ({amount(target, low)} to {amount(target, high)})" if low is not None and high is not None else ""
    return f"{amount(target, target['observed'])}{around}{unit_of(target)}"


def unit_of(target: Mapping[str, Any]) -> str:
    """A target's unit behind a number, where that says more than the number does."""
    return "" if target["unit"] in ("share", "difference") else f" {target['unit']}"


def amount(target: Mapping[str, Any], value: float | None) -> str:
    """A number of a target: shares in percent; a dash where there is none."""
    return percent(value) if target["unit"] == "share" else three_digits(value)


def drawn(target: Mapping[str, Any]) -> dict[str, float | None]:
    """Where the picture of a target has its marks, 0 to 100 from left to right; None where there is none.

    `dot`: the figure; `from`, `to`: its range, or the side of a direction; `low`, `median`, `high`: simulated.
    """
    low, high = target["observed_range"] or (None, None)
    dot = None if target["kind"] == "direction" else target["observed"]
    there = [x for x in (dot, low, high, target["median"], *target["interval90"]) if x is not None]
    least, most = min(there), max(there)
    room = ROOM * (most - least) or 1.0

    def place(x: float | None) -> float | None:
        return None if x is None else round(100 * (x - least + room) / (most - least + 2 * room), 2)

    ranged = target["observed_range"] is not None
    return {
        "dot": place(dot),
        "from": (0.0 if low is None else place(low)) if ranged else None,
        "to": (100.0 if high is None else place(high)) if ranged else None,
        "low": place(target["interval90"][0]),
        "median": place(target["median"]),
        "high": place(target["interval90"][1]),
    }


def claims_csv(claims: Sequence[Mapping[str, Any]]) -> str:
    """A row a part."""
    rows = [
        {
            "claim": claim["claim"],
            "text": claim["text"],
            "claim_verdict": claim["verdict"],
            **{
                key: part[key]
                for key in ("part", "says", "verdict", "unit", "margin", "effect", "futures", "robust_share")
            },
            "low95": part["ci95"][0] if part["ci95"] else None,
            "high95": part["ci95"][1] if part["ci95"] else None,
            "switched_off": part["ablation"]["off"] if part["ablation"] else None,
            "effect_off": part["ablation"]["effect"] if part["ablation"] else None,
            "depends_on": "; ".join(part["depends_on"]),
            "given": part.get("given", ""),
        }
        for claim in claims
        for part in claim["parts"]
    ]
    return table(rows)


def targets_csv(targets: Sequence[Mapping[str, Any]]) -> str:
    """A row a target."""
    rows = []
    for one in targets:
        low, high = one["observed_range"] or (None, None)
        plain = {
            key: one[key]
            for key in ("target", "label", "kind", "unit", "observed", "median", "inside", "in_fit", "futures")
        }
        more = {
            "observed_low": low,
            "observed_high": high,
            "low90": one["interval90"][0],
            "high90": one["interval90"][1],
        }
        rows.append({**plain, **more, "source": one["source"], "note": one["note"], "why": one["why"]})
    return table(rows)


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV with a head."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
