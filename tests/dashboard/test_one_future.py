"""A page about one future is a title and a table: the parts that pages share do the rest."""

import json
import time

import ipyvue
import pytest
import solara

from sim.dashboard.questions import Question, held, to_query
from sim.dashboard.services import close_services
from sim.dashboard.shared.one_future import future_page


@pytest.fixture(autouse=True, scope="module")
def services_end():
    """What runs in the background ends with this module."""
    yield
    close_services()


def members_of(record):
    """A row a member."""
    people = record.members
    return [["Member", "Joined in week", "Left in week"], *people[["member", "joined", "left"]].to_numpy().tolist()]


Members = future_page("Members of one future", "Who was a member, and when.", members_of)
QUERY = to_query(held(Question(members=20, years=1, futures=20)))


@pytest.mark.filterwarnings("ignore")
def test_a_page_with_a_table_of_one_future():
    routes = [solara.Route("/", component=Members)]

    @solara.component
    def Root():
        where, go = solara.use_state(f"/?{QUERY}&strategy=b&future=3")
        Root.path, Root.go = where, go
        return solara.RoutingProvider(children=[Members()], routes=routes, pathname=where)

    _, rc = solara.render(Root(), handle_error=False)
    try:
        page = next(one for one in rc.find(ipyvue.VueTemplate).widgets if one.has_trait("lede"))
        end = time.monotonic() + 240
        while not page.rows:
            assert time.monotonic() < end and page.status["state"] != "fault", page.status
            time.sleep(0.02)
        head, *rows = json.loads(page.rows)
        assert head[0] == "Member" and len(rows) >= 20 and page.run == {"strategy": "b", "future": 3}
    finally:
        rc.close()
