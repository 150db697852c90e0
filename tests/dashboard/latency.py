"""How quick the dashboard is, measured in a real browser: `python -m tests.dashboard.latency`.

It starts `gennet dashboard` on a free port and drives it with Debian's Chromium.  What it prints are medians, with the
targets beside them.  Times depend on the machine and on what else runs there, so the one for the whole answer is held
against `sim.compare` on the same futures, from a warm process, measured in turn with it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from sim.dashboard.links import to_query
from sim.dashboard.questions import Question, held
from sim.dashboard.scenarios import scenario_of
from sim.lab.comparison import compare
from tests.dashboard.browser.conftest import CHROMIUM, FINAL, FLAGS, Server

LET_GO = """([name, value]) => { const slider = document.querySelector(`[data-testid=${name}]`);
    slider.value = value; slider.dispatchEvent(new Event('input', {bubbles: true}));
    window.letGo = performance.now(); slider.dispatchEvent(new Event('change', {bubbles: true})); }"""
ANSWERED = """([before, final]) => { const found = document.querySelector('[data-testid=verdict]');
    return found && found.dataset.fresh === 'true' && found.dataset.of !== before
        && (!final || found.dataset.final === 'true') && performance.now() - window.letGo; }"""
SAID = """before => { const now = document.querySelector('[data-testid=spent-a]').textContent;
    return now !== before && performance.now() - window.letGo; }"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
PLAYED = """() => new Promise(done => { const player = window.gennetPlayer, frames = player.frames, began = performance.now();
    setTimeout(() => done(1000 * (player.frames - frames) / (performance.now() - began)), 5000); })"""
DRAWN = """() => { const times = [];
    for (let week = 60; week < 140; week++) { const began = performance.now(); window.gennetPlayer.seek(week);
        times.push(performance.now() - began); }
    return times.sort((a, b) => a - b)[times.length >> 1]; }"""
BUDGETS = (50_000, 30_000, 60_000, 45_000, 25_000, 52_000, 33_000, 47_000, 28_000)


def since_letting_go(page: Page, name: str, value: float, condition: str, argument: object) -> float:
    """Move a slider, and say how many milliseconds after letting go the page was so."""
    page.evaluate(LET_GO, [name, str(value)])
    return float(page.wait_for_function(condition, arg=argument, polling=5, timeout=120_000).json_value())


def answered(page: Page, name: str, value: float, final: bool) -> float:
    """Milliseconds from letting go of a slider to the preview, or to the whole answer."""
    before = page.get_attribute("[data-testid=verdict]", "data-of")
    return since_letting_go(page, name, value, ANSWERED, [before, final])


def opened(browser: Browser, address: str, query: str = "") -> Page:
    """The home page in a session of its own, with its whole answer."""
    page = browser.new_context().new_page()
    page.goto(f"{address}/{f'?{query}' if query else ''}")
    page.wait_for_selector(FINAL, timeout=120_000)
    return page


def first_paint(browser: Browser, address: str) -> tuple[float, float]:
    """Median milliseconds to the first paint and to the verdict of the home page, in fresh sessions."""
    opened(browser, address).context.close()
    paints, verdicts = [], []
    for _ in range(7):
        page = browser.new_context().new_page()
        began = time.perf_counter()
        page.goto(address)
        page.wait_for_selector("[data-testid=verdict]")
        verdicts.append(1000 * (time.perf_counter() - began))
        paints.append(float(page.evaluate(PAINTED)))
        page.context.close()
    return statistics.median(paints), statistics.median(verdicts)


def previews(browser: Browser, address: str) -> list[float]:
    """Milliseconds from letting go of the budget's slider to a refreshed preview, one for each move."""
    page = opened(browser, address)
    found = []
    for budget in BUDGETS:
        found.append(answered(page, "budget", budget, final=False))
        page.wait_for_timeout(150)
    page.context.close()
    return found


def whole_answers(browser: Browser, address: str) -> tuple[float, float]:
    """Median seconds for 200 paired futures of two strategies, 100 members, 156 weeks: on the page, and by `compare`."""
    base = held(replace(Question(), members=100, years=3, strategies=Question.strategies[:2]))
    page = opened(browser, address, to_query(base))
    compare(scenario_of(base), 4)
    here, plain = [], []
    for budget in BUDGETS[:3]:
        here.append(answered(page, "budget", budget, final=True) / 1000)
        page.wait_for_timeout(300)
        began = time.perf_counter()
        compare(scenario_of(replace(base, budget=budget)), 200)
        plain.append(time.perf_counter() - began)
    page.context.close()
    return statistics.median(here), statistics.median(plain)


