"""Figures: axes say what they measure, strategies keep their colours, no label covers another, none is cut off."""

import ast
import itertools
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from scipy.optimize import isotonic_regression

from sim.lab.analysis import effects, events
from sim.lab.results import ResultsError
from sim.model.state import OUTPUTS, WEEKLY
from sim.output import figures
from sim.output.figures import drawing, palette
from sim.output.figures.networks import RING, _layout
from sim.output.figures.stage_figures import DOT, KINDS

HORIZON = 208
STRATEGIES = {
    2: ("none", "customized"),
    6: ("none", "customized", "mass", "convening", "support", "customized, then convening twice a year"),
}
RUN_FIGURES = {
    "stages_over_time": lambda runs, **more: figures.stages_over_time(runs, HORIZON, **more),
    "time_to_event": lambda runs, **more: figures.time_to_event(runs, HORIZON, **more),
    "outputs_against_cost": figures.outputs_against_cost,
    "outputs_by_kind": figures.outputs_by_kind,
}
COLUMNS = [name for name in WEEKLY.dtype.names if WEEKLY.dtype[name].shape == ()] + ["outputs_so_far"]
MEASURED = ["mean_trust", "gifts", "in_groups", "coordinator_dependence"]


def runs_of(names, replicates=30, never=("none",)):
    """A table of runs: each strategy faster than the one before, and some that never get anywhere."""
    luck = np.random.default_rng(1)
    rows = []
    for place, name in enumerate(names):
        for replicate in range(replicates):
            weeks = np.cumsum([30, 50, 45, 60] * luck.lognormal(0, 0.3, 4)) * (1.1 - 0.1 * place)
            weeks[(weeks > HORIZON) | (name in never)] = np.nan
            outputs = luck.poisson(0 if name in never else [1, 3, 2, 5, 1, 0])
            rows.append(
                {
                    "strategy": name,
                    "replicate": replicate,
                    **{f"{stage}_week": week for stage, week in zip(palette.STAGES, weeks, strict=True)},
                    "outputs": int(np.sum(outputs)),
                    **{f"outputs_{kind}": count for kind, count in zip(KINDS, outputs * np.ones(6, int), strict=True)},
                    "cost": 0.0 if name == "none" else 40_000 + 9_000 * place + luck.normal(0, 1_500),
                }
            )
    return pd.DataFrame(rows)


def weeks_of(names=("none",), replicates=1, horizon=HORIZON):
    """A weekly table: noisy S-curves."""
    tables = []
    for place, (name, replicate) in enumerate(itertools.product(names, range(replicates))):
        luck = np.random.default_rng(place)
        week = np.arange(1, horizon + 1)
        rise = 1 / (1 + np.exp(-(week - 80) / 15))
        table = {column: np.clip(rise + luck.normal(0, 0.03, horizon), 0, 1) for column in COLUMNS}
        whole = [c for c in table if c.startswith(("groups_", "outputs_", "dropped"))]
        table |= {column: luck.poisson(0.1 + 2 * rise) for column in whole}
        tables.append(pd.DataFrame({"strategy": name, "replicate": replicate, "week": week} | table))
    return pd.concat(tables)


def events_of(*pairs):
    return pd.DataFrame(pairs, columns=["week", "event"]).assign(what="")


EVENTS = events_of((34, "connected"), (91, "aligned"), (94, "producing"), (205, "generative"), (130, "break-away"))


def network(members=60, ties=120, seed=1):
    luck = np.random.default_rng(seed)
    graph = nx.Graph()
    for node in range(members):
        graph.add_node(node, group=int(luck.integers(-1, 5)), kind=int(luck.integers(2)), new=bool(node > 50))
    for a, b in luck.integers(5, members, (ties, 2)):
        if a != b:
            graph.add_edge(int(a), int(b), trust=float(luck.random()))
    return graph


