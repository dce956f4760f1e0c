"""A backup of either database comes back in PostgreSQL too, row for row, and can be worked on."""

from pathlib import Path

from sqlalchemy import text

from storage.articles import Articles
from storage.backup import backup, restore
from storage.database import Database
from tests.conftest import FrozenClock
from tests.storage.test_articles import FIRST, SECOND

TABLES = ("articles", "article_versions", "audit_log")


async def rows_of(database: Database) -> dict[str, int]:
    async with database.read() as session:
        return {
            name: (await session.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one()  # noqa: S608
            for name in TABLES
        }


async def test_a_backup_comes_back_in_postgresql_and_staff_go_on(
    database: Database, postgres_url: str, clock: FrozenClock, tmp_path: Path
) -> None:
    articles = Articles(database, clock)
    article_id = await articles.create("T-1", FIRST, by="sato")
    version = await articles.publish(article_id, by="sato", reason="new")
    written = await backup(database, tmp_path / "backup.gz")

    target = Database(postgres_url)
    try:
        assert await restore(target, tmp_path / "backup.gz") == written
        assert await rows_of(target) == await rows_of(database)
        there = Articles(target, clock)
        assert await there.version(version.id) == version
        await there.save(article_id, SECOND, read_at_revision=1, by="suzuki")
        assert (await there.publish(article_id, by="suzuki", reason="mended")).number == 2
    finally:
        await target.close()
