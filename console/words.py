"""What codes are called on the pages: in Japanese, which the templates pass through ``t``."""

from knowledge_base.speaking import Kind

CHANNELS = {
    "web": "ウェブ",
    "form": "フォーム",
    "terminal": "ターミナル",
    "line": "LINE",
    "mail": "メール",
    "telegram": "Telegram",
    "rasa": "Rasa",
    "staff": "庁内",
    "phone": "電話",
    "counter": "窓口（来庁）",
}
BY_PHONE = {name: CHANNELS[name] for name in ("phone", "counter")}
"""the channels of what staff log themselves"""
OUTCOMES = {"answered": "回答した", "transferred": "転送した", "ticket": "受付にした"}
"""how a call or visit ended"""
LANGUAGES = {"ja": "日本語", "ja-easy": "やさしい日本語", "en": "English"}
AUTHORS = {"resident": "相手の方", "bot": "ボット", "operator": "職員", "system": "システム"}
STATUSES = {"open": "未対応", "assigned": "対応中", "waiting_for_resident": "返信待ち", "closed": "終了"}
REASONS = {
    "asked_for_person": "担当者を希望",
    "not_understood": "理解できなかった",
    "no_answer": "FAQに答えがない",
    "emergency": "緊急のことば",
    "dialogue": "手続きの申し込み",
    "refused_delivery": "返信が届かない",
    "set_aside": "処理できなかった",
    "contact_form": "お問い合わせフォーム",
    "taken_over": "職員が引き継いだ",
    "no_robot": "自動で返信できない",
    "expired": "期限切れ",
    "below_its_bar": "カテゴリの正しさが基準を下回った",
}
RULES = {
    "greeting": "最初のあいさつ",
    "a_person_owns_it": "担当者が対応中",
    "a_robot_wrote": "自動送信のメール",
    "no_robot_may_answer": "自動で返信できない",
    "cannot_wait": "緊急・注意のことば",
    "came_by_the_form": "フォームから",
    "links_channels": "チャネルの連携",
    "asks_for_a_person": "担当者の希望",
    "is_in_a_dialogue": "手続きの途中",
    "question_in_between": "手続き中の質問",
    "picked_something": "選択肢から",
    "sent_only_a_file": "添付だけ",
    "corrects_itself": "言い直し",
    "comes_back": "前の話題に戻る",
    "asks_about_the_topic": "直前の話題",
    "asks_for_what_was_said": "会話の振り返り",
    "asks_about_the_office": "窓口・電話・時間",
    "asks_several_things": "複数の質問",
    "starts_a_dialogue": "手続きの開始",
    "faq_answer": "FAQで回答",
    "faq_offer": "候補を提示",
    "makes_conversation": "あいさつなど",
    "waits_already": "担当者待ち",
    "is_not_understood": "理解できず",
    "is_talked_about_elsewhere": "専用ページへの案内",
}
RULES_EXPLAINED = {
    "greeting": "会話の初めのあいさつです。",
    "a_person_owns_it": "職員が対応しているため、ボットは話しません。",
    "a_robot_wrote": "不在通知などの自動送信のため、返信していません。",
    "no_robot_may_answer": "自動では返信できないメールのため、職員におつなぎしました。",
    "cannot_wait": "命や安全に関わる言葉、または注意が必要な言葉がありました。ほかの判断より先に対応します。",
    "came_by_the_form": "お問い合わせフォームからのため、職員におつなぎしました。",
    "links_channels": "別のチャネルとつなぐ、またはそれをやめるための言葉かコードでした。",
    "asks_for_a_person": "職員と話したいという希望がありました。",
    "is_in_a_dialogue": "手続きの質問への返事として受け取りました。",
    "question_in_between": "手続きの途中の質問に、確かなFAQで答え、手続きに戻りました。",
    "picked_something": "選択肢から選ばれたものに答えました。",
    "sent_only_a_file": "文章がなく、ファイルか場所だけが届きました。",
    "corrects_itself": "直前の質問を言い直した言葉として、正しいほうで調べ直しました。",
    "comes_back": "前に案内した話題に戻る言葉と判断しました。",
    "asks_about_the_topic": "直前に案内した項目についての続きの質問と判断しました。",
    "asks_for_what_was_said": "前の案内や、受付の状況をたずねる言葉でした。",
    "asks_about_the_office": "窓口の場所、電話、受付時間についての質問と判断しました。",
    "asks_several_things": "1つのメッセージに複数の質問があり、それぞれに確かなFAQがあると判断しました。",
    "starts_a_dialogue": "手続きを始めたいという言葉と判断しました。",
    "faq_answer": "最も近いFAQの確率が基準以上だったため、そのまま回答しました。",
    "faq_offer": "近いFAQはありましたが、そのまま回答する条件を満たさないため、選んでもらいました。",
    "makes_conversation": "あいさつやお礼など、質問ではない言葉と判断しました。",
    "waits_already": "担当者を待っている間の言葉として、受付に加えました。",
    "is_not_understood": "近いFAQも手続きも見つからず、聞き返すか、職員におつなぎしました。",
    "is_talked_about_elsewhere": "秘密を守る用件のため、ここではお答えせず、市の専用ページへのリンクをお送りしました。",
}
"""the same in a sentence"""
SIGNALS: dict[Kind, str] = {
    "exact": "登録された質問・言い換えと同じ文",
    "words": "言葉の一致",
    "concepts": "同じ意味の言葉の一致",
    "sounds": "読みの一致",
    "hints": "ヒント語の一致",
    "subjects": "よくある用件からの手がかり",
    "meaning": "意味の近さ",
    "form": "質問の形（長さ・言語・用件の範囲）",
}
PROOFS = {"holds_both_channels": "ご本人がコードで確認（両方のチャネルを使える方）"}
"""how sure it is that linked addresses are one person's"""
REFUSALS = {"does_not_fit": "合わない", "outdated": "古い", "wrong": "間違い"}
"""why a suggested entry is of no use"""
SILENCES = {"person_has_it": "担当者が対応中のため"}
ROLES = {"operator": "窓口担当", "editor": "FAQ編集", "supervisor": "統括", "administrator": "管理者"}
