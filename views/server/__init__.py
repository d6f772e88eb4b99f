"""The local server: a SPARQL 1.1 Protocol endpoint and an address for every thing.

A request passes these doors in order: `connection` (time, size and number of connections),
`gate` (Host header, headers, origin), `sparql` or `things` (what is asked and in which form) and
`workers` (processes that answer queries and can be stopped). The server process itself never
reads a query of somebody else's.
"""
