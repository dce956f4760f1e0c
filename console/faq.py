"""The FAQ: list, edit the working copy, see the difference, publish, look back."""

from collections.abc import Sequence
from uuid import UUID

from aiohttp import web

from console import words
from console.differences import differences
from console.faq_form import LANGUAGES, Typed, content_from, typed_from
from console.gate import COMMON, must, page, translated
from console.inbox import whole
from conversations.errors import EditConflict, NotFound
from knowledge_base.article import Article, ArticleContent
from storage.articles import ArticleFilter
from storage.faq_feedback import Refusal
from tickets.operators import Permission

PER_PAGE = 50


def _id(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["id"])
    except ValueError:
        raise NotFound("article", request.match_info["id"]) from None


async def faq_list(request: web.Request) -> web.Response:
    must(request, Permission.EDIT_FAQ)
    common, query = request.app[COMMON], request.query
    wanted = ArticleFilter(
        words=query.get("words", ""),
        category=query.get("category", ""),
        section=query.get("section", ""),
        archived=query.get("archived") == "1",
    )
    number = whole(query.get("page", "0"))
    rows, count = await common.articles.find(wanted, page=number, per_page=PER_PAGE)
    return page(
        request,
        "faq_list.html",
        rows=rows,
        count=count,
        wanted=wanted,
        page=number,
        pages=(count + PER_PAGE - 1) // PER_PAGE,
        following=str(request.rel_url.update_query(page=str(number + 1))),
        previous=str(request.rel_url.update_query(page=str(max(0, number - 1)))),
        categories=await common.articles.categories(),
        today=common.clock.now().date(),
    )


async def new_form(request: web.Request) -> web.Response:
    session = must(request, Permission.EDIT_FAQ)
    empty = typed_from(ArticleContent(question="", answer="", category="", section=session.operator.section))
    return _form(request, None, empty)


async def create(request: web.Request) -> web.StreamResponse:
    session = must(request, Permission.EDIT_FAQ)
    given = await request.post()
    content, typed = content_from(given, None)
    external_id = str(given.get("external_id", "")).strip()
    if not external_id:
        typed.wrong["external_id"] = "IDを入力してください（例：A-120）。"
    if content is None or typed.wrong:
        return _form(request, None, typed, status=422)
    try:
        article_id = await request.app[COMMON].articles.create(external_id, content, by=session.operator.login)
    except EditConflict:
        typed.wrong["external_id"] = "このIDはすでに使われています。"
        return _form(request, None, typed, status=409)
    raise web.HTTPSeeOther(f"/console/faq/{article_id}?done=saved")


async def article(request: web.Request) -> web.Response:
    must(request, Permission.EDIT_FAQ)
    found = await request.app[COMMON].articles.get(_id(request))
    refusals = await request.app[COMMON].feedback.of_article(found.id)
    return _form(request, found, typed_from(found.working), refusals=refusals)


async def save(request: web.Request) -> web.StreamResponse:
    """Save the working copy; residents hear nothing of it until it is published.

    When a colleague saved meanwhile, both texts are shown and nothing is overwritten.
    """
    session = must(request, Permission.EDIT_FAQ)
    articles = request.app[COMMON].articles
    found = await articles.get(_id(request))
    given = await request.post()
    content, typed = content_from(given, found.working)
    if content is None:
        return _form(request, found, typed, status=422)
    try:
        revision = whole(str(given.get("revision", "")))
        await articles.save(found.id, content, read_at_revision=revision, by=session.operator.login)
    except EditConflict:
        conflict = differences(found.working, content)
        problem = translated(
            request,
            "{name} さんが先に保存しました。違いを確かめて、もう一度保存してください。",
            name=found.updated_by,
        )
        return _form(request, found, typed, status=409, conflict=conflict, problem=problem)
    raise web.HTTPSeeOther(f"/console/faq/{found.id}?done=saved")


def _form(  # noqa: PLR0913 -- all that the page may have to show
    request: web.Request,
    found: Article | None,
    typed: Typed,
    *,
    status: int = 200,
    conflict: object = (),
    problem: str = "",
    refusals: Sequence[Refusal] = (),
) -> web.Response:
    before = found.published.content if found and found.published else None
    return page(
        request,
        "faq_edit.html",
        status=status,
        article=found,
        typed=typed.values,
        wrong={name: translated(request, text) for name, text in typed.wrong.items()},
        conflict=conflict,
        problem=problem or (translated(request, "入力内容を確認してください。") if typed.wrong else ""),
        changes=differences(before, found.working) if found else [],
        languages=LANGUAGES,
        refusals=refusals,
        refusal_reasons=words.REFUSALS,
    )


async def publish(request: web.Request) -> web.StreamResponse:
    """The working copy becomes a version; the next resident is answered with it."""
    session = must(request, Permission.PUBLISH_FAQ)
    common = request.app[COMMON]
    reason = str((await request.post()).get("reason", "")).strip()
    await common.articles.publish(_id(request), by=session.operator.login, reason=reason)
    await common.published()
    raise web.HTTPSeeOther(f"/console/faq/{_id(request)}?done=published")


async def archive(request: web.Request) -> web.StreamResponse:
    session = must(request, Permission.PUBLISH_FAQ)
    common = request.app[COMMON]
    archived = (await request.post()).get("archived") == "1"
    await common.articles.set_archived(_id(request), archived=archived, by=session.operator.login)
    await common.published()
    raise web.HTTPSeeOther(f"/console/faq/{_id(request)}?done={'archived' if archived else 'saved'}")


async def versions(request: web.Request) -> web.Response:
    """All versions, each with what it changed."""
    must(request, Permission.EDIT_FAQ)
    articles = request.app[COMMON].articles
    found, kept = await articles.get(_id(request)), await articles.versions(_id(request))
    before = [*kept[1:], None]
    changes = [differences(old.content if old else None, new.content) for new, old in zip(kept, before, strict=True)]
    return page(request, "faq_versions.html", article=found, versions=list(zip(kept, changes, strict=True)))


async def version(request: web.Request) -> web.Response:
    """One version as residents were told it, and where it was said."""
    common = request.app[COMMON]
    found = await common.articles.version(_id(request))
    said = await common.views.said_from(found.id, at_most=20)
    return page(request, "faq_version.html", version=found, said=said)


async def version_by_number(request: web.Request) -> web.StreamResponse:
    """From a bot's reasons to the version it considered."""
    articles = request.app[COMMON].articles
    found = await articles.by_external_id(request.match_info["external_id"])
    for each in await articles.versions(found.id):
        if str(each.number) == request.match_info["number"]:
            raise web.HTTPFound(f"/console/faq/versions/{each.id}")
    raise web.HTTPNotFound


async def restore(request: web.Request) -> web.StreamResponse:
    """An old version becomes the working copy; publishing it makes a new version."""
    session = must(request, Permission.EDIT_FAQ)
    articles = request.app[COMMON].articles
    old = await articles.version(_id(request))
    found = await articles.get(old.article_id)
    await articles.save(found.id, old.content, read_at_revision=found.revision, by=session.operator.login)
    raise web.HTTPSeeOther(f"/console/faq/{found.id}?done=restored")
