"""Settings of hypothesis, the `fast` marker, and compilation before pytest-xdist starts its workers.

Hypothesis runs without a deadline, since a first call compiles, and draws the same examples every time.  Other ones are drawn
with `--hypothesis-profile explore`.
"""

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from functools import wraps
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name
from unittest.mock import patch

import pytest
from hypothesis import settings

settings.register_profile("gennet", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("gennet")

if sys.version_info >= (3, 12):
    # Workers measure coverage by `sys.monitoring`, which costs next to nothing.  With older Pythons a measured test takes up to
    # twice as long: tests that repeat the same lines thousands of times are marked `no_cover`.
    os.environ.setdefault("COVERAGE_CORE", "sysmon")

# As in the dashboard, for which this would be too late; one test checks the hooks of all pages.
os.environ.setdefault("SOLARA_CHECK_HOOKS", "off")

# The suite starts some hundred processes.  Without bytecode each of them compiles all sources once more, and each worker
# all tests: a tenth of the suite's time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

ROOT = Path(__file__).parents[1]
FAST = (
    "model/rules",
    "model/weaving",
    "model/measures",
    "model/test_luck.py",
    "model/test_outcomes.py",
    "model/test_schedule.py",
    "model/test_world.py",
    "inputs",
    "lab/analysis",
    "lab/experiment/test_designs.py",
    "lab/experiment/test_experiment.py",
    "lab/experiment/test_factors.py",
    "lab/experiment/test_reading.py",
    "lab/test_comparison.py",
    "lab/test_future.py",
    "lab/test_results.py",
    "output",
    "evidence/charts",
    "evidence/claims/test_claim.py",
    "evidence/claims/test_future_measures.py",
    "evidence/claims/test_trial.py",
    "evidence/claims/test_verdict_rule.py",
    "evidence/targets/test_club_split.py",
    "evidence/targets/test_counting.py",
    "evidence/targets/test_newcomb.py",
    "evidence/targets/test_strangers.py",
    "evidence/targets/test_target_catalogue.py",
    "evidence/targets/test_tie_turnover.py",
)
"""Folders and files whose tests are marked `fast`, unless they are marked `slow`."""
NOT_FAST = (
    "inputs/reading/test_limits.py",
    "output/test_figures.py",
    "output/report/test_report_page.py",
    "output/report/test_sentences.py",
)
"""Files below these folders that draw, write whole reports or start processes."""

FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Playwright's own list, which this one replaces, and the suggestions below the address, a page of their own in every window
    # that would cost a fifth of the browser's time.
    "--disable-features=AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,"
    "AvoidCorsURLLoaderRestartOnRedirect,TcpPortRandomizationWin,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,"
    "PreconnectToSearch,WebUIOmniboxPopup,WebUIOmniboxAimPopup,OmniboxPopupAim",
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

SHORT = 'Scenario.load("scenarios/weaving.toml").with_({"weeks": 5})'
COMPILING = (
    f"from sim import Scenario, simulate; simulate({SHORT}, 'blended', seed=1)",
    f"from sim import GenerativeNetwork, Scenario; GenerativeNetwork({SHORT}, 'blended', rng=1).run_model()",
)
"""Programs that compile the weekly loop and the agents' steps.  They run in parallel: neither needs the other."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config, specs):
    """Compile the rules once for all workers instead of once in each."""
    if len(specs) > 1 and not config.option.collectonly:
        # Without coverage, which slows the compiler down and has nothing to see there.
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")} | {"PYTHONPATH": str(ROOT)}
        processes = [
            subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
            for code in COMPILING
        ]
        for process in processes:
            process.wait()


LONGEST = (
    "dashboard/browser",
    "cli/test_cli.py",
    "evidence/claims/test_catalogue.py",
    "output/report/test_report_page.py",
    "cli/test_cli_sweep.py",
    "dashboard/results",
    "lab/experiment/test_cluster.py",
    "output/report/test_sentences.py",
    "model/test_engine.py",
    "model/test_linking.py",
    "model/test_jit.py",
    "model/test_directions.py",
    "model/measures/test_uncompiled.py",
    "docs",
    "lab/experiment/test_sweeping.py",
    "output/test_figures.py",
    "lab/test_extras.py",
    "lab/experiment/test_store.py",
    "dashboard/drivers",
    "model/test_model.py",
    "test_fuzz.py",
    "lab/test_planning.py",
    "inputs/reading/test_limits.py",
    "lab/test_full_disk.py",
    "lab/test_selftest.py",
    "lab/test_own_rules.py",
    "test_style.py",
    "dashboard/test_pages.py",
    "dashboard/test_answers.py",
    "dashboard/test_questions.py",
    "evidence",
    "lab/analysis",
)
"""Folders and files that take longest.  Workers take them first, so that none ends with one while others have nothing to do."""
TOGETHER = ("tests/dashboard/browser/", "tests/dashboard/results/")
"""Folders whose files share a server or results that take long to make."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each file to one worker, so that what its tests share is made once."""
    if config.getvalue("dist") != "load":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class FileByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.split("::")[0])

    config.option.loadscopereorder = False  # not by the number of tests, but in the order of `collected_first`
    return FileByFile(config, log)


