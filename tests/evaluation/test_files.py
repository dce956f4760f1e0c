from pathlib import Path

import pytest

from evaluation.faq_files import read_faq_file
from evaluation.query_files import read_queries


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("q.jsonl", '{"id": "1", "query": "住民票", "relevant": {"A-1": 2, "A-7": 1}}\n'),
        ("q.jsonl", '{"qid": 1, "question": "住民票", "relevant_ids": [{"id": "A-1", "grade": 2}, "A-7"]}\n\n'),
        ("q.csv", 'id,query,relevant\n1,住民票,"A-1:2 A-7"\n'),
        ("q.csv", "\ufeffID,質問,正解\r\n1,住民票,A-1:2;A-7:1\r\n"),
        ("q.tsv", "id\tquery\trelevant\n1\t住民票\tA-1:2,A-7\n"),
        ("q.tsv", "1\t住民票\tA-1:2 A-7\n"),
    ],
)
def test_every_way_to_write_the_questions_means_the_same(tmp_path: Path, name: str, text: str) -> None:
    queries, problems = read_queries(written(tmp_path, name, text))
    assert not problems
    found = [(query.id, query.text, dict(query.relevant)) for query in queries]
    assert found == [("1", "住民票", {"A-1": 2, "A-7": 1})]


def test_a_quotation_mark_in_a_tsv_is_a_letter(tmp_path: Path) -> None:
    queries, _ = read_queries(written(tmp_path, "q.tsv", 'id\tquery\n1\t"住民票\n2\tごみ\n'))
    assert [query.text for query in queries] == ['"住民票', "ごみ"]


def test_trec_judgements_stand_for_the_column(tmp_path: Path) -> None:
    questions = written(tmp_path, "q.tsv", "1\t住民票\n2\t天気\n")
    judged = written(tmp_path, "qrels.txt", "1 0 A-1 2\n1 0 A-2 0\nno judgement\n9 0 A-1 1\n")
    queries, problems = read_queries(questions, judged)
    assert [dict(query.relevant) for query in queries] == [{"A-1": 2}, {}]
    assert [(problem.line, problem.field) for problem in problems] == [(3, ""), (4, "question")]


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        ("{", "", "not a JSON object"),
        ('{"id": "1"}', "query", "is missing"),
        ('{"query": "住民票"}', "id", "is missing"),
        ('{"id": "1", "query": "x", "relevant": {"A": "good"}}', "relevant", "whole number"),
        ('{"id": "1", "query": "x", "relevant": 1.5}', "relevant", "cannot be read"),
        ('{"id": "0", "query": "again"}', "id", "stands twice"),
    ],
)
def test_a_bad_line_is_named_and_the_good_ones_stay(tmp_path: Path, line: str, field: str, words: str) -> None:
    path = written(tmp_path, "q.jsonl", f'{{"id": "0", "query": "ごみ"}}\n{line}\n')
    queries, problems = read_queries(path)
    assert [query.text for query in queries] == ["ごみ"]
    assert [(problem.file, problem.line, problem.field) for problem in problems] == [(str(path), 2, field)]
    assert words in str(problems[0])


def test_an_faq_as_json_lines(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "faq.jsonl",
        '{"id": 1, "question": "住民票は？", "answer": "市民課です。", "phrasings": ["じゅうみんひょう"]}\n'
        '{"id": 2, "question": "答えなし"}\n'
        '{"id": 1, "question": "二度目", "answer": "…"}\n',
    )
    versions, problems = read_faq_file(path)
    assert [(v.external_id, v.content.question, v.content.phrasings) for v in versions] == [
        ("1", "住民票は？", ("じゅうみんひょう",))
    ]
    assert [(problem.line, problem.field) for problem in problems] == [(2, "answer"), (3, "id")]


def test_an_faq_as_a_table_keeps_its_ids(tmp_path: Path) -> None:
    path = written(tmp_path, "faq.csv", "ID,問い合わせ文,応答文,カテゴリ\n001,住民票は？,市民課です。,届出\n")
    versions, problems = read_faq_file(path)
    assert [version.external_id for version in versions] == ["001"]
    assert not problems