def boxes(figure):
    """Bounding boxes of all visible texts but tick labels (and without leaders), and of the page, in pixels."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    ticks = {id(tick) for axes in figure.axes for tick in (*axes.get_xticklabels(), *axes.get_yticklabels())}
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    shown = {
        text.get_text() + f" #{place}": Text.get_window_extent(text, renderer)
        for place, text in enumerate(texts)
        if id(text) not in ticks
        and not (text.axes is not None and not text.axes.axison and text.axes.get_title() == "")
    }
    return shown, figure.bbox


def shares_area(one, other, slack=1.0):
    shared = Bbox.intersection(one, other)
    return shared is not None and shared.width > slack and shared.height > slack


def assert_readable(figure):
    shown, page = boxes(figure)
    for (first, one), (second, other) in itertools.combinations(shown.items(), 2):
        assert not shares_area(one, other), f"{first!r} and {second!r} overlap"
    for name, box in shown.items():
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= page.width + 1 and box.y1 <= page.height + 1
        assert inside, f"{name!r} is cut off: {box} on {page}"


@pytest.mark.parametrize("count", STRATEGIES)
@pytest.mark.parametrize("kind", RUN_FIGURES)
def test_texts_of_comparisons_neither_overlap_nor_are_cut(kind, count):
    assert_readable(RUN_FIGURES[kind](runs_of(STRATEGIES[count], never=("none", "mass"))))


@pytest.mark.parametrize("kind", RUN_FIGURES)
def test_a_table_where_nobody_gets_anywhere_and_a_single_run_are_drawn(kind):
    assert_readable(RUN_FIGURES[kind](runs_of(["none", "mass"], never=("none", "mass"))))
    assert_readable(RUN_FIGURES[kind](runs_of(["customized"], replicates=1)))


@pytest.mark.parametrize("kind", RUN_FIGURES)
def test_names_are_shown_as_they_are_written(kind):
    """A pair of dollar signs is no formula, and a name longer than its place is cut, not spilt."""
    names = ["$20k_then_$40k", "convening of all members, twice a year, then of the core, then of whoever is left over"]
    figure = RUN_FIGURES[kind](runs_of(names))
    assert_readable(figure)
    shown = [text for text in figure.findobj(Text) if text.get_text().split("\n")[0] == names[0]]
    assert any(not text.get_parse_math() for text in shown)


def test_strategies_of_one_cost_are_moved_apart_and_labels_give_their_cost():
    runs = runs_of(["customized", "mass"]).assign(cost=78_000.0, outputs=12.0)
    figure = figures.outputs_against_cost(runs)
    (axes,) = figure.axes
    first, second = sorted(line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o")
    assert first == pytest.approx(78.0, rel=0.03) and second == pytest.approx(78.0, rel=0.03)
    apart = np.diff(axes.transData.transform([(first, 0.0), (second, 0.0)])[:, 0])[0] * 72 / figure.dpi
    assert apart >= DOT
    assert sum(text.get_text().endswith(" for $78,000") for text in figure.findobj(Text)) == 2


def dots_seen(figure, colours):
    """How many pixels of each colour a figure shows."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    seen = np.asarray(canvas.buffer_rgba())[..., :3].astype(int)
    wanted = {name: np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) for name, colour in colours.items()}
    return {name: int((np.abs(seen - rgb).max(axis=2) <= 2).sum()) for name, rgb in wanted.items()}


def test_dots_that_coincide_can_all_be_seen():
    """Three strategies of one cost that bring the same: each large dot shows, whichever is drawn last."""
    colours = {"customized": "#0072b2", "mass": "#d55e00", "blended": "#009e73"}
    place = (78.0, 20.0)
    figure, (axes,) = drawing.panels(1, 1, (4, 3))
    axes.set(xlim=(0, 100), ylim=(0, 40))
    drawing.dots(axes, [place] * 3, list(colours.values()), ["white"] * 3, 9)
    assert min(dots_seen(figure, colours).values()) > 60
    assert [tuple(map(float, line.get_xydata()[0])) for line in axes.lines] == [place] * 3
    _, (axes,) = drawing.panels(1, 1, (4, 3))
    axes.set(xlim=(0, 100), ylim=(0, 40))
    drawing.dots(axes, [(10, 20), (50, 20), (90, 20)], list(colours.values()), ["white"] * 3, 9)
    assert {line.get_markersize() for line in axes.lines} == {9}


@pytest.mark.parametrize("count", STRATEGIES)
def test_texts_of_weekly_bands_neither_overlap_nor_are_cut(count):
    assert_readable(figures.weekly_bands(weeks_of(STRATEGIES[count], 3), MEASURED))


@pytest.mark.parametrize(
    "events",
    [EVENTS, EVENTS[:0], events_of(*((3, stage) for stage in palette.STAGES))],
    ids=["four", "none", "at once"],
)
def test_texts_of_one_run_neither_overlap_nor_are_cut(events):
    assert_readable(figures.one_run(weeks_of(), events))


def test_texts_of_networks_neither_overlap_nor_are_cut():
    assert_readable(figures.network_before_after(network(), network(70, 300, 2), "Before and after two years"))
    assert_readable(figures.network_waves(network(), network(70, 300, 2), ("2024", "2025"), "From 2024 to 2025"))
    assert_readable(figures.network_map(network(), "At the start"))


