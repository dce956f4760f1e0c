"""What each word of the command line does. A command returns its exit code."""

import argparse
import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

import msgspec

from console.passwords import first, hashed
from conversations.message import Address
from conversations.reply import Reply
from evaluation.intent_files import read_intent_file
from knowledge_base.exporting import export_faq
from knowledge_base.importing import import_faq as read_faq
from server.asking import decided, message_of
from server.city import INTENTS, mistakes_in
from server.line_menus import mistakes_in_line
from server.logs import configure_logs
from server.mail.doors import receiving_mail
from server.running import serving, told_to_stop, working
from server.seeding import SignIn, demo_staff, seed
from server.settings import Settings
from server.wiring import assembled
from storage.articles import ArticleFilter
from storage.backup import backup as write_backup
from storage.backup import restore as read_backup
from storage.database import Database
from storage.migrate import newest, upgrade
from tickets.operators import Role

Command = Callable[[Settings, argparse.Namespace], Awaitable[int]]
EVERYTHING = 1_000_000
TEMPLATE = Path(__file__).resolve().parent.parent / "demo" / "template"


async def serve(settings: Settings, given: argparse.Namespace) -> int:
    configure_logs(settings.log)
    stop = told_to_stop()
    _tell("データベースを準備しています (database)")
    async with assembled(settings) as parts:
        if await seed(parts):
            _tell(f"{settings.city} のFAQを取り込みました (FAQ imported: {len(parts.knowing.mind().articles)})")
        sign_ins = await demo_staff(parts) if given.demo else []
        async with serving(parts) as port, receiving_mail(parts):
            _welcome(settings, port, sign_ins)
            if given.no_work:
                await stop.wait()
            else:
                async with working(parts):
                    await stop.wait()
        _tell("終了しました (stopped)")
    return 0


async def work(settings: Settings, _: argparse.Namespace) -> int:
    configure_logs(settings.log)
    stop = told_to_stop()
    async with assembled(settings) as parts:
        await seed(parts)
        async with working(parts):
            _tell("働いています。Ctrl+C で終わります (working; Ctrl+C ends)")
            await stop.wait()
    return 0


async def chat(settings: Settings, given: argparse.Namespace) -> int:
    configure_logs("error")
    async with assembled(settings) as parts:
        await seed(parts)
        address = Address("terminal", str(uuid4()))
        conversation_id = await parts.engine.greet(address, given.language)
        seen = 0
        while True:
            for entry in await parts.views.entries(conversation_id, after=seen, at_most=100, with_notes=False):
                seen = entry.seq
                if entry.kind != "said":
                    _print_reply(Reply(text=entry.text, choices=entry.choices, card=entry.card))
            text = await asyncio.to_thread(_ask_terminal)
            if not text:
                return 0
            await parts.engine.accept(message_of(parts, address, text, given.language))
            while await parts.engine.handle_next(conversation_id):
                pass


async def ask(settings: Settings, given: argparse.Namespace) -> int:
    configure_logs("error")
    async with assembled(settings) as parts:
        await seed(parts)
        decision, _ = await decided(parts, given.question)
        if given.json:
            plain = msgspec.to_builtins(asdict(decision), enc_hook=str)
            print(msgspec.json.format(msgspec.json.encode({"decision": type(decision).__name__, **plain})).decode())
        elif (reply := getattr(decision, "reply", None)) is not None:
            _print_reply(reply)
        else:
            print(parts.knowing.mind().phrases.say("choice.person", "ja"), f"({decision.why.rule})")
    return 0


async def check(_: Settings, given: argparse.Namespace) -> int:
    mistakes = mistakes_in(given.city) or mistakes_in_line(given.city)
    print("\n".join(mistakes) if mistakes else f"{given.city}: 問題はありません (no mistakes)")
    return 1 if mistakes else 0


async def init(_: Settings, given: argparse.Namespace) -> int:
    for source in sorted(TEMPLATE.rglob("*")):
        target = given.folder / source.relative_to(TEMPLATE)
        if source.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif target.exists():
            print(f"{target}: すでにあるので、そのままにしました (kept)")
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            print(f"{target}: 作りました (made)")
    print(f"次は city.yml を開いて市の名前と担当課を書き、`madoguchi check {given.folder}` で確かめてください。")
    return 0


async def import_faq(settings: Settings, given: argparse.Namespace) -> int:
    configure_logs("warning")
    report = read_faq(given.file.read_bytes(), given.file.name)
    for problem in report.problems:
        mark = "誤り" if problem.severity == "error" else "注意"
        print(f"{given.file}:{problem.row}: {problem.column}: [{mark}] {problem.message_ja}")
    async with assembled(settings) as parts:
        counts = await parts.articles.take_in(
            report.entries, by="import-faq", publish=not given.draft, dry_run=given.dry_run
        )
        if not given.dry_run:
            await parts.notices.published()
    title = "試しに読みました（何も変えていません）" if given.dry_run else "取り込みました"
    print(f"{title}: 新規 {counts.new}、変更 {counts.changed}、同じ {counts.unchanged}、問題 {len(report.problems)}")
    return 0 if report.entries or not report.has_errors else 1


