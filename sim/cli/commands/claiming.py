"""`gennet claims`: the seeds' claims as experiments, with verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich import box
from rich.markup import escape
from rich.table import Table

from sim.cli.commands.studying import Study, follow, futures_an_arm
from sim.cli.commands.talking import InputError, on_stdout
from sim.evidence.claims.run import CLAIMS, LOOKS, REPLICATES, WORLDS, ClaimResult, try_claims
from sim.evidence.claims_page import claims_page, forms_untold
from sim.evidence.frozen import CLAIMS_VERSION, exploration
from sim.evidence.seeds import VERDICT_SEED
from sim.lab.results import ResultsFolder, json_text
from sim.output.words import between, percent, three_digits

MOST_WORLDS = 1000


@dataclass(frozen=True)
class Asked:
    """The options of `gennet claims`."""

    only: list[int] | None
    replicates: int
    worlds: int
    seed: int
    jobs: int | None = None
    out: Path | None = None
    as_json: bool = False


def asked_for(
    only: str | None,
    replicates: int | None,
    worlds: int | None,
    seed: int | None,
    jobs: int | None,
    out: Path | None,
    as_json: bool,
) -> Asked:
    """The options, with what was left out filled in and the rest checked.  Errors: InputError."""
    count = futures_an_arm(replicates, REPLICATES)
    others = WORLDS if worlds is None else worlds
    if not 0 <= others <= MOST_WORLDS:
        raise InputError(f"--worlds is {others:,}; allowed are 0 (leave robustness out) to {MOST_WORLDS:,}")
    return Asked(numbers(only), count, others, VERDICT_SEED if seed is None else seed, jobs, out, as_json)


def claims_command(asked: Asked) -> int:
    """Try, print and write; returns the exit code: 0, or 130 after Ctrl-C."""
    study: Study[ClaimResult] = Study(
        command="claims",
        content={
            "claims": asked.only or [claim.number for claim in CLAIMS],
            "worlds": asked.worlds,
            "replicates_an_arm": asked.replicates,
            "claims_version": CLAIMS_VERSION,
        },
        verdicts="verdicts",
        verb="Trying",
        unit="claims",
        work=lambda tick, stopped: try_claims(
            asked.only, asked.seed, asked.replicates, asked.worlds, asked.jobs, tick, stopped
        ),
        tell=lambda found: print_claims(found, asked),
        write=lambda folder, results: write(folder, results, asked),
        where="Tables, figures and page: {}/ (begin with claims.html)",
    )
    return follow(study, asked.seed, asked.out, asked.as_json)


def numbers(text: str | None) -> list[int] | None:
    """Numbers of claims, as "4,10" names them; None for all.  Errors: InputError."""
    if text is None:
        return None
    known = [claim.number for claim in CLAIMS]
    parts = [part.strip() for part in text.split(",")]
    wrong = [part for part in parts if not part.isdecimal() or int(part) not in known]
    if wrong:
        allowed = f"allowed are numbers from {known[0]} to {known[-1]} with commas between them, as 4,10"
        raise InputError(f"--only is {text!r}: {wrong[0]!r} is no claim; {allowed}")
    return sorted({int(part) for part in parts})


def print_claims(found: Sequence[dict[str, Any]], asked: Asked) -> None:
    """Verdicts for people: one claim after another, with the effect of each part."""
    console = on_stdout()
    for claim in found:
        console.print(f"\n[bold]{claim['claim']}. {escape(claim['text'])}[/] ({claim['source']})")
        console.print(f"   [bold]{claim['verdict']}[/]{robust(claim)}")
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        table.add_column("part", no_wrap=True, overflow="fold")
        for name in ("effect", "95% interval"):
            table.add_column(name, justify="right", overflow="fold")
        for name in ("counts from", "off: what is left"):
            table.add_column(name, justify="right", overflow="fold")
        table.add_column("verdict", overflow="fold")
        for part in claim["parts"]:
            off = part["ablation"]
            table.add_row(
                part["part"],
                f"{three_digits(part['effect'])} {part['unit']}",
                between(part["ci95"]),
                three_digits(part["margin"]),
                three_digits(off["effect"]) if off else "",
                part["verdict"],
            )
        console.print(table)
        for line in remarks(claim, asked.replicates):
            console.print(f"   {escape(line)}")
    counts = pd.Series([claim["verdict"] for claim in found]).value_counts()
    said = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    console.print(f"\n[bold]{len(found)} claims: {said}.[/] Intervals behind verdicts are corrected for {LOOKS} looks.")


def robust(claim: dict[str, Any]) -> str:
    """In what share of other worlds the effect counts, as a clause; each part's where there are several."""
    shares = {part["part"]: part["robust_share"] for part in claim["parts"] if part["robust_share"] is not None}
    if not shares:
        return ""
    if len(claim["parts"]) == 1:
        return f"; its effect counts in {percent(*shares.values())} of other plausible worlds"
    each = ", ".join(f"{name} in {percent(share)}" for name, share in shares.items())
    return f"; effects in other plausible worlds count: {each}"


