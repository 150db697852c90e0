"""Several waves of a network in words and tables, for the command line and the report page."""

from __future__ import annotations

from sim.lab.analysis.events import CONFIDENCE, Estimate
from sim.lab.waves.following import Following, StepResult
from sim.lab.waves.tie_fit import TieFit
from sim.lab.waves.wave_checks import ForecastScore, WeavingSign
from sim.lab.waves.wave_model import FREE, NAMING, free_range
from sim.model.declarations import BY_KEY
from sim.output.network_words import ProfilePart, progress_parts
from sim.output.words import capital, counted, number, percent

UNLIKELY = 1 - CONFIDENCE
NAMING_LABEL = "Trust from which a contact is named, as a share of that of the weakest tie"
MEASURED_SHARES = ("contacts who know each other",)
CHECK_WORDS = {
    "times named": "ties of each member",
    "others named": "how many each member names",
    "distance": "steps between members",
    "triads": "triads",
}
STEPS_SHOWN = 3
"""Steps that the answer in short goes back."""
LITTLE = 0.1
"""Share by which an interval has to narrow for the waves to have said something about a parameter."""


def whole_band(one: Estimate) -> str:
    """Return the interval of a count: "38 to 47"."""
    return f"{number(one.low, 0)} to {number(one.high, 0)}"


def waves_parts(found: Following) -> list[ProfilePart]:
    """Return everything in words, the answer first."""
    return [
        ProfilePart("In short", tuple(in_short(found))),
        waves_table(found),
        *(part for one in found.steps for part in step_parts(one)),
        fitted_part(found),
        checks_part(found),
        forecast_part(found),
        scores_part(found),
        ProfilePart("How it was done", tuple(how(found))),
    ]


def in_short(found: Following) -> list[str]:
    """Return the answer in a few sentences: what held, whether weaving shows, what comes next, and how far to believe it."""
    sentences = [change_sentence(found, place) for place in range(len(found.steps))][-STEPS_SHOWN:]
    ties, forecast = found.forecast.measures["ties"], found.forecast
    sentences.append(
        f"Next wave, {counted(forecast.weeks, 'week')} on: {whole_band(ties)} ties among today's "
        f"{counted(found.waves[-1].network.start.members, 'member')} (now {len(found.waves[-1].network.start.ties):,}), as long "
        f"as they stay{with_hours(forecast.hours)}."
    )
    return [*sentences, how_far(found)]


def change_sentence(found: Following, place: int) -> str:
    """Return a step in a sentence, with what the model expects."""
    sign = next((one for one in found.weaving if one.place == place), None)
    return step_sentence(found.steps[place]) if sign is None else weaving_sentence(found.steps[place], sign)


def latest(found: Following) -> str:
    """Return the last step in a sentence."""
    return change_sentence(found, len(found.steps) - 1)


def with_hours(hours: float) -> str:
    """Return the hours of coordination, if there are any."""
    return f", with {number(hours)} h of coordination a week as before" if hours > 0 else ""


def held(one: StepResult) -> str:
    """Return how many ties held: "Since 2024-03, 41 of 60 ties held"."""
    return f"From {one.step.labels[0]} to {one.step.labels[1]}, {one.counts.kept:,} of {counted(one.counts.before, 'tie')} held"


def step_sentence(one: StepResult) -> str:
    """Return a step without weaving, next to what the fitted model gives."""
    return (
        f"{held(one)} and {one.counts.new:,} came; the model, fitted to these waves, gives {whole_band(one.fitted.kept)} and "
        f"{whole_band(one.fitted.new)}."
    )


