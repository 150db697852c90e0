"""`gennet claims`: test the claims that the model's sources make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column

from sim.cli.cluster import Dask, executing
from sim.cli.opening import Study, follow
from sim.cli.options import AsJson, Jobs, OutIfNamed, VerdictSeed, check_replicates, futures, whole
from sim.cli.terminal import InputError, plain_table, right
from sim.evidence.seeds import VERDICT_SEED
from sim.evidence.study_sizes import CLAIM_REPLICATES, CLAIM_WORLDS
from sim.lab.results import ResultsFolder, json_text
from sim.output.words import between, percent, three_digits

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence.claims.claim_rows import ClaimRow
    from sim.evidence.claims.run import ClaimResult
    from sim.evidence.claims.taken_away import TakenAwayRow

MOST_WORLDS = 1000


OtherWorlds = Annotated[
    int | None,
    whole(
        "--worlds",
        0,
        MOST_WORLDS,
        f"Other plausible worlds to test each claim in, or 0 for none; by default {CLAIM_WORLDS}.",
        check=False,
    ),
]


def claims(
    only: Annotated[
        str | None, typer.Option(metavar="NUMBERS", help="Claims to test, such as 4,10; by default all.")
    ] = None,
    replicates: Annotated[
        int | None, futures(f"Simulated futures of each arm of an experiment; by default {CLAIM_REPLICATES:,}.")
    ] = None,
    worlds: OtherWorlds = None,
    seed: VerdictSeed = None,
    jobs: Jobs = None,
    dask: Dask = None,
    out: OutIfNamed = None,
    as_json: AsJson = False,
) -> int:
    """Test the claims that the model's sources make.

    Shows effects, what remains of them with a mechanism off, robustness, and verdicts.  Takes some minutes.  With --out:
    tables, a figure for each claim, and a page (claims.html).  When all claims are tested, also how the main outcomes
    change with each mechanism taken away (taken_away.csv).

    Example: gennet claims --only 4,10 --out results/claims
    """
    from sim.evidence.claims.run import CLAIMS, try_claims
    from sim.evidence.claims.taken_away import try_taken_away
    from sim.evidence.claims.verdict_rule import FEWEST
    from sim.evidence.frozen import CLAIMS_VERSION

    count = check_replicates(CLAIM_REPLICATES if replicates is None else replicates, FEWEST, " per arm")
    others = check_worlds(worlds)
    chosen = numbers(only)
    taken: list[TakenAwayRow] = []

    def work(tick: Callable[[int, int], None], stopped: Callable[[], bool]) -> list[ClaimResult]:
        results = try_claims(chosen, seed_used, count, others, jobs, tick, stopped)
        if chosen is None:
            taken.extend(try_taken_away(seed_used, count, jobs, stopped))
        return results

    seed_used = VERDICT_SEED if seed is None else seed
    study: Study[ClaimResult] = Study(
        command="claims",
        content={
            "claims": chosen or [claim.number for claim in CLAIMS],
            "worlds": others,
            "replicates_an_arm": count,
            "claims_version": CLAIMS_VERSION,
        },
        answers="verdicts",
        progress="Testing",
        unit="claims",
        work=work,
        show=lambda console, results: print_claims(console, [result.row for result in results]),
        write=lambda folder, results: write(folder, results, taken, seed_used, count, others),
        first="claims.html",
    )
    with executing(dask):
        return follow(study, seed_used, out, as_json)


def check_worlds(worlds: int | None) -> int:
    """Return the number of other plausible worlds.  Raises InputError."""
    count = CLAIM_WORLDS if worlds is None else worlds
    if not 0 <= count <= MOST_WORLDS:
        raise InputError(f"--worlds is {count:,}; allowed are 0 (no robustness check) to {MOST_WORLDS:,}")
    return count


def numbers(text: str | None) -> list[int] | None:
    """Return the numbers of claims in a text such as "4,10", or None for all.  Raises InputError."""
    from sim.evidence.claims.run import CLAIMS

    if text is None:
        return None
    known = [claim.number for claim in CLAIMS]
    parts = [part.strip() for part in text.split(",")]
    wrong = [part for part in parts if not part.isdecimal() or int(part) not in known]
    if wrong:
        allowed = f"allowed are numbers from {known[0]} to {known[-1]} separated by commas, such as 4,10"
        raise InputError(f"--only is {text!r}: {wrong[0]!r} is not a claim; {allowed}")
    return sorted({int(part) for part in parts})


def print_claims(console: Console, claims: Sequence[ClaimRow]) -> None:
    """Print the verdicts, claim by claim, with the effect of each part."""
    import pandas as pd

    from sim.evidence.claims.run import LOOKS
    from sim.evidence.claims_page import SOURCES, remarks

    for claim in claims:
        console.print(f"\n[bold]{claim.claim}. {escape(claim.text)}[/] ({SOURCES.get(claim.source, claim.source)})")
        console.print(f"   [bold]{claim.verdict}[/]{robust(claim)}")
        heads = ("effect", "95% interval", "counts from", "with mechanism off")
        numbers = (right(name, overflow="fold") for name in heads)
        table = plain_table(Column("part", no_wrap=True), *numbers, Column("verdict", overflow="fold"))
        for part in claim.parts:
            off = part.ablation
            table.add_row(
                part.part,
                f"{three_digits(part.effect)} {part.unit}",
                between(part.ci95),
                three_digits(part.margin),
                three_digits(off.effect) if off else "",
                part.verdict,
            )
        console.print(table)
        for line in remarks(claim):
            console.print(f"   {escape(line)}")
    counts = pd.Series([claim.verdict for claim in claims]).value_counts()
    total = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    console.print(
        f"\n[bold]{len(claims)} claims: {total}.[/] Verdicts use intervals corrected for {LOOKS} comparisons."
    )


def robust(claim: ClaimRow) -> str:
    """Return the share of other worlds in which the effect counts, as a clause; of each part if there are several."""
    shares = {part.part: part.robust_share for part in claim.parts if part.robust_share is not None}
    if not shares:
        return ""
    if len(claim.parts) == 1:
        return f"; its effect counts in {percent(*shares.values())} of other plausible worlds"
    each = ", ".join(f"{name} in {percent(share)}" for name, share in shares.items())
    return f"; effects in other plausible worlds count: {each}"


def write(
    folder: ResultsFolder,
    results: Sequence[ClaimResult],
    taken: Sequence[TakenAwayRow],
    seed: int,
    replicates: int,
    worlds: int,
) -> None:
    """Write tables, one figure for each claim, and a page.  `taken`: empty unless all claims were tested."""
    import pandas as pd

    from sim.evidence.charts.claim_chart import claim_parts, score
    from sim.evidence.claims_page import claims_page, parts_table
    from sim.evidence.frozen import exploration
    from sim.output.figures import save_in

    folder.begin()
    rows = [result.row for result in results]
    folder.text("claims.json", json_text([row.to_json() for row in rows]))
    folder.csv("claims.csv", claims_table(rows))
    folder.csv("parts.csv", parts_table(rows))
    if taken:
        folder.csv("taken_away.csv", pd.DataFrame([row.to_json() for row in taken]))
    figures = {f"claim-{result.row.claim:02d}": claim_parts(result.row, result.worlds) for result in results}
    figures["score"] = score(rows)
    for name, figure in figures.items():
        save_in(folder, f"figures/{name}", figure)
    notes = exploration(seed, "verdicts")
    folder.text("claims.html", claims_page(rows, figures, seed, replicates, worlds, notes, taken))


def claims_table(claims: Sequence[ClaimRow]) -> pd.DataFrame:
    """Return a table with a row for each claim."""
    import pandas as pd

    columns = ("claim", "text", "source", "effect", "unit", "verdict", "condition", "robust_share", "more_replicates")
    rows = [
        {name: getattr(claim, name) for name in columns}
        | {"ci95_low": claim.ci95 and claim.ci95[0], "ci95_high": claim.ci95 and claim.ci95[1]}
        | {"depends_on": "; ".join(claim.depends_on)}
        for claim in claims
    ]
    return pd.DataFrame(rows)
