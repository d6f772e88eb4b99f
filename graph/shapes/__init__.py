"""The SHACL shapes as SPARQL: the same violations as pySHACL, on a store of any size."""
