"""Bring a database to the shape this version needs: ``madoguchi migrate``, and every ``serve``."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.database import Database

HERE = Path(__file__).parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(HERE))
    if connection is not None:
        made.attributes["connection"] = connection
    return made


def newest() -> str:
    """The revision this version of the code needs."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    assert head is not None
    return head


async def current(database: Database) -> str | None:
    """The revision the database is at; None when it is empty."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def upgrade(database: Database, to: str = "head") -> None:
    """Run what is missing, in one transaction. Data stays; running code of the previous version keeps working.

    Processes that start together wait for each other: the first migrates, the others find nothing to do.
    """
    async with database.engine.begin() as connection:
        await database.alone(connection, "migrating")
        await connection.run_sync(lambda sync: command.upgrade(config(sync), to))
