"""Your network: upload it, see its profile, use it as the start on every page, and keep it in a file or on the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import solara
from solara.routing import Router

from sim.dashboard.kept_networks import DAYS, SUFFIX, KeptNetworks, saved_in
from sim.dashboard.pages.network.earlier_survey import (
    EarlierSurvey,
    ForecastRequest,
    changed_since,
    earlier,
    earlier_wave,
    forecast,
    forecast_request,
    read_earlier,
    with_codes,
)
from sim.dashboard.pages.network.state import CHOICES, KEPT, example, files_of, kept_network, options_of, without_key
from sim.dashboard.questions import Question, from_query, to_query, values_of
from sim.dashboard.shared.background import Status, use_background
from sim.dashboard.shared.templates import Download, Element, Template, packed
from sim.dashboard.uploaded_network import (
    COOKIE,
    MOST_UPLOADED,
    KeptHere,
    UploadedNetwork,
    hold,
    kept_here,
    restore,
    upload,
    upload_waves,
    uploaded,
)
from sim.inputs.reading.plain import DEFAULT_OPTIONS, File, NetworkFaults, ReadOptions
from sim.inputs.reading.reader import ALLOWED
from sim.model.start import NetworkError

Upload = Template(
    Path(__file__).parent / "view.vue",
    "network fault wanted used example most allowed headings choices kept file cookie days since since_fault next status",
    "files choose use leave keep delete save codes earlier forget_earlier forecast",
)
"""`wanted`: the fingerprint of the network that a link needs and that is not there; `used`: whether all pages start from it.

`kept`: the key under which the server keeps the network, and until when; `file`: a file for the browser to save.  `since`: what
changed since an earlier survey; `next`: what the model fitted to that says, `status`: how far it is.
"""


@dataclass(frozen=True)
class UploadReading:
    """What came of the last upload: files, headings to choose columns from, and a fault in words."""

    files: tuple[File, ...] = ()
    headings: tuple[str, ...] = ()
    fault: str = ""


def read(files: tuple[File, ...], options: ReadOptions, merged: bool = False) -> UploadReading:
    """Read uploaded files and hold the network, of several waves the latest; the one before stays if they are faulty.

    `merged`: the ties of all dates make one network.
    """
    try:
        taken, waves = (upload(files, options), ()) if merged else upload_waves(files, options)
        hold(taken)
        earlier.set(earlier_wave(taken, waves))
        return UploadReading(files, taken.read.headings)
    except NetworkError as error:
        return UploadReading(files, error.headings if isinstance(error, NetworkFaults) else (), str(error))


def receive(sent: Sequence[Mapping[str, str]], router: Router) -> UploadReading:
    """Read what a browser sent: files of a network, or one that this page saved, with its settings."""
    try:
        arrived = tuple(files_of(sent))
        saved = saved_in(arrived)
        if saved is None:
            return read(arrived, DEFAULT_OPTIONS)
        network = upload(saved.files, names=saved.names)
    except NetworkError as error:
        return UploadReading(fault=str(error))
    hold(network)
    router.push(f"/network?{to_query(network.question(from_query(saved.query).question))}")
    return UploadReading()


def open_link(router: Router) -> str:
    """Restore the network of a link with a key; return what is wrong, "" if nothing."""
    key = values_of(router.search).get(KEPT, "")
    if not key or (kept_here.value is not None and kept_here.value.key == key):
        return ""
    if restore(key) is not None:
        return ""
    return "The network of this link is no longer kept: it was deleted, or its date has passed. Upload the files again."


def keep(question: Question) -> str:
    """Keep the session's network on the server; return what is wrong, "" if nothing."""
    network = uploaded.value
    if network is None:
        return ""
    try:
        kept_here.set(KeptHere(*KeptNetworks().keep(kept_network(network, question))))
    except NetworkError as error:
        return str(error)
    return ""


def leave(router: Router, question: Question) -> None:
    """Forget the session's network."""
    hold(None)
    if question.own:
        router.push(f"{router.path}?{to_query(replace(question, own='', members=60))}")


def delete(router: Router) -> None:
    """Delete the session's network from the server."""
    kept = kept_here.value
    if kept is not None:
        KeptNetworks().delete(kept.key)
        kept_here.set(None)
        router.push(f"/network?{without_key(router.search)}")


