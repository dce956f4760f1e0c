"""How good the search is, and how often it is confidently wrong.

    .venv/bin/python -m benchmarks.search_quality --faq demo/mirai/faq.csv [--kosodate ../shared/data/kosodate_faq/dataset.csv]
        [--vectors /tmp/vectors.npz] [--no-vectors] [--misses 20]

(a) leaves each phrasing of the FAQ out and asks it; every tenth entry is missing altogether, and small talk is mixed in.
(b) asks the questions of an FAQ without phrasings as people would send them.

Only the half of the entries that ``fit_fusion`` did not see is reported, unless ``--all``.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.search_data import TODAY, Asked, VectorFile, disturbed, half_of, held_out, off_topic, versions_of
from knowledge_base.article import Match
from knowledge_base.search import OFFER_AT, FaqIndex, is_sure
from language.encoder import BundledE5, Encoder, NoEncoder

Result = tuple[Asked, tuple[Match, ...], float]
"""what was asked, what was found, seconds"""


def ask(index: FaqIndex, questions: Iterable[Asked]) -> list[Result]:
    results: list[Result] = []
    for asked in questions:
        begin = time.perf_counter()
        found = index.search(asked.question, at_most=5, today=TODAY)
        results.append((asked, found, time.perf_counter() - begin))
    return results


def report(title: str, results: Sequence[Result]) -> None:
    print(f"\n{title}")
    print(f"{'kind':<16}{'n':>6}{'top-1':>8}{'top-3':>8}{'answered':>10}{'wrong':>8}{'offered right':>15}{'silent':>8}")
    by_kind: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_kind[result[0].kind].append(result)
    for kind, group in by_kind.items():
        _line(kind, group)
    if len(by_kind) > 1:
        _line("all", results)
    answered = [found[0].version.external_id in asked.right for asked, found, _ in results if is_sure(found)]
    if answered:
        print(f"of {len(answered)} confident answers {100 * (1 - np.mean(answered)):.1f} % are wrong")
    milliseconds = [1000 * seconds for *_, seconds in results]
    print(f"time: median {np.median(milliseconds):.1f} ms, 95 % within {np.percentile(milliseconds, 95):.1f} ms")
    _calibration(results)


def _line(kind: str, group: Sequence[Result]) -> None:
    def share(hits: Iterable[bool]) -> str:
        return f"{100 * np.mean(list(hits)):.1f}"

    def ids(found: Sequence[Match], at_most: int) -> list[str]:
        return [match.version.external_id for match in found[:at_most]]

    sure = [is_sure(found) for _, found, _ in group]
    wrong = [is_sure(found) and found[0].version.external_id not in asked.right for asked, found, _ in group]
    offered = [
        not is_sure(found) and any(m.version.external_id in asked.right for m in found[:4] if m.probability >= OFFER_AT)
        for asked, found, _ in group
    ]
    silent = [not found or found[0].probability < OFFER_AT for _, found, _ in group]
    first = share(bool({*ids(found, 1)} & asked.right.keys()) for asked, found, _ in group)
    third = share(bool({*ids(found, 3)} & asked.right.keys()) for asked, found, _ in group)
    numbers = (first, third, share(sure), share(wrong), share(offered), share(silent))
    widths = (8, 8, 10, 8, 15, 8)
    print(
        f"{kind:<16}{len(group):>6}"
        + "".join(f"{number:>{width}}" for number, width in zip(numbers, widths, strict=True))
    )


def _calibration(results: Sequence[Result]) -> None:
    """Of the best matches with a probability of about p, how many were right."""
    best = [(found[0].probability, found[0].version.external_id in asked.right) for asked, found, _ in results if found]
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        inside = [(p, right) for p, right in best if low <= p < high]
        if inside:
            said, was = np.mean([p for p, _ in inside]), np.mean([right for _, right in inside])
            print(f"  said {said:.2f}  was {was:.2f}  n {len(inside)}")


def show_misses(results: Sequence[Result], at_most: int) -> None:
    wrong = [r for r in results if is_sure(r[1]) and r[1][0].version.external_id not in r[0].right]
    for asked, found, _ in wrong[:at_most]:
        best = found[0]
        print(
            f"  {asked.kind}: {asked.question!r} [{' '.join(asked.right)}] -> {best.probability:.2f} {best.version.content.question!r}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="search quality")
    parser.add_argument("--faq", type=Path, nargs="*", default=[Path("demo/mirai/faq.csv")])
    parser.add_argument("--kosodate", type=Path, default=Path("../shared/data/kosodate_faq/dataset.csv"))
    parser.add_argument("--vectors", type=Path, default=Path("/tmp/madoguchi_vectors.npz"))  # noqa: S108  (a cache)
    parser.add_argument("--no-vectors", action="store_true")
    parser.add_argument("--all", action="store_true", help="report the fitted half too")
    parser.add_argument("--misses", type=int, default=0)
    options = parser.parse_args()
    encoder: Encoder = NoEncoder() if options.no_vectors else BundledE5()
    store = VectorFile(options.vectors, encoder)
    if all(path.exists() for path in options.faq):
        versions = versions_of(*options.faq)
        vectors = store.complete(versions)
        results: list[Result] = []
        for kept, asked in held_out(versions):
            index = FaqIndex.build(kept, vectors=vectors, encoder=encoder)
            wanted = asked if options.all else [a for a in asked if half_of(a.question) == 1]
            results += ask(index, wanted)
        small_talk = [a for a in off_topic() if options.all or half_of(a.question) == 1]
        results += ask(FaqIndex.build(versions, vectors=vectors, encoder=encoder), small_talk)
        report(f"(a) {len(versions)} entries, one phrasing left out", results)
        show_misses(results, options.misses)
    if options.kosodate.exists():
        versions = versions_of(options.kosodate)
        index = FaqIndex.build(versions, vectors=store.complete(versions), encoder=encoder)
        results = ask(index, [*disturbed(versions), *off_topic()])
        report(f"(b) {options.kosodate.name}: {len(versions)} entries, their own questions disturbed", results)
        show_misses(results, options.misses)


if __name__ == "__main__":
    main()