@pytest.mark.parametrize("kind", RUN_FIGURES)
def test_every_panel_of_a_comparison_says_what_it_measures(kind):
    for axes in RUN_FIGURES[kind](runs_of(STRATEGIES[2])).axes:
        assert any(unit in axes.get_xlabel() for unit in ("weeks", "thousand dollars", "number"))
        rows = {label.get_text() for label in axes.get_yticklabels()}
        assert axes.get_ylabel() or rows == set(STRATEGIES[2])


def test_every_panel_over_weeks_says_what_it_measures():
    for figure in (figures.weekly_bands(weeks_of(), MEASURED), figures.one_run(weeks_of(), EVENTS)):
        assert all(axes.get_title(loc="left") and axes.get_ylabel() for axes in figure.axes)
        assert any("weeks since the start" in axes.get_xlabel() for axes in figure.axes)


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (lambda: figures.stages_over_time(runs_of(["mass"]), HORIZON), "95% interval of the share"),
        (lambda: figures.time_to_event(runs_of(["mass"]), HORIZON), "middle 80% of futures"),
        (lambda: figures.weekly_bands(weeks_of(), ["gifts"]), "middle 80% of futures"),
        (lambda: figures.outputs_against_cost(runs_of(["mass"])), "95% interval of the mean"),
    ],
)
def test_bands_say_what_they_are(figure, words):
    assert any(words in " ".join(text.get_text().split()) for text in figure().texts)


def colours_in(figure):
    """Colours of everything that carries a strategy's label, by strategy."""
    found = {}
    for axes in figure.axes:
        for line in axes.lines:
            found.setdefault(line.get_label().removeprefix("futures of "), set()).add(to_hex(line.get_color()))
        for cloud in axes.collections:
            name = str(cloud.get_label()).removeprefix("futures of ")
            found.setdefault(name, set()).add(to_hex(cloud.get_facecolor()[0]))
    return found


def test_a_strategy_keeps_its_colour_across_figures_and_subsets():
    names = STRATEGIES[6]
    expected = figures.strategy_colours(names)
    for figure in (
        figures.stages_over_time(runs_of(names), HORIZON),
        figures.outputs_against_cost(runs_of(names)),
        figures.weekly_bands(weeks_of(names), MEASURED),
    ):
        found = colours_in(figure)
        assert all(found[name] == {expected[name]} for name in names)
    bars = figures.outputs_by_kind(runs_of(names)).axes[0].patches
    assert [to_hex(bar.get_facecolor()) for bar in bars] == [expected[name] for name in names]
    few = figures.strategy_colours(["mass", "none"])
    assert few == {"mass": expected["mass"], "none": palette.BASELINE}
    own = figures.stages_over_time(runs_of(["mass"]), HORIZON, colours={"mass": "#123456"})
    assert colours_in(own)["mass"] == {"#123456"}


@given(st.lists(st.text(min_size=1), max_size=14, unique=True))
def test_strategies_have_different_colours_and_readable_names(names):
    chosen = figures.strategy_colours(names)
    assert list(chosen) == names
    others = [colour for name, colour in chosen.items() if name.lower() not in palette.BASELINE_NAMES]
    assert len(set(others)) == len(others)
    assert all(palette.contrast(palette.ink(colour)) >= palette.READABLE for colour in chosen.values())


def test_measures_without_numbers_and_measures_of_nothing_are_drawn():
    """The mean trust of an extinct network is missing, money may be 0 throughout: axes from 0, the line still named."""
    weekly = weeks_of()
    weekly.loc[weekly["week"] > 100, "mean_trust"] = np.nan
    weekly["mean_identity"] = np.nan
    weekly["money"] = 0.0
    figure = figures.weekly_bands(weekly, ["mean_trust", "mean_identity", "money"])
    assert_readable(figure)
    assert [axes.get_ylim()[0] for axes in figure.axes] == [0, 0, 0]
    assert [text.get_text() for text in figure.axes[0].texts] == ["none"]
    assert_readable(figures.one_run(weekly, EVENTS))


def test_contrast_is_that_of_wcag():
    """WCAG's own ends of the scale, and #767676, known as the lightest grey to pass level AA on white."""
    assert palette.contrast("#000000") == pytest.approx(21)
    assert palette.contrast("#ffffff") == pytest.approx(1)
    assert palette.contrast("#767676") == pytest.approx(4.54, abs=0.005)


def test_stages_and_kinds_are_those_of_the_model():
    assert tuple(KINDS) == OUTPUTS
    assert not set(palette.STAGE_COLOURS.values()) & set(palette.OKABE_ITO)


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(1, 12)), min_size=1, max_size=9),
    st.floats(-10, 0),
    st.floats(100, 140),
)
def test_spread_labels_keep_order_and_do_not_overlap(wishes, low, high):
    wanted, heights = map(np.array, zip(*wishes, strict=True))
    centres = drawing.spread(wanted, heights, low, high)
    order = np.argsort(wanted, kind="stable")
    gaps = np.diff(centres[order]) - (heights[order][1:] + heights[order][:-1]) / 2
    assert np.all(gaps >= -1e-6)
    if heights.sum() <= high - low:
        assert np.all(centres - heights / 2 >= low - 1e-6)
        assert np.all(centres + heights / 2 <= high + 1e-6)


