"""The local server: pages, a SPARQL 1.1 Protocol endpoint and an address for every thing.

A request passes these doors in order: `connection` (time, size and number of connections),
`gate` (Host header, headers, origin), then `sparql`, `things`, `description` or the pages of
`views.site` (what is asked and in which form), and `workers` (processes that answer queries and
make pages, and can be stopped). The server process itself never reads a query of somebody else's.
"""
