"""What codes are called on the pages: in Japanese, which the templates pass through ``t``."""

CHANNELS = {
    "web": "ウェブ",
    "form": "フォーム",
    "terminal": "ターミナル",
    "line": "LINE",
    "mail": "メール",
    "telegram": "Telegram",
}
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
    "expired": "期限切れ",
}
RULES = {
    "greeting": "最初のあいさつ",
    "a_person_owns_it": "担当者が対応中",
    "cannot_wait": "緊急・注意のことば",
    "came_by_the_form": "フォームから",
    "asks_for_a_person": "担当者の希望",
    "is_in_a_dialogue": "手続きの途中",
    "question_in_between": "手続き中の質問",
    "picked_something": "選択肢から",
    "sent_only_a_file": "添付だけ",
    "asks_about_the_topic": "直前の話題",
    "asks_for_what_was_said": "会話の振り返り",
    "asks_about_the_office": "窓口・電話・時間",
    "starts_a_dialogue": "手続きの開始",
    "faq_answer": "FAQで回答",
    "faq_offer": "候補を提示",
    "makes_conversation": "あいさつなど",
    "waits_already": "担当者待ち",
    "is_not_understood": "理解できず",
}
SILENCES = {"person_has_it": "担当者が対応中のため"}
ROLES = {"operator": "窓口担当", "editor": "FAQ編集", "supervisor": "統括", "administrator": "管理者"}