def slider_of_another(browser: Browser, address: str) -> tuple[float, float]:
    """Median milliseconds from a slider to the words beside it: machine idle, and while another session computes."""
    one, other = opened(browser, address), opened(browser, address)
    found = []
    for busy in (False, True):
        if busy:
            one.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
            one.evaluate(LET_GO, ["futures", "1000"])
            one.wait_for_timeout(700)
        times = []
        for place, budget in enumerate(BUDGETS):
            words = other.text_content("[data-testid=spent-a]")
            times.append(since_letting_go(other, "budget", budget + 1000 * busy, SAID, words))
            other.click("[data-testid=stop]") if other.is_visible("[data-testid=stop]") else None
            other.wait_for_timeout(60 + place)
        found.append(statistics.median(times))
    one.context.close()
    other.context.close()
    return found[0], found[1]


def film_of_many(browser: Browser, address: str) -> tuple[float, float]:
    """Frames a second of the film of 500 members while it plays, and milliseconds that drawing one takes (median)."""
    page = browser.new_context().new_page()
    page.goto(f"{address}/watch?members=500&years=3&futures=20&future=0&a=personal&b=mass")
    page.wait_for_selector("[data-testid=film][data-ready=true]", timeout=240_000)
    page.bring_to_front()
    page.evaluate("window.gennetPlayer.seek(60)")
    page.click("[data-testid=play]")
    rate = page.evaluate(PLAYED)
    page.click("[data-testid=play]")
    taken = page.evaluate(DRAWN)
    page.context.close()
    return float(rate), float(taken)


def memory(server: Server) -> float:
    """Megabytes that the server holds."""
    for line in Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def many_sessions(browser: Browser, server: Server, number: int) -> tuple[float, float, float, int]:
    """Megabytes before, with so many sessions that each ask three what-ifs, and after they left; complaints seen."""
    small = to_query(held(replace(Question(), members=30, years=2, futures=40)))
    for _ in range(2):
        opened(browser, server.address, small).context.close()
    time.sleep(8)
    before = memory(server)
    pages, complaints = [], []
    for _ in range(number):
        page = browser.new_context().new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.goto(f"{server.address}/?{small}")
        pages.append(page)
    for page in pages:
        page.wait_for_selector(FINAL, timeout=120_000)
    for step in range(3):
        asked = [(page, page.get_attribute("[data-testid=verdict]", "data-of")) for page in pages]
        for place, page in enumerate(pages):
            page.evaluate(LET_GO, ["budget", str(10_000 + 1000 * (place + 40 * step))])
        for page, of in asked:
            page.wait_for_function(ANSWERED, arg=[of, True], timeout=120_000)
    during = memory(server)
    for page in pages:
        page.context.close()
    time.sleep(15)
    return before, during, memory(server), len(complaints)


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=20, help="sessions at once (20)")
    sessions = parser.parse_args().sessions
    server = Server(SOLARA_KERNEL_CULL_TIMEOUT="3s")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            print(f"load before: {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores")
            paint, verdict = first_paint(browser, server.address)
            print(f"first paint: {paint:.0f} ms (target 1500); verdict of the home page: {verdict:.0f} ms")
            moves = previews(browser, server.address)
            shown = ", ".join(f"{move:.0f}" for move in moves)
            print(f"slider let go to preview: median {statistics.median(moves):.0f} ms (target 500); each: {shown}")
            here, plain = whole_answers(browser, server.address)
            print(
                f"200 futures of two strategies: {here:.2f} s, compare {plain:.2f} s: {here / plain:.2f} times (target 1.2)"
            )
            idle, busy = slider_of_another(browser, server.address)
            print(f"slider to words: {idle:.0f} ms; while another session computes: {busy:.0f} ms (target 100)")
            rate, taken = film_of_many(browser, server.address)
            print(f"film of 500 members: {rate:.0f} frames a second (target 60), {taken:.1f} ms to draw one")
            before, during, after, complaints = many_sessions(browser, server, sessions)
            print(
                f"{sessions} sessions of 3 what-ifs: {complaints} complaints; memory {before:.0f} MB before, "
                f"{during:.0f} during, {after:.0f} after: {after / before:.2f} times (target 1.2)"
            )
            browser.close()
    finally:
        code, _ = server.stop()
        print(f"server ended with {code}")


if __name__ == "__main__":
    main()