def remarks(claim: dict[str, Any], replicates: int) -> list[str]:
    """What has to be said beside the numbers: condition, dependence on forms, futures that are lacking."""
    lines = []
    if claim["condition"]:
        lines.append(f"Condition. {claim['condition']}")
    for part in claim["parts"]:
        if part["depends_on"]:
            what = ", ".join(part["depends_on"])
            lines.append(f"{part['part']} depends on a form that has no support of its own: {what}")
        if part["given"]:
            lines.append(f"{part['part']} is so by definition and does not count: {part['given']}")
        off = part["ablation"]
        if off and off["gone"] is None:
            lines.append(f"{part['part']}: too few futures can tell whether it goes with this off: {off['off']}")
        elif off and not off["gone"] and part["verdict"] == "holds":
            lines.append(f"{part['part']} does not (only) come about through what was switched off: {off['off']}")
        lines += [
            f"{part['part']}: too few can tell whether it depends on a form: {form}" for form in forms_untold(part)
        ]
    if claim["more_replicates"]:
        lines.append(f"Undecided parts need about {claim['more_replicates']:,} futures an arm (now {replicates:,}).")
    return lines


def write(folder: ResultsFolder, results: Sequence[ClaimResult], asked: Asked) -> None:
    """Tables, one figure a claim, and a page."""
    from sim.output.figures import save_in
    from sim.output.figures.claims import claim_parts, score

    folder.begin()
    found = [result.to_json() for result in results]
    folder.text("claims.json", json_text(found))
    folder.csv("claims.csv", claims_table(found))
    folder.csv("parts.csv", parts_table(found))
    figures = {
        f"claim-{r.claim.number:02d}": claim_parts(told, worlds(r)) for r, told in zip(results, found, strict=True)
    }
    figures["score"] = score(found)
    for name, figure in figures.items():
        save_in(folder, f"figures/{name}", figure)
    notes = exploration(asked.seed, "verdicts")
    folder.text("claims.html", claims_page(found, figures, asked.seed, asked.replicates, asked.worlds, notes))


def worlds(result: ClaimResult) -> dict[str, list[float]]:
    """Mean effects in other worlds by part."""
    return {part.part.key: part.worlds.tolist() for part in result.parts}


def claims_table(found: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """A row a claim."""
    columns = ("claim", "text", "source", "effect", "unit", "verdict", "condition", "robust_share", "more_replicates")
    rows = [
        {name: claim[name] for name in columns}
        | {"ci95_low": (claim["ci95"] or [None])[0], "ci95_high": (claim["ci95"] or [None])[-1]}
        | {"depends_on": "; ".join(claim["depends_on"])}
        for claim in found
    ]
    return pd.DataFrame(rows)


def parts_table(found: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """A row a part."""
    rows = []
    for claim in found:
        for part in claim["parts"]:
            off = part["ablation"] or {}
            row = {"claim": claim["claim"]}
            row |= {
                k: part[k]
                for k in ("part", "says", "unit", "margin", "effect", "futures", "verdict", "given", "robust_share")
            }
            for name, pair in (
                ("ci95", part["ci95"]),
                ("corrected", part["ci_corrected"]),
                ("off_ci95", off.get("ci95")),
            ):
                row[f"{name}_low"], row[f"{name}_high"] = pair or (None, None)
            rows.append(row | {"off": off.get("off"), "off_effect": off.get("effect")})
    return pd.DataFrame(rows)
