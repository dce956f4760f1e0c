"""The command line: ``madoguchi`` (or ``python -m server``). What each word does stands in ``server/commands.py``."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from conversations.errors import CityError, SettingsError
from server import commands, inspecting, measuring, rehearsing
from server.line_setup import line_setup
from server.settings import Settings, read_settings

EPILOG = """\
設定 / settings: madoguchi.toml in this folder, MADOGUCHI_* variables over it (docs/operating.md lists all).
Exit codes: 0 done, 1 could not be done, 2 wrong call or setting.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    given = parser().parse_args(arguments)
    try:
        settings = _settings(given)
        code = asyncio.run(given.run(settings, given))
    except SettingsError as trouble:
        code = _say(f"設定の誤り / wrong setting: {trouble}", 2)
    except (CityError, OSError) as trouble:
        code = _say(f"できませんでした / could not be done: {trouble}", 1)
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="madoguchi",
        description="窓口 Madoguchi: a city hall's chatbot and contact centre.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--settings", type=Path, help="another settings file than ./madoguchi.toml")
    words = root.add_subparsers(required=True, metavar="COMMAND")

    _add_serving(words)

    chat = _word(words, "chat", commands.chat, "talk to the bot in this terminal", CHAT)
    chat.add_argument("--language", default="ja", choices=["ja", "ja-easy", "en"])

    ask = _word(words, "ask", commands.ask, "one question, one answer", ASK)
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="everything behind the answer, as JSON")

    explain = _word(words, "explain", measuring.explain, "why the bot would answer as it does", EXPLAIN)
    explain.add_argument("question")

    faq = _word(
        words, "evaluate-faq", measuring.evaluate_faq, "how well an FAQ answers a file of questions", EVALUATE_FAQ
    )
    faq.add_argument("--faq", type=Path, required=True, metavar="FILE", help="the entries: CSV, XLSX or JSONL")
    faq.add_argument("--queries", type=Path, required=True, metavar="FILE", help="the questions: CSV, TSV or JSONL")
    faq.add_argument("--qrels", type=Path, metavar="FILE", help="TREC qrels, instead of the column relevant")
    faq.add_argument("--run", type=Path, dest="run_file", metavar="OUT", help="write a TREC run file")
    faq.add_argument("--json", action="store_true", help="all figures as JSON")

    told = _word(words, "evaluate-intents", measuring.evaluate_intents, "how well intents are told apart", INTENTS)
    told.add_argument("--train", type=Path, required=True, metavar="FILE", help="Rasa NLU YAML, CSV or TSV")
    told.add_argument("--test", type=Path, required=True, metavar="FILE", help="the same formats")
    told.add_argument("--json", action="store_true", help="all figures as JSON")

    train = _word(words, "train-intents", commands.train_intents, "learn the intents anew, while the bot talks", TRAIN)
    train.add_argument("--file", type=Path, metavar="FILE", help="Rasa NLU YAML, CSV or TSV, instead of intents.yml")
    train.add_argument("--skip-wrong", action="store_true", help="leave out the lines with mistakes and learn the rest")

    _add_inspecting(words)

    menus = _word(words, "line-setup", line_setup, "take the city's LINE menus to LINE", LINE_SETUP)
    menus.add_argument("--city", type=Path, metavar="DIR", help="another city's folder than the setting city")
    menus.add_argument("--account", action="append", dest="accounts", metavar="U…",
                       help="only this account; may be given several times (default: all)")  # fmt: skip
    menus.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")

    check = _word(words, "check", commands.check, "check a city's folder; every mistake with file and line", CHECK)
    check.add_argument("city", type=Path, metavar="CITY")

    init = _word(words, "init", commands.init, "make the folder of a new city", INIT)
    init.add_argument("folder", type=Path, metavar="DIR")

    load = _word(words, "import-faq", commands.import_faq, "import an FAQ from CSV or XLSX", IMPORT)
    load.add_argument("file", type=Path, metavar="FILE")
    load.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
    load.add_argument("--draft", action="store_true", help="import as working copies, publish nothing")

    export = _word(words, "export", commands.export, "write the FAQ and the city's files back into a folder", EXPORT)
    export.add_argument("folder", type=Path, metavar="DIR")

    create = _word(words, "create-operator", commands.create_operator, "create a staff account", CREATE)
    create.add_argument("login")
    create.add_argument("--name", required=True, help="as residents see it")
    create.add_argument("--role", action="append", required=True, dest="roles", help="may be given several times",
                        choices=["operator", "editor", "supervisor", "administrator"])  # fmt: skip
    create.add_argument("--section", default="", help="id of a section in city.yml")

    _word(words, "migrate", commands.migrate, "bring the database to this version's shape", MIGRATE)

    backup = _word(words, "backup", commands.backup, "write everything into one file", BACKUP)
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = _word(words, "restore", commands.restore, "read a backup into an empty database", RESTORE)
    restore.add_argument("file", type=Path, metavar="FILE")
    return root


