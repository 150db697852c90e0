"""Your network: upload it, see what was understood and how it is doing, and use it as the start on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import solara

from sim.dashboard.pages.network.state import CHOICES, example, files_of, options_of
from sim.dashboard.questions import from_query, to_query
from sim.dashboard.shared.templates import Element, Template, packed
from sim.dashboard.uploaded_network import MOST_UPLOADED, hold, upload, uploaded
from sim.inputs.reading.plain import DEFAULT_OPTIONS, File, NetworkFaults, ReadOptions
from sim.inputs.reading.reader import ALLOWED
from sim.model.start import NetworkError

Upload = Template(
    Path(__file__).parent / "view.vue",
    "network fault wanted used example most allowed headings choices",
    "files choose use leave",
)
"""`wanted`: the fingerprint of the network that a link needs and that is not there; `used`: whether all pages start from it."""

NO_FILES: tuple[File, ...] = ()
NO_HEADINGS: tuple[str, ...] = ()


@solara.component
def Network() -> Element:
    """The page."""
    router = solara.use_router()
    question = solara.use_memo(lambda: from_query(router.search).question, [router.search])
    fault, set_fault = solara.use_state("")
    sent_files, set_sent = solara.use_state(NO_FILES)
    headings, set_headings = solara.use_state(NO_HEADINGS)
    network = uploaded.value
    summary = solara.use_memo(lambda: packed(network.summary() if network is not None else None), [network])
    example_files = solara.use_memo(example, [])

    def read(files: tuple[File, ...], options: ReadOptions) -> None:
        try:
            taken = upload(files, options)
            hold(taken)
            set_headings(taken.read.headings)
            set_fault("")
        except NetworkError as error:
            set_headings(error.headings if isinstance(error, NetworkFaults) else ())
            set_fault(str(error))

    def files(sent: Sequence[Mapping[str, str]]) -> None:
        try:
            arrived = tuple(files_of(sent))
        except NetworkError as error:
            set_fault(str(error))
            return
        set_sent(arrived)
        read(arrived, DEFAULT_OPTIONS)

    def choose(chosen: Mapping[str, object]) -> None:
        if sent_files:
            read(sent_files, options_of(chosen))

    def use(data: object) -> None:
        if network is not None:
            router.push(f"/?{to_query(network.question(question))}")

    def leave(data: object) -> None:
        hold(None)
        if question.own:
            router.push(f"{router.path}?{to_query(replace(question, own='', members=60))}")

    used = network is not None and network.fingerprint == question.own
    return Upload(
        network=summary,
        fault=fault,
        wanted="" if used else question.own,
        used=used,
        example=example_files,
        most=MOST_UPLOADED,
        allowed=ALLOWED,
        headings=headings if sent_files else (),
        choices=CHOICES,
        on_files=files,
        on_choose=choose,
        on_use=use,
        on_leave=leave,
    )
