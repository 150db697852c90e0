"""Measure the dashboard's latency in a real browser: `python -m tests.dashboard.latency`.

The script starts `gennet dashboard` on a free port, drives it with Debian's Chromium, and prints medians with their
targets.  Times depend on the machine and its load, so the time for a full answer is compared with that of `sim.compare`
on the same futures, measured alternately in a warm process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from sim.dashboard.questions import Question, held, to_query
from sim.dashboard.scenarios import scenario_of
from sim.lab.comparison import compare
from tests.conftest import CHROMIUM, FLAGS
from tests.dashboard.browser.conftest import FINAL, Server

RELEASE = """([name, value]) => { const slider = document.querySelector(`[data-testid=${name}]`);
    slider.value = value; slider.dispatchEvent(new Event('input', {bubbles: true}));
    window.releasedAt = performance.now(); slider.dispatchEvent(new Event('change', {bubbles: true})); }"""
ANSWERED = """([before, final]) => { const verdict = document.querySelector('[data-testid=verdict]');
    return verdict && verdict.dataset.fresh === 'true' && verdict.dataset.of !== before
        && (!final || verdict.dataset.final === 'true') && performance.now() - window.releasedAt; }"""
COST_CHANGED = """before => { const now = document.querySelector('[data-testid=spent-a]').textContent;
    return now !== before && performance.now() - window.releasedAt; }"""
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
FRAME_RATE = """() => new Promise(done => { const player = window.gennetPlayer, frames = player.frames, began = performance.now();
    setTimeout(() => done(1000 * (player.frames - frames) / (performance.now() - began)), 5000); })"""
DRAW_TIME = """() => { const times = [];
    for (let week = 60; week < 140; week++) { const began = performance.now(); window.gennetPlayer.seek(week);
        times.push(performance.now() - began); }
    return times.sort((a, b) => a - b)[times.length >> 1]; }"""
BUDGETS = (50_000, 30_000, 60_000, 45_000, 25_000, 52_000, 33_000, 47_000, 28_000)


def milliseconds_until(page: Page, name: str, value: float, condition: str, argument: object) -> float:
    """Move a slider; return the milliseconds from its release until the page meets a condition."""
    page.evaluate(RELEASE, [name, str(value)])
    return float(page.wait_for_function(condition, arg=argument, polling=5, timeout=120_000).json_value())


def time_to_answer(page: Page, name: str, value: float, final: bool) -> float:
    """Return the milliseconds from releasing a slider to the preview or to the full answer."""
    before = page.get_attribute("[data-testid=verdict]", "data-of")
    return milliseconds_until(page, name, value, ANSWERED, [before, final])


def open_home(browser: Browser, address: str, query: str = "") -> Page:
    """Open the home page in a new session and wait for its full answer."""
    page = browser.new_context().new_page()
    page.goto(f"{address}/{f'?{query}' if query else ''}")
    page.wait_for_selector(FINAL, timeout=120_000)
    return page


def first_paint(browser: Browser, address: str) -> tuple[float, float]:
    """Return the median milliseconds to the first paint and to the verdict of the home page, in new sessions."""
    open_home(browser, address).context.close()
    paints, verdicts = [], []
    for _ in range(7):
        page = browser.new_context().new_page()
        began = time.perf_counter()
        page.goto(address)
        page.wait_for_selector("[data-testid=verdict]")
        verdicts.append(1000 * (time.perf_counter() - began))
        paints.append(float(page.evaluate(FIRST_PAINT)))
        page.context.close()
    return statistics.median(paints), statistics.median(verdicts)


def previews(browser: Browser, address: str) -> list[float]:
    """Return the milliseconds from releasing the budget slider to an updated preview, for each move."""
    page = open_home(browser, address)
    times = []
    for budget in BUDGETS:
        times.append(time_to_answer(page, "budget", budget, final=False))
        page.wait_for_timeout(150)
    page.context.close()
    return times


def full_answers(browser: Browser, address: str) -> tuple[float, float]:
    """Return the median seconds for 200 paired futures of two strategies on the page, and by `compare`.

    The network has 100 members and runs 156 weeks.  Renewal is tested after the answer, so `compare` runs without that test.
    """
    base = held(replace(Question(), members=100, years=3, strategies=Question.strategies[:2]))
    page = open_home(browser, address, to_query(base))
    compare(scenario_of(base), 4)
    dashboard, direct = [], []
    for budget in BUDGETS[:3]:
        dashboard.append(time_to_answer(page, "budget", budget, final=True) / 1000)
        page.wait_for_timeout(300)
        began = time.perf_counter()
        compare(scenario_of(replace(base, budget=budget)), 200, renewal=False)
        direct.append(time.perf_counter() - began)
    page.context.close()
    return statistics.median(dashboard), statistics.median(direct)


def slider_under_load(browser: Browser, address: str) -> tuple[float, float]:
    """Return the median milliseconds from a slider to its cost text: idle, and while another session computes."""
    busy_page, page = open_home(browser, address), open_home(browser, address)
    medians = []
    for busy in (False, True):
        if busy:
            busy_page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
            busy_page.evaluate(RELEASE, ["futures", "1000"])
            busy_page.wait_for_timeout(700)
        times = []
        for place, budget in enumerate(BUDGETS):
            text = page.text_content("[data-testid=spent-a]")
            times.append(milliseconds_until(page, "budget", budget + 1000 * busy, COST_CHANGED, text))
            # The button may be gone at any moment.
            page.evaluate("document.querySelector('[data-testid=stop]')?.click()")
            page.wait_for_timeout(60 + place)
        medians.append(statistics.median(times))
    busy_page.context.close()
    page.context.close()
    return medians[0], medians[1]


def film_of_500(browser: Browser, address: str) -> tuple[float, float]:
    """Return frames per second of the film of 500 members, and the median milliseconds to draw one frame."""
    page = browser.new_context().new_page()
    page.goto(f"{address}/watch?members=500&years=3&futures=20&future=0&a=personal&b=mass")
    page.wait_for_selector("[data-testid=film][data-ready=true]", timeout=240_000)
    page.bring_to_front()
    page.evaluate("window.gennetPlayer.seek(60)")
    page.click("[data-testid=play]")
    rate = page.evaluate(FRAME_RATE)
    page.click("[data-testid=play]")
    draw_time = page.evaluate(DRAW_TIME)
    page.context.close()
    return float(rate), float(draw_time)


def memory(server: Server) -> float:
    """Return the server's resident memory in megabytes."""
    for line in Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def many_sessions(browser: Browser, server: Server, number: int) -> tuple[float, float, float, int]:
    """Return memory in megabytes before, during and after many sessions, and the number of browser errors.

    Each session changes the budget three times.
    """
    small = to_query(held(replace(Question(), members=30, years=2, futures=40)))
    for _ in range(2):
        open_home(browser, server.address, small).context.close()
    time.sleep(8)
    before = memory(server)
    pages, errors = [], []
    for _ in range(number):
        page = browser.new_context().new_page()
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{server.address}/?{small}")
        pages.append(page)
    for page in pages:
        page.wait_for_selector(FINAL, timeout=120_000)
    for step in range(3):
        previous = [(page, page.get_attribute("[data-testid=verdict]", "data-of")) for page in pages]
        for place, page in enumerate(pages):
            page.evaluate(RELEASE, ["budget", str(10_000 + 1000 * (place + 40 * step))])
        for page, answer in previous:
            page.wait_for_function(ANSWERED, arg=[answer, True], timeout=120_000)
    during = memory(server)
    for page in pages:
        page.context.close()
    time.sleep(15)
    return before, during, memory(server), len(errors)


