"""Wishes that plain words tell for certain, whatever a city's examples say: tables, read against normalised text."""

import re
from typing import Final

from language.japanese import normalise

LONGEST = 300

_STAFF = (
    r"(職員|担当者|担当|係(の人|員)?|オペレーター?|スタッフ|(窓口|(市|区)?役所|市)の(人|方|職員)|人間|有人|責任者|上司|生身の人|本物の人|"
    r"人|ひと|誰か|だれか|しやくしょのひと)(の(人|方|かた)|さん)?"
)
_TALK = (
    r"(話(を|が)?(した|させ|し?せ|聞いて)|話した|お?話しし|話せ(ます|る|ません|ない)|話をさせ|はなした|つない|つなげ|繋|代わ|替わ|変わっ|かわっ|"
    r"出して|呼んで|引き継|取り次|チャットした|(直接)?(聞|き)き(たい|ます)|質問した|相談した|お願いし|やりとり(が)?した|対応して(ほし|くだ|もら|くれ))"
)

PERSON: Final = (
    rf"{_STAFF}(と|に|へ|を|が|から)?(直接|チャットで|電話で|一度|ちゃんと|すぐ|少し|、)*{_TALK}",
    (
        rf"^(やっぱり|もう|いいから|だから|早く|はやく|すみません|あの|、)*{_STAFF}"
        r"(を|に|で|が)?(お願い(します|できますか|したい)?|希望(します)?|いい(です)?|出せ|出して|はよ|、)*(ください)?$"
    ),
    r"(機械|ロボット|ボット|ai|自動(応答|音声)?)(じゃ|では|で|より|に)?(なく|な|嫌|いや|だめ|無理|話になら|わからな)[^。]{0,10}(人|職員|担当|誰か)",
    r"(折り返し)?(電話|連絡)を?(かけて|して|お願い|くれ)[^。]{0,2}(ほし|欲し|くだ|下さ|もら|くれ|ませ)|折り返し(お?電話|連絡)",
    r"有人(チャット|対応|窓口|オペレーター?|サポート)(に|を|へ|で|が)?(切|した|お願|希望|つな|対応|$)",
    (
        r"\b(talk|speak|chat)(ing)? (to|with) (a |an |the |your |some)?(real |live |human |actual )*"
        r"(person|people|human|agent|operator|staff|someone|somebody|one|representative|officer|clerk|employee)\b"
    ),
    (
        r"\b(connect|transfer|pass|put) me( through)? (to|with) (a |an |the )?(real |live |human )*"
        r"(person|human|agent|operator|staff|someone|representative)\b"
    ),
    r"^(a |an )?(real |live )?(human( being)?|person|agent|operator|representative|live chat)( please|!|,|\.)*$",
    r"\b(want|need|get me|give me) (a |an )?(real |live |actual )?(human|person|agent|operator|representative)\b",
)
NOT_A_PERSON: Final = (
    r"名前|氏名|(担当|職員|責任者)(の)?(課|部署|係)?(は|って)(誰|だれ|どこ|どなた|何)|担当(課|部署|窓口)",
    r"ボランティア|募集|採用|試験|職員(数|になり|向け)",
    r"苦手|練習|サークル|教室|英会話|場所|何時|いつ|時間",
    r"予約(が|は)(必要|いり)|(でき|話せ)る(ところ|日)|電話番号|内線|給与|証人|代理人",
    r"\b(name of|where|what time|hours|phone number|jobs?|hiring|recruit)\b",
)

WHOLE: Final[dict[str, tuple[str, ...]]] = {
    "affirm": (
        r"(はい|ハイ|うん|ええ|ああ|おう|おっけー|オッケー|ok|okay|おk|了解|りょうかい|承知|もちろん|イエス|そう|それ)(です|だ|ね|よ|しました|で)*",
        r"(はい|うん|ええ)?(お願い|おねがい)(いた)?(します)?",
        r"(その通り|そのとおり|合って(い)?ます|あって(い)?ます|間違いありません|正しい)(です|ね)*",
        r"(yes|yep|yeah|yup|sure|right|correct|that'?s (right|correct|fine)|of course|please do|go ahead)( please)?",
    ),
    "deny": (
        r"(いいえ|いえ|いや|いやいや|ううん|のー|ノー|違う|ちがう|違います|ちがいます)(です|よ|ね)*",
        r"(そうじゃない|そうではない|そうではありません)(です|よ|ね)*",
        r"(いりません|いらない|不要|結構|けっこう|必要ない|必要ありません|だめ|ダメ|駄目|嫌|遠慮します)(です|よ)*",
        r"(no|nope|nah|no thanks|no thank you|not really)",
    ),
    "cancel": (
        (
            r"(もう|やっぱり|やはり|入力を|手続きを|申し込みを|いったん|一旦)*"
            r"(やめる|やめ|やめます|やめて|やめたい|やめとく|やめときます|やめておきます|辞める|止める|中止|中断|キャンセル)"
            r"(したい|する|します|して|です|ください|お願いします|で)*"
        ),
        r"(取り消し|取消|終了|中止)(たい|ます|する|します|して)?(です|ください)?|ストップ",
        r"(please )?(cancel|stop|quit|exit|abort)( (it|this|that))?( please)?",
    ),
    "repeat": (
        (
            r"(すみません|え|あの|、)*(もう一度|もう1度|もういちど|もう一回|もう1回|もういっかい|もっかい|リピート|繰り返し)"
            r"(お願い|おねがい|言っ|いっ|説明|教え|して)*(し|い)?(て|ます|たい)?(ください|もらえますか|ほしい|です)*"
        ),
        r"(can you |could you |please )*(say (it|that) again|repeat( that| it)?|once more|one more time)( please)?",
        r"(pardon( me)?|again)( please)?",
    ),
    "correction": (
        r"(すみません|あ|、)*(間違え|まちがえ|間違い|訂正|修正|入力ミス)(まし|し)?(た|です|たい|ます)*(です)?",
        r"(ひとつ|一つ|1つ|一個)?(前に)?(戻る|戻って|もどる|戻りたい)(ください|です)?",
        r"(go )?back|undo|i made a (mistake|typo)",
    ),
    "thanks": (
        (
            r"(どうも|本当に|ほんとに|とても|大変|たいへん|ご?丁寧に|いろいろ|色々|教えてくれて|はい|わかりました|分かりました|解決しました|、)*"
            r"(ありがとう|有難う|有り難う|ありがと|あざす|サンキュー|助かりました|助かった|感謝)(ございます|ございました|です|します|ね|よ|!|。|、|助かりました)*"
        ),
        r"(ok |okay |great |many |yes )*(thanks|thank you|thx|cheers)( a lot| so much| very much| for your help)*",
    ),
    "greet": (
        (
            r"(こんにちは|こんにちわ|こんばんは|こんばんわ|おはよう(ございます)?|はじめまして|初めまして|もしもし|やあ|どうも|"
            r"お世話に(なります|なっております|なってます)|"
            r"よろしく(お願い(いた)?します)?|ちわ|ハロー)(、|!|。)*(よろしく(お願い(いた)?します)?)?"
        ),
        r"(hello|hi|hey|good (morning|afternoon|evening)|greetings)( there| everyone)?",
    ),
    "goodbye": (
        (
            r"(では|それでは|じゃあ?|それじゃ|また|、)*"
            r"(さようなら|さよなら|バイバイ|ばいばい|またね|失礼(いた)?します|おやすみ(なさい)?|じゃあね|以上です|また来ます)"
        ),
        r"(ok )?(bye|goodbye|bye bye|see you( later| soon| again)?|good night|farewell)",
    ),
}

