"""The dashboard: a question about a network, asked in a browser, answered from paired simulated futures.

Three layers.  `questions`, `links`, `scenarios`: what is asked, as a link and as a scenario.  `workshop`, `answers`,
`charts`: futures run in the background, and what is said and drawn about them, `matters` and `folders` likewise; pure
Python, no browser.
`pages`: Solara components, as thin as can be, over the templates in `vue/`.  `serving` starts the server.
"""
