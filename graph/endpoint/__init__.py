"""Any SPARQL 1.1 server as the store: asked, loaded, and held to what it says."""
