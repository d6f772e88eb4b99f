"""Data of the user's own, read into a store of the user's own.

`reader` opens files within limits, `splitter` cuts JSON into elements, `ocds_*` read the Open
Contracting Data Standard, `moj_*` the ministry's contract records, `table_*` spreadsheets;
`workspace` keeps the store. Nothing is fetched, and nothing is written outside the store.
"""
