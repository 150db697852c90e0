"""What a network is like before any weaving: its shape, its groups, and whom it depends on.

Everything is measured with numpy and scipy.sparse, so that 100,000 members and 500,000 ties take seconds; the rules for
communities, hubs, core and structure are those of the model (`sim.model.measures`).

    tie_lists.py         ties as sorted lists of contacts        triangles.py    closed triads, clustering, constraint
    distances.py         paths, betweenness, fragmentation       leaving.py      what the leaving of members does
    circles.py           communities and those between them      mixing.py       ties within and between sectors
    structures.py        Krebs & Holley's structure, and how close the next one is
    codes.py             names replaced by codes         progress.py     two waves of one network
    network_profile.py   all of it, as one record and a table with one row per member
"""