def main() -> None:
    """Run all measurements and print the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=20, help="number of simultaneous sessions (20)")
    sessions = parser.parse_args().sessions
    server = Server(prepares=True, SOLARA_KERNEL_CULL_TIMEOUT="3s")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            print(f"load before: {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores")
            paint, verdict = first_paint(browser, server.address)
            print(f"first paint: {paint:.0f} ms (target 1500); verdict of the home page: {verdict:.0f} ms")
            moves = previews(browser, server.address)
            all_moves = ", ".join(f"{move:.0f}" for move in moves)
            print(f"slider to preview: median {statistics.median(moves):.0f} ms (target 500); all: {all_moves}")
            dashboard, direct = full_answers(browser, server.address)
            print(
                f"200 futures of two strategies: {dashboard:.2f} s (target 2.5 on two quiet cores), compare {direct:.2f} s, "
                f"ratio {dashboard / direct:.2f} (target 1.2)"
            )
            idle, busy = slider_under_load(browser, server.address)
            print(f"slider to cost text: {idle:.0f} ms; while another session computes: {busy:.0f} ms (target 100)")
            rate, draw_time = film_of_500(browser, server.address)
            print(f"film of 500 members: {rate:.0f} frames per second (target 60), {draw_time:.1f} ms to draw one")
            before, during, after, errors = many_sessions(browser, server, sessions)
            print(
                f"{sessions} sessions of 3 changes: {errors} errors; memory {before:.0f} MB before, "
                f"{during:.0f} during, {after:.0f} after: ratio {after / before:.2f} (target 1.2)"
            )
            browser.close()
    finally:
        code, _ = server.stop()
        print(f"server ended with {code}")


if __name__ == "__main__":
    main()
