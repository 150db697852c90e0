"""The dashboard: a question about a network, asked in a browser, answered from paired simulated futures.

Three layers.  `questions`, `links`, `scenarios`: what is asked, as a link and as a scenario.  `workshop`, `answers`,
`charts`: futures run in the background, and what is said and drawn about them, `folders` likewise; pure
Python, no browser.
`pages`: a folder each, with the Solara component (`page.py`), what it holds (`state.py`) and its Vue template (`view.vue`);
`pages.registry` lists them, `shared` has what several use.  `serving` starts the server.
"""
