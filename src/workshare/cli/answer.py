"""``workshare answer``: one participant's own model answers questions; the model stays here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workshare.cli.exits import tell

if TYPE_CHECKING:
    from workshare.response.answering import Answering


def answer(
    region: Annotated[
        str,
        typer.Argument(
            metavar="REGION", help="Region folder, workbook, or the name of an embedded case."
        ),
    ],
    participant: Annotated[str, typer.Option(help="Code of the participant to answer for.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.")
    ] = 8765,
) -> None:
    """Answer a coordinator's questions for one participant, from its model in REGION.

    Standard output is the address. Ctrl-C ends it.
    """
    from workshare.errors import OptionError
    from workshare.response.answering import answering_server

    answering = _answering(region, participant)
    try:
        server = answering_server(answering, host, port)
    except OSError as error:
        raise OptionError(
            f"--host {host} --port {port}: cannot listen there ({error.strerror or error}); "
            "choose another port, or 0 for a free one."
        ) from error
    with server:
        typer.echo(server.url)
        tell(f"Answering for {participant} until Ctrl-C.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            tell("Ended.")


def _answering(name: str, code: str) -> Answering:
    from workshare.errors import OptionError
    from workshare.market import spatial_market
    from workshare.region import read_region
    from workshare.response import participant_parts, private_model
    from workshare.response.answering import Answering

    region = read_region(name)
    known = [participant.id for participant in region.participants]
    if code not in known:
        raise OptionError(f"--participant {code!r} is not in {name}; it has {', '.join(known)}.")
    parts = participant_parts(private_model(region, code))
    return Answering(parts, spatial_market(region).dimensions)
