"""The command about SPARQL servers: load."""

import click


@click.command(short_help="Put a dataset into the SPARQL server of --endpoint.")
@click.option("--from", "file", metavar="FILE", help="N-Quads or TriG; else the packaged data.")
@click.option(
    "--update-endpoint",
    "update",
    metavar="URL",
    envvar="REHABGRAPH_UPDATE_ENDPOINT",
    help="Address that takes updates, where it is not the usual one.",
)
@click.pass_context
def load(ctx: click.Context, file: str | None, update: str | None) -> None:
    """Put a dataset into the SPARQL server of --endpoint, replacing the graphs that it names.

    rehabgraph --endpoint http://127.0.0.1:7878/query load
    """
    from rehabgraph.graph.endpoint.load import load_dataset, read_dataset
    from rehabgraph.graph.endpoint.store import EndpointStore
    from rehabgraph.graph.errors import BadParameter

    if not ctx.obj["endpoint"]:
        raise BadParameter("load needs a server; say rehabgraph --endpoint URL load")
    store = EndpointStore(ctx.obj["endpoint"])
    done = load_dataset(store, read_dataset(file), update)
    if done.dropped:
        click.echo(f"Removed {done.dropped:,} graphs that another load left.", err=True)
    if done.resumed:
        click.echo(f"Went on: {done.resumed:,} of {done.pieces:,} pieces were there.", err=True)
    for graph, count in done.counts.items():
        click.echo(f"{graph}: {count:,} statements")