@dataclass(frozen=True)
class Since:
    """What the page shows of an earlier survey, and what it does with it.

    `change`, `parts`: what changed, and the forecast, packed; `parts` is that of the present request only.
    """

    survey: EarlierSurvey | None
    change: str
    fault: str
    parts: str
    status: Status
    take: Callable[[Sequence[Mapping[str, str]]], None]
    forget: Callable[[object], None]
    forecast: Callable[[object], None]

    @property
    def properties(self) -> dict[str, object]:
        """It as properties and events of the template."""
        shown = {"since": self.change, "since_fault": self.fault, "next": self.parts, "status": self.status}
        return {**shown, "on_earlier": self.take, "on_forget_earlier": self.forget, "on_forecast": self.forecast}


def use_earlier(network: UploadedNetwork | None) -> Since:
    """Hold an earlier survey of a network, and fit the model to what changed when the visitor asks for it."""
    fault, set_fault = solara.use_state("")
    nothing: ForecastRequest | None = None
    request, set_request = solara.use_state(nothing)
    held = earlier.value
    survey = held if held is not None and network is not None and held.of == network.fingerprint else None
    change = solara.use_memo(
        lambda: packed(changed_since(survey, network) if survey is not None and network is not None else None),
        [survey, network],
    )
    key = (id(survey), request)
    view = use_background(lambda dropped: forecast(survey, network, request, dropped), key)

    def take(sent: Sequence[Mapping[str, str]]) -> None:
        if network is None:
            return
        try:
            earlier.set(read_earlier(network, tuple(files_of(sent))))
            set_request(None)
            set_fault("")
        except NetworkError as error:
            set_fault(str(error))

    def forget(data: object) -> None:
        earlier.set(None)
        set_request(None)
        set_fault("")

    def ask(data: object) -> None:
        wanted = forecast_request(data)
        if wanted == request:
            view.again()
        set_request(wanted)

    parts = solara.use_memo(lambda: packed(view.result), [id(view.result)])
    status = view.status if request is not None else Status("none")
    return Since(survey, change, fault, parts if status.fresh else "", status, take, forget, ask)


@solara.component
def Network() -> Element:
    """The page."""
    router = solara.use_router()
    question = solara.use_memo(lambda: from_query(router.search).question, [router.search])
    gone = solara.use_memo(lambda: open_link(router), [router.search])
    reading, set_reading = solara.use_state(UploadReading())
    file, set_file = solara.use_state(Download())
    network, kept = uploaded.value, kept_here.value
    since = use_earlier(network)
    summary = solara.use_memo(lambda: packed(network.summary() if network is not None else None), [network])
    example_files = solara.use_memo(example, [])

    def choose(chosen: Mapping[str, object]) -> None:
        if reading.files:
            set_reading(read(reading.files, options_of(chosen), chosen.get("merged") is True))

    def use(data: object) -> None:
        if network is not None:
            router.push(f"/?{to_query(network.question(question))}")

    def save(data: object) -> None:
        if network is not None:
            set_file(file.then(f"network{SUFFIX}", kept_network(network, question).to_json()))

    def codes(data: object) -> None:
        if network is not None:
            named, survey, key = with_codes(network, since.survey)
            hold(named)
            earlier.set(survey)
            set_file(file.then("key-to-codes.csv", key))

    used = network is not None and network.fingerprint == question.own
    return Upload(
        network=summary,
        fault=reading.fault or ("" if network is not None else gone),
        wanted="" if used else question.own,
        used=used,
        example=example_files,
        most=MOST_UPLOADED,
        allowed=ALLOWED,
        headings=reading.headings if reading.files else (),
        choices=CHOICES,
        kept=kept,
        file=file,
        cookie=COOKIE,
        days=DAYS,
        **since.properties,
        on_files=lambda sent: set_reading(receive(sent, router)),
        on_choose=choose,
        on_use=use,
        on_leave=lambda data: leave(router, question),
        on_keep=lambda data: set_reading(replace(reading, fault=keep(question))),
        on_delete=lambda data: delete(router),
        on_save=save,
        on_codes=codes,
    )
