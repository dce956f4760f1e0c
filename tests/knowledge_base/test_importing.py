import io
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.article import ArticleContent
from knowledge_base.exporting import export_faq
from knowledge_base.importing import ImportReport, Problem, import_faq

KOSODATE = Path(__file__).parents[3] / "shared/data/kosodate_faq/dataset.csv"
GOOD = "ID,問い合わせ文,応答文,カテゴリ\nA-1,住民票を取りたい,窓口へどうぞ,証明\n"


def csv_report(text: str, encoding: str = "utf-8") -> ImportReport:
    return import_faq(text.encode(encoding), "faq.csv")


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def only_problem(report: ImportReport) -> Problem:
    assert len(report.problems) == 1, report.problems
    return report.problems[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "euc_jp"])
def test_any_program_may_have_saved_the_file(encoding: str) -> None:
    report = csv_report(GOOD, encoding)
    assert report.problems == ()
    assert report.entries[0].content.question == "住民票を取りたい"


@pytest.mark.parametrize(
    "header",
    [
        "No.,質問,回答,分類",
        "番号,サンプル 問い合わせ文,サンプル 応答文,カテゴリ1",
        "ｉｄ,問合せ文,応答,カテゴリー",
        "ID\t質問文\t回答文\tジャンル",
    ],
)
def test_columns_are_known_by_many_names(header: str) -> None:
    row = "1,何時まで？,５時まで,案内".replace(",", "\t" if "\t" in header else ",")
    entry = csv_report(f"{header}\n{row}\n").entries[0]
    assert (entry.external_id, entry.content.question, entry.content.category) == ("1", "何時まで？", "案内")


def test_rows_are_numbered_as_excel_shows_them_though_cells_have_line_breaks() -> None:
    text = 'ID,質問,回答,分類\n1,"長い\n質問\nです","長い\n回答",a\n\n2,,回答,a\n'
    problem = only_problem(csv_report(text))
    assert (problem.row, problem.column, problem.severity) == (4, "質問", "error")


def test_good_rows_are_imported_though_others_are_bad() -> None:
    report = csv_report(GOOD + "A-2,,回答だけ,証明\nA-3,質問だけ,,証明\nA-4,また質問,また回答,証明\n")
    assert [entry.external_id for entry in report.entries] == ["A-1", "A-4"]
    assert [(p.row, p.column) for p in report.problems] == [(3, "問い合わせ文"), (4, "応答文")]


def test_our_own_columns_are_read() -> None:
    text = (
        "ID,問い合わせ文,応答文,カテゴリ,言い換え,キーワード,担当課,見直し期限,有効開始,有効終了,英語の質問,英語の回答,やさしい日本語の回答\n"
        'A-1,質問,回答,証明,"一つ目\n二つ目",住民票、証明,citizen,2027-03-31,2027/4/1,令和9年4月30日,Question?,Answer,こたえです\n'
    )
    content = csv_report(text).entries[0].content
    assert content.phrasings == ("一つ目", "二つ目")
    assert content.keywords == ("住民票", "証明")
    assert (content.review_by, content.valid_from, content.valid_until) == (
        date(2027, 3, 31),
        date(2027, 4, 1),
        date(2027, 4, 30),
    )
    assert content.questions == {"en": "Question?"}
    assert content.answers == {"en": "Answer", "ja-easy": "こたえです"}


def test_columns_we_do_not_know_are_kept() -> None:
    assert csv_report("ID,質問,回答,分類,備考\n1,q,a,c,だいじ\n").entries[0].content.extra == {"備考": "だいじ"}


def test_a_missing_id_is_made_from_the_question_and_stays_the_same() -> None:
    text = "質問,回答,分類\n何時までですか。,5時,c\n"
    first, again = csv_report(text), csv_report(text.replace("。", "！"))
    assert first.entries[0].external_id == again.entries[0].external_id
    assert only_problem(first).severity == "warning"


def test_a_repeated_id_is_an_error_that_names_the_first_row() -> None:
    report = csv_report(GOOD + "A-1,別の質問,別の回答,証明\n")
    assert len(report.entries) == 1
    assert "2行目" in only_problem(report).message_ja
    assert report.has_errors


def test_a_repeated_question_is_a_warning() -> None:
    report = csv_report(GOOD + "A-2,住民票をとりたい,b,証明\nA-3,住民票を取りたい！,c,証明\n")
    assert len(report.entries) == 3
    assert (only_problem(report).row, report.has_errors) == (4, False)


@pytest.mark.parametrize("text", ["○○市役所へ", "本庁舎△△階", "××課です", "（自治体HP内関連ページのURL）", "●●県"])
def test_placeholders_are_pointed_out(text: str) -> None:
    problem = only_problem(csv_report(f"ID,質問,回答,分類\n1,q,{text},c\n"))
    assert (problem.row, problem.column, problem.severity) == (2, "回答", "warning")


def test_a_missing_column_is_one_clear_error() -> None:
    problem = only_problem(csv_report("ID,質問,分類\n1,q,c\n2,r,c\n"))
    assert "「応答文」" in problem.message_ja


@pytest.mark.parametrize("bad", ["2027-02-30", "あした", "5月"])
def test_a_date_that_is_none_keeps_the_row_out(bad: str) -> None:
    report = csv_report(f"ID,質問,回答,分類,有効終了\n1,q,a,c,{bad}\n")
    assert report.entries == ()
    assert only_problem(report).column == "有効終了"