def test_labels_with_room_stay_where_they_are_wanted():
    assert drawing.spread([10, 50, 90], [4, 4, 4], 0, 100) == pytest.approx([10, 50, 90])
    assert drawing.spread([50, 50], [4, 6], 0, 100) == pytest.approx([47.5, 52.5])


def test_a_share_that_never_got_there_stands_in_words():
    runs = runs_of(["none", "customized"], replicates=10)
    runs.loc[runs["strategy"] == "customized", "aligned_week"] = [20.0] * 7 + [np.nan] * 3
    aligned = figures.time_to_event(runs, HORIZON).axes[1]
    assert [text.get_text() for text in aligned.texts] == ["100% never", "30% never"]


def test_members_keep_their_places_and_the_unconnected_stand_on_the_ring():
    before = network()
    places = _layout(before, {})
    again = _layout(before, {})
    assert set(places) == set(before)
    assert all(np.array_equal(places[node], again[node]) for node in before)
    alone = [node for node in before if not before.degree(node)]
    assert alone
    assert all(np.hypot(*places[node]) == pytest.approx(RING) for node in alone)
    assert all(np.hypot(*places[node]) < RING - 0.1 for node in before if node not in alone)
    after = before.copy()
    after.add_edge(60, 20, trust=0.5)
    moved = _layout(after, places)
    fresh = np.random.default_rng(1).permutation([places[node] for node in before if node not in alone])
    tied = [node for node in before if node not in alone]
    shift = np.mean([np.hypot(*(moved[node] - places[node])) for node in tied])
    shuffled = np.mean([np.hypot(*(there - places[node])) for node, there in zip(tied, fresh, strict=True)])
    assert shift < shuffled / 2


@pytest.mark.parametrize(
    "graph", [nx.empty_graph(3), nx.path_graph(2), nx.disjoint_union(nx.path_graph(4), nx.path_graph(3))]
)
def test_small_and_bare_networks_are_drawn(graph):
    assert_readable(figures.network_before_after(nx.Graph(), graph, "Bare"))


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_saved_figures_are_the_same_bytes_and_leave_nothing_aside(tmp_path, ending):
    paths = [tmp_path / "deep" / f"{name}{ending}" for name in "ab"]
    for path in paths:
        assert figures.save(figures.outputs_by_kind(runs_of(["none", "mass"])), path) == [path]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert sorted((tmp_path / "deep").iterdir()) == paths


def test_saving_without_an_ending_writes_both_and_other_endings_are_refused(tmp_path):
    written = figures.save(drawing.panels(1, 1, (2, 2))[0], tmp_path / "figure")
    assert [path.name for path in written] == ["figure.png", "figure.svg"]
    with pytest.raises(ValueError, match=r"\.png or \.svg, not \.gif"):
        figures.save(Figure(), tmp_path / "figure.gif")


def test_a_failed_save_keeps_the_old_file(tmp_path):
    path = tmp_path / "figure.png"
    figures.save(drawing.panels(1, 1, (2, 2))[0], path)
    old = path.read_bytes()
    broken = Figure()
    broken.savefig = lambda *_, **__: (_ for _ in ()).throw(OSError("disk full"))  # type: ignore[method-assign]
    with pytest.raises(ResultsError, match="disk full"):
        figures.save(broken, path)
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "path", [*Path(figures.__file__).parent.glob("*.py"), Path(events.__file__), Path(effects.__file__)]
)
def test_pyplot_and_the_engine_stay_out(path):
    """pyplot holds global state that belongs to one thread, and no figure may need a running model."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {
        f"{node.module}.{alias.name}" for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert not [name for name in names if "pyplot" in name]
    allowed = (
        "sim.output.figures",
        "sim.output.words",
        "sim.lab.analysis",
        "sim.lab.results",
        "sim.lab.results",
        "sim.evidence.questions.question_maps",
    )
    assert all(name.startswith(allowed) for name in names if name.split(".")[0] == "sim")


@given(st.lists(st.floats(-5, 5), max_size=12))
def test_pooling_neighbours_is_isotonic_regression(values):
    expected = isotonic_regression(values).x if values else []
    np.testing.assert_allclose(drawing.rising(np.array(values)), expected, atol=1e-12)