async def export(settings: Settings, given: argparse.Namespace) -> int:
    async with assembled(settings) as parts:
        articles, _ = await parts.articles.find(ArticleFilter(), page=0, per_page=EVERYTHING)
        given.folder.mkdir(parents=True, exist_ok=True)
        rows = [(article.external_id, article.working) for article in articles]
        (given.folder / "faq.csv").write_bytes(export_faq(rows))
        for name in ("city.yml", "intents.yml", "dialogues", "phrases", "line"):
            source, target = parts.folder.path / name, given.folder / name
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            elif source.exists() and not (target.exists() and target.samefile(source)):
                shutil.copyfile(source, target)
    print(f"{given.folder}: FAQ {len(articles)} 件を書き出しました (exported)")
    return 0


async def train_intents(settings: Settings, given: argparse.Namespace) -> int:
    """Check, learn, measure, take into use: for the running processes too, which look for it."""
    configure_logs("error")
    file = given.file or settings.city / INTENTS
    examples, problems = read_intent_file(file)
    for problem in problems:
        print(problem, file=sys.stderr)
    if not examples or (problems and not given.skip_wrong):
        print("学習していません。前の学習のまま続けます (nothing was learnt)", file=sys.stderr)
        return 1
    async with assembled(settings) as parts:
        taught = await parts.librarian.teach(examples, str(file), parts.knowing)
        await parts.accounts.audit(who="command line", what="intents_taught", on=str(file))
        await parts.notices.published()
    print(f"学習しました: 意図 {taught.intents}、例 {taught.examples}、{taught.seconds} 秒")
    print(f"新しく意味を読み取った例: {taught.new_vectors} (examples the encoder had not seen)")
    if taught.accuracy is not None:
        right = f"{taught.right}/{taught.asked}"
        print(f"学習に使わずに試した例の正解: {right} = {taught.accuracy:.1%} (right of examples held back)")
    print("動いているサーバーは5分以内に使い始めます。Redis があればすぐです (in use within 5 minutes)")
    return 0


async def create_operator(settings: Settings, given: argparse.Namespace) -> int:
    async with assembled(settings) as parts:
        if given.section and given.section not in parts.folder.city.sections:
            known = "、".join(parts.folder.city.sections)
            print(f"--section: 「{given.section}」は city.yml にありません。あるのは: {known}", file=sys.stderr)
            return 2
        password = first()
        await parts.accounts.create(
            login=given.login,
            name=given.name,
            roles=frozenset(Role(role) for role in given.roles),
            section=given.section,
            password_hash=await hashed(password),
        )
        await parts.accounts.audit(who="command line", what="operator_created", on=given.login)
    print(f"利用者名 {given.login}\n初回パスワード {password}\n最初のサインインで変更していただきます。")
    return 0


async def migrate(settings: Settings, _: argparse.Namespace) -> int:
    database = Database(settings.database_url)
    try:
        await upgrade(database)
    finally:
        await database.close()
    print(f"データベースは版 {newest()} です (database is at revision {newest()})")
    return 0


async def backup(settings: Settings, given: argparse.Namespace) -> int:
    database = Database(settings.database_url)
    try:
        count = await write_backup(database, given.file)
    finally:
        await database.close()
    print(
        f"{given.file}: {count} 行を保存しました (rows saved)。住民の方の言葉を含みます。暗号化して保管してください。"
    )
    return 0


async def restore(settings: Settings, given: argparse.Namespace) -> int:
    database = Database(settings.database_url)
    try:
        count = await read_backup(database, given.file)
    finally:
        await database.close()
    print(f"{given.file}: {count} 行を戻しました (rows restored)")
    return 0


def _ask_terminal() -> str:
    try:
        return input("\n> ").strip()
    except EOFError:
        return ""


def _print_reply(reply: Reply) -> None:
    print(f"\n{reply.text}")
    if reply.card and reply.card.section:
        print(f"  — {reply.card.section} {reply.card.phone} {reply.card.url}")
    for number, choice in enumerate(reply.choices, start=1):
        print(f"  {number}. {choice.label}")


def _tell(sentence: str) -> None:
    print(f"  … {sentence}", flush=True)


def _welcome(settings: Settings, port: int, sign_ins: list[SignIn]) -> None:
    url = settings.public_url or f"http://{settings.host}:{port}"
    print(f"\n  市のページ (city page)    {url}/")
    print(f"  チャット   (full page)    {url}/chat")
    print(f"  お問い合わせ (plain form) {url}/contact")
    print(f"  職員の画面 (console)      {url}/console")
    if sign_ins:
        print("\n  デモの利用者（パスワードはいま作りました。この一度だけ表示します）")
        print("  Demo sign-ins (passwords generated now, shown this once)")
        for each in sign_ins:
            print(f"    {each.login:<10} {each.password}   {each.roles}")
    print("\n  終了は Ctrl+C (Ctrl+C ends)\n", flush=True)