def weaving_sentence(one: StepResult, sign: WeavingSign) -> str:
    """Return whether the network moved more than the model expects without weaving."""
    if sign.kept is not None:
        expects = (
            f"{held(one)} and {one.counts.new:,} came; without any weaving the model expects {whole_band(sign.kept)} and "
            f"{whole_band(sign.new)}"
        )
    else:
        expects = (
            f"{held(one)} and {one.counts.new:,} came; where about as many held, the model expects {whole_band(sign.new)} "
            "new ones without any weaving"
        )
    answer = {
        1: "so the network moved more than that: a sign that the coordination, or something else at that time, moved it",
        0: "so there is no clear sign yet that the coordination moved it",
        -1: "so fewer ties held or came than even without weaving",
    }[sign.sign]
    gain = f"With {number(one.step.hours)} h a week it expects {number(sign.gain.mean, 0)} more ties than without"
    return f"{expects}, {answer}. {gain} ({whole_band(sign.gain)}; the same worlds and luck)."


def how_far(found: Following) -> str:
    """Return how far to believe the fit: whether it accounts for counts and structure, and beats simple forecasts."""
    outside = [one for one in found.steps if not accounted(one)]
    unlike = [CHECK_WORDS[one.statistic] for one in found.checks if one.p < UNLIKELY]
    model, *simple = found.scores
    better = model.log_loss < min(one.log_loss for one in simple)
    parts = []
    if outside:
        parts.append(
            f"the fitted model cannot account for the ties that were kept and came in {len(outside)} of "
            f"{counted(len(found.steps), 'step')}"
        )
    if unlike:
        parts.append(f"its networks differ from yours in {' and '.join(unlike)}")
    if not parts:
        parts.append("the fitted model accounts for what changed")
    parts.append(f"its forecast of the last wave is {'better' if better else 'no better'} than simple rules")
    return f"How far to believe it: {'; '.join(parts)}."


def accounted(one: StepResult) -> bool:
    """Return whether counts of a step are within what the fitted model gives."""
    pairs = ((one.counts.kept, one.fitted.kept), (one.counts.new, one.fitted.new))
    return all(band.low <= seen <= band.high for seen, band in pairs)


def waves_table(found: Following) -> ProfilePart:
    """Return the waves as a table."""
    rows = []
    for one in found.waves:
        start = one.network.start
        each = 2 * len(start.ties) / start.members
        rows.append((one.when.label, f"{one.when.week:,}", f"{start.members:,}", f"{len(start.ties):,}", number(each)))
    return ProfilePart("Waves", (), ("Wave", "week", "members", "ties", "ties per member"), tuple(rows))


def step_parts(one: StepResult) -> list[ProfilePart]:
    """Return what changed in a step, and among whom it could be judged."""
    title = f"From {one.step.labels[0]} to {one.step.labels[1]} ({counted(one.step.weeks, 'week')})"
    changed = progress_parts(one.progress)
    silent = len(one.step.silent) - len(one.step.leavers) if one.step.directed else 0
    left_out = (
        (
            f"{counted(silent, 'member')} named nobody in {one.step.labels[1]} and may not have been asked: in what follows, "
            "they answer whoever names them.",
        )
        if silent
        else ()
    )
    return [ProfilePart(title, (*part.sentences, *left_out), part.head, part.rows) for part in changed]


def label_of(key: str) -> tuple[str, str]:
    """Return what a free parameter is, and its unit."""
    return (NAMING_LABEL, "share") if key == NAMING else (BY_KEY[key].label, BY_KEY[key].unit)


def fitted_part(found: Following) -> ProfilePart:
    """Return the fitted parameters, before and after."""
    rows = []
    for key in FREE:
        low, high = free_range(key)
        one, (label, unit) = found.fit.estimate(key), label_of(key)
        places = 3 if high < 0.1 else 2
        before = f"{number(low, places)} to {number(high, places)}"
        rows.append((label, unit, before, f"{number(one.low, places)} to {number(one.high, places)}"))
    return ProfilePart(
        "Fitted to the waves", (told_by(found.fit),), ("Parameter", "unit", "before", "after (95%)"), tuple(rows)
    )


