"""Self-contained HTML pages, and the report of a results folder.

page.py, svg.py and the templates make a page from sections and figures.  For a report, findings.py runs every analysis,
answers.py puts findings into sentences, sections.py, choices.py and worlds.py make sections, results.py the page.
"""
