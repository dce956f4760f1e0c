"""The figures of ``evaluate-faq`` as a page for a terminal."""

from typing import Any


def page(found: dict[str, Any]) -> str:
    ranking, decision, times = found["ranking"], found["decision"], found["milliseconds"]
    lines = [
        f"entries {found['entries']}  questions {found['questions']}  answerable {found['answerable']}",
        "",
        f"Recall@10 {ranking['recall_at_10']:.3f}  Precision@10 {ranking['precision_at_10']:.3f}",
        f"nDCG@10 {ranking['ndcg_at_10']:.3f} (gain 2^g-1: {ranking['ndcg_exp_at_10']:.3f})  MRR {ranking['mrr']:.3f}",
        "  ".join(f"Hit@{at} {ranking[f'hit_at_{at}']:.3f}" for at in (1, 3, 5, 10)),
    ]
    for title in ("by_style", "by_language"):
        if found[title]:
            lines += ["", f"{title[3:]:<18}{'n':>5}  Hit@1  Hit@3  R@10   nDCG"]
            lines += [
                f"{name:<18}{row['questions']:>5}  {row['hit_at_1']:.3f}  {row['hit_at_3']:.3f}  "
                f"{row['recall_at_10']:.3f}  {row['ndcg_at_10']:.3f}"
                for name, row in found[title].items()
            ]
    lines += ["", f"answered directly {decision['answered_directly']}"]
    lines += [f"  of them right {_percent(decision['precision_of_direct_answers'])}"]
    lines += [f"  coverage of the answerable {_percent(decision['coverage_of_answerable'])}"]
    if decision["unanswerable"]:
        lines += [f"without an answer {decision['unanswerable']}"]
        lines += [f"  of them not answered {_percent(decision['unanswerable_not_answered'])}"]
        lines += [f"  area under the ROC curve {decision['roc_area']:.3f}"]
    lines += [f"expected calibration error {decision['expected_calibration_error']:.3f}"]
    lines += ["", f"time per question: p50 {times['p50']:.1f} ms, p95 {times['p95']:.1f} ms, p99 {times['p99']:.1f} ms"]
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
