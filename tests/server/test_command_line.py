"""The command line as people use it: a real process each, words only (no vectors), in an empty folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [
    "serve",
    "work",
    "chat",
    "ask",
    "explain",
    "evaluate-faq",
    "evaluate-intents",
    "train-intents",
    "check",
    "init",
    "import-faq",
    "export",
    "line-setup",
    "create-operator",
    "migrate",
    "backup",
    "restore",
]


def madoguchi(
    folder: Path, *arguments: str, settings: dict[str, str] | None = None, said: str = ""
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MADOGUCHI_")}  # noqa: TID251
    ours = {
        "MADOGUCHI_ENCODER": "none",
        "MADOGUCHI_DATA": str(folder / "var"),
        "MADOGUCHI_CITY": str(ROOT / "demo/mirai"),
    }
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "server", *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), **ours, **(settings or {})},
        input=said,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_a_page_to_work_from(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    from server.cli import main  # noqa: PLC0415 -- read only by this test

    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    page = capsys.readouterr().out
    assert ended.value.code == 0
    assert len(page.splitlines()) >= 6
    assert command in page


def test_ask_answers_from_the_faq_and_tells_why(tmp_path: Path) -> None:
    done = madoguchi(tmp_path, "ask", "粗大ごみの収集手数料は、品物ごとにいくらかかりますか。", "--json")
    assert done.returncode == 0, done.stderr
    decision = json.loads(done.stdout)
    assert decision["decision"] == "Answer"
    assert decision["why"]["matches"][0][0] == "D-002"


def test_explain_shows_the_way_to_the_decision(tmp_path: Path) -> None:
    done = madoguchi(tmp_path, "explain", "父が息を引き取りました")
    assert done.returncode == 0, done.stderr
    assert "死亡届" in done.stdout.split("hints")[1].splitlines()[0]
    assert "decision" in done.stdout


def test_chat_is_a_conversation(tmp_path: Path) -> None:
    done = madoguchi(tmp_path, "chat", said="粗大ごみの収集手数料は、品物ごとにいくらかかりますか。\n\n")
    assert done.returncode == 0, done.stderr
    assert "400円" in done.stdout


@pytest.mark.slow
def test_a_new_city_is_made_checked_and_never_overwritten(tmp_path: Path) -> None:
    city = tmp_path / "city"
    assert madoguchi(tmp_path, "init", str(city)).returncode == 0
    assert madoguchi(tmp_path, "check", str(city)).returncode == 0
    (city / "city.yml").write_text("name: [broken\n", encoding="utf-8")
    assert madoguchi(tmp_path, "init", str(city)).returncode == 0
    assert (city / "city.yml").read_text(encoding="utf-8") == "name: [broken\n"
    wrong = madoguchi(tmp_path, "check", str(city))
    assert wrong.returncode == 1
    assert "city.yml:" in wrong.stdout


@pytest.mark.slow
def test_an_import_again_changes_nothing_and_comes_back_whole(tmp_path: Path) -> None:
    faq = tmp_path / "faq.csv"
    faq.write_text("ID,問い合わせ文,応答文,カテゴリ\n1,庭の池は？,環境課です。,庭\n2,,答えだけ,庭\n", encoding="cp932")
    dry = madoguchi(tmp_path, "import-faq", str(faq), "--dry-run")
    assert "新規 1" in dry.stdout
    assert f"{faq}:3: 問い合わせ文" in dry.stdout
    assert "新規 1" in madoguchi(tmp_path, "import-faq", str(faq)).stdout
    assert "新規 0、変更 0、同じ 1" in madoguchi(tmp_path, "import-faq", str(faq)).stdout
    assert madoguchi(tmp_path, "export", str(tmp_path / "out")).returncode == 0
    assert "庭の池は？" in (tmp_path / "out" / "faq.csv").read_text(encoding="utf-8-sig")


def test_an_operator_gets_a_first_password_and_a_wrong_section_is_named(tmp_path: Path) -> None:
    words = ("create-operator", "sato", "--name", "佐藤", "--role", "operator")
    made = madoguchi(tmp_path, *words, "--section", "shimin")
    assert made.returncode == 0, made.stderr
    assert "初回パスワード" in made.stdout
    wrong = madoguchi(tmp_path, *words, "--section", "nowhere")
    assert wrong.returncode == 2
    assert "nowhere" in wrong.stderr


@pytest.mark.slow
def test_a_backup_is_restored_into_an_empty_database_only(tmp_path: Path) -> None:
    assert madoguchi(tmp_path, "ask", "住民票").returncode == 0  # seeds the database
    kept = tmp_path / "backup.gz"
    assert madoguchi(tmp_path, "backup", str(kept)).returncode == 0
    assert madoguchi(tmp_path, "restore", str(kept)).returncode == 1
    elsewhere = {"MADOGUCHI_DATA": str(tmp_path / "second")}
    assert madoguchi(tmp_path, "migrate", settings=elsewhere).returncode == 0
    restored = madoguchi(tmp_path, "restore", str(kept), settings=elsewhere)
    assert restored.returncode == 0, restored.stderr


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"MADOGUCHI_PORT": "many"}, "MADOGUCHI_PORT"),
        ({"MADOGUCHI_COLOUR": "blue"}, "MADOGUCHI_COLOUR"),
        ({"MADOGUCHI_TRUSTED_PROXIES": "nginx"}, "trusted_proxies"),
        ({"MADOGUCHI_CITY": "nowhere"}, "nowhere"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, settings: dict[str, str], named: str) -> None:
    done = madoguchi(tmp_path, "ask", "住民票", settings=settings)
    assert done.returncode in {1, 2}
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    done = madoguchi(tmp_path, "import-faq", "nowhere.csv")
    assert done.returncode == 1
    assert "nowhere.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_evaluate_faq_measures_and_writes_a_run(tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text(
        '{"id": "1", "query": "粗大ごみの料金", "relevant": {"D-002": 2}}\n'
        '{"id": "2", "query": "おいしいラーメン屋", "relevant": {}}\n{"id": "3"}\n',
        encoding="utf-8",
    )
    run = tmp_path / "out.run"
    done = madoguchi(
        tmp_path, "evaluate-faq", "--faq", str(ROOT / "demo/mirai/faq.csv"), "--queries", str(questions),
        "--run", str(run), "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["questions"], found["answerable"], found["decision"]["unanswerable"]) == (2, 1, 1)
    assert found["ranking"]["hit_at_3"] == 1.0
    assert found["decision"]["unanswerable_not_answered"] == 1.0
    assert "q.jsonl:3: query" in done.stderr
    columns = [line.split() for line in run.read_text(encoding="utf-8").splitlines()]
    assert {len(row) for row in columns} == {6}
    scores = [float(row[4]) for row in columns if row[0] == "1"]
    assert scores == sorted(scores, reverse=True)


def test_evaluate_intents_tells_intents_and_strangers_apart(tmp_path: Path) -> None:
    train = tmp_path / "train.csv"
    train.write_text(
        "text,intent\n"
        + "".join(
            f"ごみを出したい{n},garbage\n住民票がほしい{n},certificate\n犬の登録{n},dog\n図書館の本{n},library\n"
            for n in range(5)
        ),
        encoding="utf-8",
    )
    test = tmp_path / "test.tsv"
    test.write_text(
        "ごみを出したいです\tgarbage\n住民票がほしいです\tcertificate\n今夜の月\toos\nx\n", encoding="utf-8"
    )
    done = madoguchi(tmp_path, "evaluate-intents", "--train", str(train), "--test", str(test), "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["messages"], found["in_scope"], found["accuracy_in_scope"]) == (3, 2, 1.0)
    assert (found["out_of_scope_recall"], found["out_of_scope_precision"]) == (1.0, 1.0)
    assert "test.tsv:4" in done.stderr


@pytest.mark.slow
def test_intents_are_taught_from_a_table_and_a_mistake_changes_nothing(tmp_path: Path) -> None:
    table = tmp_path / "intents.csv"
    rows = "".join(f"こいのぼりを見たい{n},carp\n犬の登録をしたい{n},dog\n" for n in range(5))
    table.write_text(f"text,intent\n{rows}ひとつだけ\n", encoding="utf-8")
    refused = madoguchi(tmp_path, "train-intents", "--file", str(table))
    assert refused.returncode == 1
    assert f"{table}:12: " in refused.stderr
    assert "intent    carp" not in madoguchi(tmp_path, "explain", "こいのぼりを見たい").stdout

    taught = madoguchi(tmp_path, "train-intents", "--file", str(table), "--skip-wrong")

    assert taught.returncode == 0, taught.stderr
    assert "意図 2、例 10" in taught.stdout
    assert "2/2 = 100.0%" in taught.stdout
    assert "intent    carp" in madoguchi(tmp_path, "explain", "こいのぼりを見たい").stdout
    assert "意図 29" in madoguchi(tmp_path, "train-intents").stdout, "back to the city's own"