def _add_serving(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = _word(words, "serve", commands.serve, "serve web pages and do all the work, in one process", SERVE)
    serve.add_argument(
        "--demo", action="store_true", help="seed みらい市 and its sign-ins into an empty database first"
    )
    serve.add_argument("--host", help="address to listen on (default: setting host)")
    serve.add_argument("--port", type=int, help="port to listen on; 0 takes a free one (default: setting port)")
    serve.add_argument("--no-work", action="store_true", help="web only; run `madoguchi work` beside it")

    rehearse = _word(
        words, "simulate", rehearsing.simulate, "play residents on LINE and by mail, without an account", SIMULATE
    )
    rehearse.add_argument("--port", type=int, default=8090, help="of the page; the city hall takes the next one")

    _word(words, "work", commands.work, "only the workers: inbox, outbox, index; for a second process", WORK)


def _add_inspecting(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    mail = _word(words, "inspect-mail", inspecting.mail, "what the engine understands of mails", INSPECT_MAIL)
    mail.add_argument("paths", type=Path, nargs="+", metavar="FILE|DIR|MBOX")
    mail.add_argument("--json", action="store_true", help="everything, as JSON")

    line = _word(words, "inspect-line", inspecting.line, "what the engine understands of a LINE webhook", INSPECT_LINE)
    line.add_argument("file", type=Path, metavar="FILE")
    line.add_argument("--json", action="store_true", help="everything, as JSON")


def _word(
    words: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: commands.Command,
    help_line: str,
    page: str,
) -> argparse.ArgumentParser:
    made = words.add_parser(
        name, help=help_line, description=page, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.set_defaults(run=run)
    return made


def _settings(given: argparse.Namespace) -> Settings:
    settings = read_settings(given.settings)
    for name in ("host", "port"):
        if (value := getattr(given, name, None)) is not None:
            settings = replace(settings, **{name: value})
    return settings


def _say(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


SERVE = """\
Serve the resident pages, the chat and the console, and do the work behind them.

  madoguchi serve --demo          the demo city, ready in a browser
  madoguchi serve --port 80       a real one, settings in madoguchi.toml

The database is brought to the right shape first. Ctrl+C or SIGTERM ends it gracefully: what is under way is
finished, open chats reconnect to the next start by themselves. SIGKILL loses nothing either.
"""
SIMULATE = """\
Start a whole city hall for rehearsing, and the world around it: a telephone with LINE and a mailbox, on a page where
you are the resident. The page speaks to the hall by its real doors (signed webhook, LMTP); the hall answers to a LINE
platform and a mail server of this machine. Nothing leaves it.

  madoguchi simulate               the page on http://127.0.0.1:8090, the hall and its console on 8091

The city and the encoder are those of the settings. What is said is kept apart from real data, in the folder rehearsal
below the setting data: delete it to begin anew.
"""
WORK = """\
Handle messages, send replies and keep the search index, without serving pages. Any number of these may run
beside `madoguchi serve --no-work`; several machines need PostgreSQL (setting database) and Redis (setting redis).
"""
CHAT = """\
Talk to the bot here. It is the same engine: what you write is stored like any conversation (channel "terminal"),
and asking for a person opens a real ticket. An empty line or Ctrl+D ends it.
"""
ASK = """\
Ask the FAQ one question and see what the bot would say. Nothing is stored.

  madoguchi ask "住民票を郵送で取りたい"
  madoguchi ask "住民票を郵送で取りたい" --json     intent, candidates, probabilities, version
"""
EXPLAIN = """\
Show what was cut out of a question, what it matched with which signals, and why the bot decides as it does.

  madoguchi explain "父が息を引き取りました"
"""
EVALUATE_FAQ = """\
Ask an FAQ every question of a file and measure how well it answers. Nothing of this city is used or changed.

  madoguchi evaluate-faq --faq faq.csv --queries questions.jsonl --run out.run

A line of questions.jsonl:  {"id": "q1", "query": "…", "relevant": {"A-001": 2, "A-007": 1}}
relevant may also be a list of ids; in CSV and TSV it is  A-001:2 A-007.  A question without relevant entries is one
that the FAQ does not answer. "style" and "language", where given, make tables of their own.
Recall, precision, nDCG (both gains), MRR and Hit as in trec_eval. In the run file the score is the probability, and
the last column carries the raw score. Problems in the files go to the error output, with line and field.
"""
INTENTS = """\
Train the intent classifier on one file and measure it on another. Nothing of this city is used or changed.

  madoguchi evaluate-intents --train train.csv --test test.csv

CSV and TSV have the columns text and intent. Messages of the intent oos, none or out_of_scope mean none of the
intents: they are the out-of-scope figures. 10,000 examples take some minutes, most of them for the sentence vectors.
"""
TRAIN = """\
Check the examples of the intents, learn them, measure how well they are told apart, and take them into use: running
processes swap them in as a whole, without a stop. Vectors are kept, so that only new examples cost the encoder.

  madoguchi train-intents                        the city's intents.yml
  madoguchi train-intents --file banking.csv     CSV and TSV with the columns text and intent, or Rasa NLU YAML

From the first time on the database holds what was learnt last, and a start uses that. Every fifth example of an intent
is held back and asked for the accuracy; then all are learnt. Mistakes are told by file and line, and change nothing.
"""
INSPECT_MAIL = """\
Read mails as the engine reads them and print what it understood: envelope, sender, subject, the words written now,
what was folded away (quotations, signatures), attachments, language, defects, and of what kind the mail is: of a
resident, an automatic reply (with the rule that says so), a bounce (with recipient and class), a list's mail.

  madoguchi inspect-mail letter.eml
  madoguchi inspect-mail --json maildir/ old.mbox

A broken mail is a finding, not a failure: the exit code is 1 only when a file is missing. Nothing is stored.
"""
INSPECT_LINE = """\
Read the body of a LINE webhook as the engine reads it and print one block for each event. Nothing is stored.

  madoguchi inspect-line body.json --json
"""
LINE_SETUP = """\
Make the menus below the talk in LINE as line/menus.yml of the city's folder defines them: one for each language, the
first of them everybody's. What is there as defined is left alone, so running it again is harmless; what others made for
the account is not touched. The pictures are files beside the definition (demo/mirai/line is an example).

  madoguchi line-setup --dry-run     what would change
  madoguchi line-setup               for all accounts of the settings
"""
CHECK = """\
Read city.yml, faq.csv, intents.yml, dialogues/ and phrases/ of a city's folder as `serve` would, and report every
mistake with its file and line. Exit code 1 when there are mistakes.
"""
INIT = """\
Make a new folder with a small, complete, commented city to start from: city.yml, faq.csv, intents.yml, dialogues/,
phrases/. Existing files are never overwritten.
"""
IMPORT = """\
Import an FAQ. CSV (UTF-8, UTF-8 with BOM, cp932) or XLSX; the open-data columns ID, 問い合わせ文, 応答文, カテゴリ or
their usual names (質問, 回答, 分類 …); other columns are kept. Good rows are imported, every problem is reported
with row and column, and the same file again changes nothing: rows are recognised by ID.
"""
EXPORT = """\
Write city.yml, faq.csv, intents.yml, dialogues/ and phrases/ into a folder. `import-faq` reads the faq.csv back
unchanged.
"""
CREATE = """\
Create a staff account. A first password is made and printed once; it must be changed at the first sign-in.

  madoguchi create-operator sato --name "市民課 佐藤" --role operator --role editor --section shimin
"""
MIGRATE = """\
Bring the database to the shape this version needs. `serve` does it by itself; run it alone when several processes
share one database, before starting them.
"""
BACKUP = """\
Write all tables, in one consistent state, into one compressed file while the service runs. The same file can be
restored into SQLite or PostgreSQL. It holds residents' words: keep it encrypted.
"""
RESTORE = """\
Read a backup into an empty database (setting database); refused when the database holds anything.
"""