def collected_first(item):
    """Return the place of a test's file among those that take longest."""
    own = item.path.relative_to(ROOT / "tests")
    return next((place for place, part in enumerate(LONGEST) if own.is_relative_to(part)), len(LONGEST))


def is_fast(path):
    """Return whether the tests of a file, or some below a folder, are marked `fast`."""
    own = path.relative_to(ROOT / "tests")
    return own.as_posix() not in NOT_FAST and any(
        own.is_relative_to(part) or (path.is_dir() and Path(part).is_relative_to(own)) for part in FAST
    )


def pytest_ignore_collect(collection_path, config):
    """Import no other test files for `-m fast`: that would take half of the time."""
    if config.option.markexpr == "fast" and collection_path.is_relative_to(ROOT / "tests"):
        return not is_fast(collection_path) or None
    return None


def pytest_collection_modifyitems(config, items):
    """Mark the quick tests, and let workers begin with what takes longest."""
    if hasattr(config, "workerinput"):
        items.sort(key=collected_first)
    for item in items:
        if not item.get_closest_marker("slow") and is_fast(item.path):
            item.add_marker("fast")


COVERED = {}
"""Variables of the environment with which a process is measured for coverage; empty without coverage."""


@pytest.fixture(scope="session", autouse=True)
def processes_are_not_measured():
    """Measure no process for coverage but those that are given `COVERED`: it doubles the time of the others."""
    COVERED.update({name: os.environ.pop(name) for name in list(os.environ) if name.startswith("COVERAGE_PROCESS")})


IMPORTED = (
    "mesa",
    "pandas",
    "pyarrow.parquet",
    "scipy.stats",
    "matplotlib.backends.backend_agg",
    "solara",
    "ipyvuetify",
    "uvicorn",
    "networkx",
    "openpyxl",
    "pydantic",
    "typer",
    "rich.console",
    "hypothesis.strategies",
    "html5lib",
)
"""Libraries that workers import before coverage slows it down.  Not numba: `sim.model.jit` sets it up."""


def pytest_configure(config):
    """Import libraries first in workers that run the whole suite."""
    if hasattr(config, "workerinput") and config.option.markexpr != "fast":
        for name in IMPORTED:
            import_module(name)


LIBRARIES = (
    "matplotlib.figure.Figure.savefig",
    "numba.core.dispatcher.Dispatcher.compile",
    "html5lib.html5parser.HTMLParser.parse",
    "rich.console.Console.print",
)
"""Functions of libraries in which the suite spends much time, and which call no code of the project."""


def untraced(function):
    """Return a function that runs without the trace function of coverage, which doubles the time of everything."""

    @wraps(function)
    def call(*args, **kwargs):
        tracer = sys.gettrace()
        sys.settrace(None)
        try:
            return function(*args, **kwargs)
        finally:
            sys.settrace(tracer)

    return call


@pytest.fixture(scope="session", autouse=True)
def libraries_are_not_traced():
    """Draw, compile and parse without coverage, which has nothing to see there."""
    with ExitStack() as stack:
        for name in LIBRARIES if sys.gettrace() else ():
            stack.enter_context(patch(name, untraced(resolve_name(name))))
        yield


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests of a worker: Playwright allows no second one of its synchronous kind beside it."""
    if not CHROMIUM:
        pytest.skip("no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def outcomes_as_before():
    """Forget outcomes of one's own after a test: other tests count those of the model."""
    from sim.model.outcomes import BY_NAME

    with patch.dict(BY_NAME):
        yield