def test_a_dangerous_address_is_not_taken() -> None:
    report = csv_report("ID,質問,回答,分類,出典URL\n1,q,a,c,javascript:alert(1)\n")
    assert report.entries[0].content.url == ""
    assert only_problem(report).column == "出典URL"


def test_an_unclosed_quote_is_found_where_it_begins() -> None:
    report = csv_report(GOOD + 'A-2,"閉じない質問,回答,c\nA-3,q,a,c\n')
    assert any(problem.row == 3 and "引用符" in problem.message_ja for problem in report.problems)
    assert len(report.entries) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef\xbb\xbf",
        b"\n\n",
        b"\0\0\0",
        bytes(range(256)) * 9,
        b"PK\x03\x04rubbish",
        b"\xd0\xcf\x11\xe0zz",
        b"%PDF-1.4",
    ],
)
def test_what_is_no_table_is_one_error(data: bytes) -> None:
    report = import_faq(data, "x.csv")
    assert (report.entries, only_problem(report).severity) == ((), "error")


def test_excel_is_read_with_a_title_row_above_the_header() -> None:
    data = workbook([["FAQ一覧"], ["ID", "質問", "回答", "分類"], [1, "q", "a\nb", "c"], [], [2, "", "a", "c"]])
    report = import_faq(data, "faq.xlsx")
    assert [(entry.row, entry.external_id, entry.content.answer) for entry in report.entries] == [(3, "1", "a\nb")]
    assert only_problem(report).row == 5


def test_a_formula_without_a_stored_result_is_pointed_out() -> None:
    report = import_faq(workbook([["ID", "質問", "回答", "分類", "備考"], [1, "q", "a", "c", "=A2+1"]]), "faq.xlsx")
    assert "数式" in only_problem(report).message_ja
    assert len(report.entries) == 1


def test_a_hidden_sheet_is_not_what_staff_meant() -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.append(["ID", "質問", "回答"])
    hidden.append(["old", "古い", "古い"])
    hidden.sheet_state = "hidden"
    shown = book.create_sheet()
    shown.append(["ID", "質問", "回答", "分類"])
    shown.append(["new", "新しい", "新しい", "c"])
    out = io.BytesIO()
    book.save(out)
    assert [entry.external_id for entry in import_faq(out.getvalue(), "x.xlsx").entries] == ["new"]


def test_a_workbook_that_unpacks_to_gigabytes_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(310):
                part.write(bytes(1_000_000))
    assert "展開" in only_problem(import_faq(out.getvalue(), "bomb.xlsx")).message_ja


def test_text_that_looks_like_a_formula_stays_text() -> None:
    assert csv_report("ID,質問,回答,分類\n1,=1+1,-5度,@c\n").entries[0].content.question == "=1+1"


def test_an_exported_file_runs_no_formula() -> None:
    content = ArticleContent(question='=HYPERLINK("x")', answer="+1", category="@SUM(A1)", extra={"備考": "-1"})
    lines = export_faq([("=1", content)]).decode("utf-8-sig").splitlines()
    assert not any(cell.strip('"').startswith(("=", "+", "-", "@")) for cell in lines[1].split(","))


CELL = st.text(st.characters(exclude_categories=["C"], exclude_characters="\ufffd\u2028\u2029\x85"), max_size=20).map(
    str.strip
)
PART = CELL.filter(bool)
LANGUAGES = st.dictionaries(st.sampled_from(["en", "ja-easy"]), PART)
DAY = st.none() | st.dates(min_value=date(1900, 1, 1))
CONTENT = st.builds(
    ArticleContent,
    question=PART,
    answer=st.lists(PART, min_size=1, max_size=3).map("\n".join),
    category=PART,
    section=CELL,
    phrasings=st.lists(PART, max_size=3, unique=True).map(tuple),
    keywords=st.lists(PART.filter(lambda word: not set("、,，;；") & set(word)), max_size=3, unique=True).map(tuple),
    short_answer=CELL,
    documents=CELL,
    fee=CELL,
    hours=CELL,
    url=st.just("") | st.just("https://www.city.mirai.example/a?b=c"),
    questions=LANGUAGES,
    answers=LANGUAGES,
    valid_from=DAY,
    valid_until=DAY,
    review_by=DAY,
    extra=st.dictionaries(st.sampled_from(["備考", "=見出し", "メモ\n欄"]), PART),
)


@settings(max_examples=60)
@given(st.lists(st.tuples(PART, CONTENT), min_size=1, max_size=4, unique_by=lambda pair: pair[0]))
def test_what_is_exported_comes_back_unchanged(entries: list[tuple[str, ArticleContent]]) -> None:
    report = import_faq(export_faq(entries), "faq.csv")
    assert [(entry.external_id, entry.content) for entry in report.entries] == entries


@settings(max_examples=60)
@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: (GOOD + text).encode(errors="replace")))
)
def test_no_bytes_break_the_import(data: bytes) -> None:
    report = import_faq(data, "faq.csv")
    assert report.entries or report.problems


@pytest.mark.parametrize("path", [KOSODATE] if KOSODATE.exists() else [])
def test_the_662_entries_of_the_open_data_faq_are_imported(path: Path) -> None:
    report = import_faq(path.read_bytes(), path.name)
    assert len(report.entries) == 662
    assert not report.has_errors
    again = import_faq(export_faq([(entry.external_id, entry.content) for entry in report.entries]), "again.csv")
    assert [entry.content for entry in again.entries] == [entry.content for entry in report.entries]
