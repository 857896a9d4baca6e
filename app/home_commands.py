"""The commands on a home as a whole: examined, re-indexed, backed up, restored."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from app.command import Installation, Json, print_json, report, run, settings_from


def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Check this machine and this installation, and say what to do about what is wrong."""
    from app import doctor as examination

    findings = asyncio.run(examination.examine(settings_from(home=context.obj)))
    shown = {"findings": [finding.__dict__ for finding in findings]}
    print_json(shown) if as_json else typer.echo("\n".join(map(str, findings)))
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


def reindex(context: typer.Context, home: Installation = None, as_json: Json = False) -> None:
    """Encode the stored passages anew after ATTUNE_ENCODER has changed; a killed run goes on where it was."""
    from app import reindexing

    work = reindexing.reindex_watched(settings_from(home=home or context.obj))
    report(work, as_json, reindexing.CannotReindexError)


def backup(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="File to write: .tar, .tar.gz or .tar.zst")],
    home: Installation = None,
    as_json: Json = False,
) -> None:
    """Write everything in a home into one file, while a server may go on working in it.

    The file holds everybody's data and the key under which tokens are kept: nobody else may read it, and it is to be
    kept as the home is. A person who is forgotten later is still in it."""
    import httpx

    from app.backup import BackupError
    from app.backup_door import back_up

    settings = settings_from(home=home or context.obj)

    async def work() -> None:
        found = await back_up(settings, out)
        if as_json:
            print_json(found)
            return
        typer.echo(f"{out}: {found['documents']} documents of {found['people']} people, {found['bytes']:,} bytes")
        typer.echo(f"left out: {'; '.join(found['left_out'])}")
        if found["missing_originals"]:
            typer.echo(f"{found['missing_originals']} originals were missing in the home", err=True)
        if found["secrets"]:
            typer.echo(f"it holds secrets ({', '.join(found['secrets'])}): keep it where only you can read", err=True)

    run(work(), BackupError, httpx.HTTPError)


def restore(
    context: typer.Context,
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="What `attune backup` wrote.", exists=True)],
    home: Installation = None,
    as_json: Json = False,
) -> None:
    """Make a new home out of a backup; what is damaged, or from a newer version, is refused and nothing is written."""
    from app.backup import BackupError
    from app.backup_restore import restore as restored

    report(restored(archive, settings_from(home=home or context.obj)), as_json, BackupError)