def told_by(fit: TieFit) -> str:
    """Return which parameters the waves say something about."""
    narrower = [
        f"{label_of(key)[0].lower()} ({percent(fit.narrowed(key))} narrower)"
        for key in FREE
        if fit.narrowed(key) >= LITTLE
    ]
    if not narrower:
        return "The waves say little about any of these."
    return f"The waves say something about: {'; '.join(narrower)}. About the others they say little."


def checks_part(found: Following) -> ProfilePart:
    """Return how unlike the fitted model's networks the last wave is."""
    rows = tuple(
        (capital(CHECK_WORDS[one.statistic]), number(one.p, 2), "unlike" if one.p < UNLIKELY else "alike")
        for one in found.checks
    )
    sentence = (
        "The last wave next to the fitted model's: the share of its networks that are as far from their middle, or further "
        f"(Mahalanobis distance). Below {UNLIKELY:.2f} the model does not produce networks like yours."
    )
    return ProfilePart(
        "Does the fitted model look like your network?", (sentence,), ("Distribution", "share", "so"), rows
    )


def forecast_part(found: Following) -> ProfilePart:
    """Return the next wave with its bands, and the pairs most likely to change."""
    forecast, now = found.forecast, found.waves[-1]
    rows = []
    for name, one in forecast.measures.items():
        if name == "one-sided ties" and not found.steps[-1].step.directed:
            continue
        shares = name in MEASURED_SHARES
        cells = [percent(value) if shares else number(value, 0) for value in (one.mean, one.low, one.high)]
        rows.append((capital(name), *cells))
    sentences = [
        f"{counted(forecast.weeks, 'week')} after {now.when.label}{with_hours(forecast.hours)}: 95 of 100 futures of the fitted "
        "model are within these bands. Nobody joins or leaves."
    ]
    for title, pairs in (("Likeliest new ties", forecast.likely_new), ("Ties most at risk", forecast.likely_lost)):
        if pairs:
            listed = ", ".join(f"{a} and {b} ({percent(chance)})" for a, b, chance in pairs)
            sentences.append(f"{title} (chance to be tied then): {listed}.")
    return ProfilePart("The next wave", tuple(sentences), ("Measure", "mean", "from", "to"), tuple(rows))


def scores_part(found: Following) -> ProfilePart:
    """Return how the last wave would have been forecast."""
    if found.scored_fit:
        learnt = "All three learnt from the waves before it."
    else:
        learnt = (
            "There is no earlier step to learn from: the model used worlds as drawn, and the simple rules learnt from the last "
            "wave itself, in hindsight, which favours them."
        )
    sentences = (
        f"{found.waves[-1].when.label}, forecast without having seen it. {learnt} AUC: 0.5 is chance, 1 is perfect. Surprise: "
        "mean log loss of a pair, lower is better.",
    )
    head = ("Forecast", "ties right", "AUC, all", "AUC, new ties", "AUC, ended ties", "surprise")
    return ProfilePart("The last wave, forecast", sentences, head, tuple(map(score_row, found.scores)))


def score_row(one: ForecastScore) -> tuple[str, ...]:
    """Return a score as a row."""
    return (
        capital(one.forecast),
        percent(one.right),
        *(number(value, 2) for value in (one.auc, one.auc_new, one.auc_ended)),
        number(one.log_loss, 3),
    )


def how(found: Following) -> list[str]:
    """Return how the model was fitted."""
    sentences = [
        f"Each step was simulated from its first wave in {found.draws:,} plausible worlds (seed {found.seed}); the "
        f"{len(found.fit.worlds):,} whose ties change most like yours were kept (approximate Bayesian computation).",
        "Numbers next to the model's are among members of both waves. Those who left do so halfway; those who joined are "
        "not simulated.",
    ]
    if any(not sign.fitted for sign in found.weaving):
        sentences.append(
            "All steps had coordination, so the model cannot learn from your network what happens without: only new ties are "
            "judged, where as many were kept. A step without coordination would sharpen the answer."
        )
    sentences.append(
        "A sign is not a cause: whatever else happened in these weeks moves ties too. These are "
        "statements about a model with assumed numbers."
    )
    return sentences
