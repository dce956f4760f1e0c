"""Versions that nobody changes, imports that double nothing, backups that come back: on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from conversations.errors import EditConflict
from knowledge_base.article import ArticleContent
from knowledge_base.importing import ImportedEntry
from storage.articles import Articles, ImportCounts
from storage.backup import BackupError, backup, restore
from storage.database import Database
from storage.migrate import current, newest, upgrade
from tests.conftest import FrozenClock

FIRST = ArticleContent(
    question="質問", answer="答え", category="試験", answers={"en": "Answer"}, phrasings=("別の言い方",)
)
SECOND = ArticleContent(question="質問", answer="直した答え", category="試験")


@pytest.fixture
def articles(database: Database, clock: FrozenClock) -> Articles:
    return Articles(database, clock)


async def test_a_published_version_stays_what_it_was(articles: Articles, database: Database) -> None:
    article_id = await articles.create("T-1", FIRST, by="sato")
    first = await articles.publish(article_id, by="sato", reason="new")
    await articles.save(article_id, SECOND, read_at_revision=1, by="suzuki")

    assert [each.content for each in await articles.all_published()] == [FIRST], "a draft was told"
    second = await articles.publish(article_id, by="suzuki", reason="mended")
    assert [each.number for each in await articles.versions(article_id)] == [2, 1]
    assert (await articles.version(first.id)).content == FIRST
    assert [each.id for each in await articles.all_published()] == [second.id]

    async def change() -> None:
        async with database.write() as session:
            await session.execute(text("UPDATE article_versions SET author = 'nobody'"))

    with pytest.raises(DBAPIError, match="never changed"):
        await change()


async def test_two_editors_do_not_overwrite_each_other(articles: Articles) -> None:
    article_id = await articles.create("T-1", FIRST, by="sato")
    await articles.save(article_id, SECOND, read_at_revision=1, by="suzuki")

    with pytest.raises(EditConflict):
        await articles.save(article_id, FIRST, read_at_revision=1, by="sato")


async def test_the_same_import_again_changes_nothing(articles: Articles) -> None:
    entries = [ImportedEntry(row=2, external_id="T-1", content=FIRST)]

    assert await articles.take_in(entries, by="x", dry_run=True) == ImportCounts(new=1)
    assert await articles.all_published() == []
    assert await articles.take_in(entries, by="x") == ImportCounts(new=1)
    assert await articles.take_in(entries, by="x") == ImportCounts(unchanged=1)
    changed = [ImportedEntry(row=2, external_id="T-1", content=SECOND)]
    assert await articles.take_in(changed, by="x") == ImportCounts(changed=1)
    assert [each.number for each in await articles.all_published()] == [2]


async def test_an_archived_entry_answers_nothing_until_it_is_back(articles: Articles) -> None:
    article_id = await articles.create("T-1", FIRST, by="sato")
    await articles.publish(article_id, by="sato", reason="")

    await articles.set_archived(article_id, archived=True, by="sato")
    assert await articles.all_published() == []
    await articles.set_archived(article_id, archived=False, by="sato")
    assert len(await articles.all_published()) == 1


async def test_a_backup_comes_back_in_either_database_and_only_into_an_empty_one(
    articles: Articles, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    article_id = await articles.create("T-1", FIRST, by="sato")
    version = await articles.publish(article_id, by="sato", reason="new")
    file = tmp_path / "backup.gz"
    written = await backup(database, file)

    other = Database(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}")
    try:
        assert await restore(other, file) == written
        assert await Articles(other, clock).version(version.id) == version
        with pytest.raises(BackupError, match="空"):
            await restore(other, file)
    finally:
        await other.close()


async def test_a_database_of_the_previous_revision_keeps_its_data(clock: FrozenClock, tmp_path: Path) -> None:
    old = Database(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
    try:
        await upgrade(old, "0001")
        article_id = await Articles(old, clock).create("T-1", FIRST, by="sato")

        await upgrade(old)

        assert await current(old) == newest()
        assert (await Articles(old, clock).get(article_id)).working == FIRST
    finally:
        await old.close()
