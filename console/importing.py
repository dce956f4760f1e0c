"""Import an FAQ file in the console: first what would happen, then the doing."""

import asyncio

from aiohttp import web

from console.gate import COMMON, must, page, translated
from knowledge_base.importing import ImportReport, import_faq
from tickets.operators import Permission

LARGEST = 10 * 1024 * 1024


async def form(request: web.Request) -> web.Response:
    must(request, Permission.PUBLISH_FAQ)
    return page(request, "faq_import.html", report=None, counts=None, name="", done=False)


async def take_in(request: web.Request) -> web.Response:
    """Without ``confirm`` nothing changes: problems and counts are shown. With it, good rows are published."""
    session = must(request, Permission.PUBLISH_FAQ)
    common = request.app[COMMON]
    given = await request.post()
    upload = given.get("file")
    if not isinstance(upload, web.FileField):
        problem = translated(request, "CSVかExcelのファイルを選んでください。")
        return page(
            request, "faq_import.html", status=422, report=None, counts=None, name="", done=False, problem=problem
        )
    content = upload.file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise web.HTTPRequestEntityTooLarge(LARGEST, len(content))
    report: ImportReport = await asyncio.to_thread(import_faq, content, upload.filename)
    confirmed = given.get("confirm") == "1"
    counts = await common.articles.take_in(report.entries, by=session.operator.login, dry_run=not confirmed)
    if confirmed:
        await common.published()
    return page(request, "faq_import.html", report=report, counts=counts, name=upload.filename, done=confirmed)