ANYWHERE: Final[dict[str, tuple[str, ...]]] = {
    "ask_easy_japanese": (
        r"^[^。]{0,12}(やさしい|易しい|かんたんな|簡単な|わかりやすい)(日本語|にほんご|ことば|言葉)(で|に|を|が|$)(?!講座|教室|とは|研修)",
        r"(漢字|かんじ)(が|は)(読め|よめ|わかり|わから|難し|むずかし)|(ひらがな|ふりがな|ルビ)(で|を)(書|か|お願い|つけ|付け)",
        r"\b(easy|simple|plain|simpler|easier) japanese\b",
    ),
    "ask_language_english": (
        (
            r"^(すみません|あの|これを?|案内を|チャットを|表示を|、)*(英語|えいご|イングリッシュ|english)(で|に|版に|表示に|がいい)"
            r"(お願い|おねがい|して|し|切り替|変え|話|はな|教え|答え|説明|書|対応|いい|でき|も|$)"
        ),
        r"^(in )?english( please)?$|\b(speak|answer|reply|write|talk)( to me)? in english\b",
        r"(switch|change)( it)? to english",
        r"do you (speak|understand|know) english|(don'?t|can'?t|cannot|not) (understand|speak|read) japanese",
    ),
    "ask_japanese": (
        (
            r"^(すみません|やっぱり|英語(じゃ|では)なく|ふつうの|普通の|通常の|、)*"
            r"(日本語|にほんご)(で|に|版に|表示に)(お願い|おねがい|して|し|戻|もど|切り替|変え|話|答え|いい|$)"
        ),
        r"^(in )?japanese( please)?$|(switch|change|go)( it)?( back)? to japanese",
    ),
}

_PERSON = re.compile("|".join(PERSON))
_NOT_A_PERSON = re.compile("|".join(NOT_A_PERSON))
_WHOLE = {name: re.compile("|".join(f"(?:{line})" for line in lines)) for name, lines in WHOLE.items()}
_ANYWHERE = {name: re.compile("|".join(lines)) for name, lines in ANYWHERE.items()}
_SPACE_IN_JAPANESE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
_READING = re.compile(r"(?<=[一-鿿々])\([ぁ-ゖー]+\)")
_PAUSES = re.compile(r"[、。,!・…]+")
_TRIM = " 。、.!?~ー…,w笑^_;:)(♪"


def wish(text: str) -> str:
    """The intent the words tell for certain; empty when they do not."""
    plain = _plain(text)
    if not plain or len(plain) > LONGEST:
        return ""
    bare = _PAUSES.sub("", plain)
    for name, pattern in _WHOLE.items():
        if pattern.fullmatch(bare):
            return name
    for name, pattern in _ANYWHERE.items():
        if pattern.search(plain):
            return name
    return "talk_to_person" if asks_for_person(text) else ""


def asks_for_person(text: str) -> bool:
    """「職員と話したい」, but not 「担当者の名前は？」 or 「担当課はどこ」."""
    plain = _plain(text)
    return len(plain) <= LONGEST and _PERSON.search(plain) is not None and not speaks_about_staff(text)


def speaks_about_staff(text: str) -> bool:
    """The words are about staff, not to them."""
    return _NOT_A_PERSON.search(_plain(text)) is not None


def says_yes(text: str) -> bool:
    return _WHOLE["affirm"].fullmatch(_PAUSES.sub("", _plain(text))) is not None


def says_no(text: str) -> bool:
    return _WHOLE["deny"].fullmatch(_PAUSES.sub("", _plain(text))) is not None


def _plain(text: str) -> str:
    """One spelling, no spaces between Japanese letters, no readings: 「人（ひと）と 話したい」 is 「人と話したい」."""
    return _READING.sub("", _SPACE_IN_JAPANESE.sub("", normalise(text[: LONGEST * 2]))).strip(_TRIM)
