"""Write the graph out in the forms that other tools read, one module a family.

Every writer streams to an open file and gives the same bytes for the same graph: statements
are sorted, archives carry a fixed time. `files` makes sure that what is written appears whole
or not at all. Nothing here knows a report: workbooks are made in `rehabgraph.views`.
"""
