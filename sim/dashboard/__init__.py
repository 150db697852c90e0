"""The dashboard: a question about a network, asked in a browser, answered from paired simulated futures.

A question (`questions`, `settings`) travels as a link and becomes a scenario (`scenarios`).  Its futures run in
the background (`workshop`, `answering`), and what pages say and draw about them is an `Answer` (`answers`,
`verdict`, `charts`).  `pages` has a folder for each page: the Solara component (`page.py`), what it holds
(`state.py`) and its Vue template (`view.vue`); `pages.registry` lists them, `shared` has what several use.  `serving`
starts the server.
"""
