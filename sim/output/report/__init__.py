"""HTML pages that stand alone: a page of sections, blocks and figures, and the report of a results folder.

page.py     a page from sections of blocks     svg.py    a matplotlib figure as inline SVG, light and dark
template.html, blocks.html, style.css          their looks, for screen, phone and print

results.py  the report: head, assumptions, how to get it again     findings.py  every analysis of it, worked out once
answers.py  findings in words                                      odd.py       the model in short, from MODEL.md
sections.py, choices.py, worlds.py                                 findings as sections
"""
