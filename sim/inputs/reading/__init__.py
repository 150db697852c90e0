"""Reading a user's network.

Each reader turns a file into the plain tables of `plain`; `shapes` says what the sheets of a spreadsheet are; `resolving`
checks all of it.

    csv_sheets, excel_sheets        files to sheets of text
    lists, matrices, surveys, affiliations    sheets to people and ties
    graphml, gexf, json_graphs, pajek, ucinet, line_graphs    graphs to people and ties
    roster, merging, member_details, strengths    parts of `resolving`
"""
