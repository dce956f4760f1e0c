"""Mails of our own in the shapes that Japanese residents' programs make, and what in them is said."""

from typing import NamedTuple


class Mail(NamedTuple):
    name: str
    text: str
    said: str
    kinds: str
    """initials of the parts' kinds, in order: s(aid) q(uoted) g (signature) f(orwarded) d(evice)"""


LETTER = "> 住民票の写しは1通300円です。\n> 郵送でも請求できます。\n"
PLAIN_LETTER = "住民票の写しは1通300円です。\n郵送でも請求できます。\n"
HEADERS = (
    "差出人: みどり市役所 <desk@city.example.jp>\n送信日時: 2026年11月20日 10:15\n"
    "宛先: 山田太郎 <taro@example.jp>\n件名: Re: 住民票について\n\n"
)

TOP = [
    Mail(
        f"{name}, unmarked" if body is PLAIN_LETTER else name,
        f"郵送でお願いします。\n\n{head}\n{body}",
        "郵送でお願いします。",
        "sq",
    )
    for body in (LETTER, PLAIN_LETTER)
    for name, head in {
        "Gmail": "2026年11月20日(金) 10:15 みどり市役所 <desk@city.example.jp>:\n",
        "Gmail, wide colon": "2026年11月20日(金) 10:15 みどり市役所 <desk@city.example.jp>：\n",
        "Gmail, wrapped": "2026年11月20日(金) 10:15 みどり市役所\n<desk@city.example.jp>:\n",
        "Gmail, wrapped inside": "2026年11月20日(金) 10:15 みどり市役所 <\ndesk@city.example.jp>:\n",
        "Gmail in English": "On Fri, Nov 20, 2026 at 10:15 AM Midori City <desk@city.example.jp> wrote:\n",
        "Gmail in English, wrapped": "On Fri, Nov 20, 2026 at 10:15 AM Midori City <desk@city.example.jp>\nwrote:\n",
        "Gmail in Korean": "2026년 11월 20일 (금) 오전 10:15, Midori <desk@city.example.jp>님이 작성:\n",
        "Gmail in Chinese": "Midori <desk@city.example.jp> 于2026年11月20日周五 10:15写道：\n",
        "Gmail in Vietnamese": "Vào Th 6, 20 thg 11, 2026 vào lúc 10:15 Midori <desk@city.example.jp> đã viết:\n",
        "Gmail in Portuguese": "Em sex., 20 de nov. de 2026 às 10:15, Midori <desk@city.example.jp> escreveu:\n",
        "iPhone": "2026/11/20 10:15、みどり市役所 <desk@city.example.jp>のメール:\n",
        "iPhone, morning": "2026/11/20 午前10:15、みどり市役所 <desk@city.example.jp>のメール：\n",
        "Apple Mail": "2026年11月20日(金) 10:15、みどり市役所 <desk@city.example.jp>さんは書きました:\n",
        "Apple Mail in English": "On Nov 20, 2026, at 10:15, Midori City <desk@city.example.jp> wrote:\n",
        "Thunderbird": "On 2026/11/20 10:15, みどり市役所 wrote:\n",
        "Thunderbird, brackets": "(2026/11/20 10:15), みどり市役所 wrote:\n",
        "Thunderbird, translated": "2026/11/20 10:15、みどり市役所 さんは書きました:\n",
        "Yahoo!メール": "2026年11月20日金曜日 10:15:00 JST、みどり市役所 <desk@city.example.jp> さんが書きました:\n",
        "Yahoo! Mail in English": "On Friday, November 20, 2026, 10:15 AM, Midori <desk@city.example.jp> wrote:\n",
        "Yahoo!メール, old": "--- desk@city.example.jp wrote:\n",
        "Becky!": "On Fri, 20 Nov 2026 10:15:00 +0900\nみどり市役所 <desk@city.example.jp> wrote:\n",
        "Proton": "2026年11月20日 金曜日 10:15に、みどり市役所 <desk@city.example.jp> は書きました:\n",
        "Zoho": "---- On Fri, 20 Nov 2026 10:15:00 +0900 Midori <desk@city.example.jp> wrote ----\n",
        "address first": "みどり市役所 <desk@city.example.jp> さんは書きました：\n",
        "Outlook": f"________________________________\n{HEADERS}",
        "Outlook, no rule": HEADERS,
        "Outlook, wide colons": HEADERS.replace(":", "："),
        "Outlook, bold": HEADERS.replace("差出人:", "*差出人:*").replace("件名:", "*件名:*"),
        "Outlook, blank lines between": HEADERS.rstrip().replace("\n", "\n\n") + "\n",
        "Outlook, long list of recipients": HEADERS.replace(
            "件名", " 山田花子 <hanako@example.jp>;\n 佐藤 <s@example.jp>\n件名"
        ),
        "Outlook in English": "From: Midori <desk@city.example.jp>\nSent: Friday, November 20, 2026 10:15 AM\n"
        "To: Taro <taro@example.jp>\nSubject: Re: 住民票\n",
        "Outlook Express": f"-----Original Message-----\n{HEADERS}",
        "translated separator": f"----- 元のメッセージ -----\n{HEADERS}",
        "carrier": "-----元のメール-----\nFrom: desk@city.example.jp\nDate: 2026/11/20 10:15\nSub: Re: 住民票\n",
        "carrier, in English": "----- Original Message -----\n差出人：desk@city.example.jp\n件名：Re:住民票\n",
        "docomo": "-------- Original Message --------\nFrom：みどり市役所\nTo：t..y.@docomo.ne.jp\nSub：住民票\n",
        "wide rule": "－－－－－Original Message－－－－－\n",
        "returned mail": "---------返信元メッセージ---------\n",
    }.items()
]

MARKS_ONLY = [
    Mail(f"{name}, only with marks", f"はい。\n\n{head}\n{LETTER}", "はい。", "sq")
    for name, head in {
        "name": "みどり市役所さんは書きました：\n",
        "name in English": "Midori City wrote:\n",
        "news": "In message <20261120.1015@city.example.jp>\n   みどり市役所 wrote:\n",
        "message of": "みどり市役所さんのメッセージ:\n",
        "old Gmail": "2026/11/20 みどり市役所 <desk@city.example.jp>\n",
        "nothing": "",
    }.items()
]

OWN = [
    Mail("words only", "住民票はいくらですか。\n\n山田", "住民票はいくらですか。\n\n山田", "s"),
    Mail("nothing", "", "", ""),
    Mail("blank", "\n \u3000\n", "", "s"),
    Mail("only a quotation", LETTER, "", "q"),
    Mail(
        "only a quotation with its head", f"2026/11/20 10:15、市役所 <d@city.example.jp>のメール：\n\n{LETTER}", "", "q"
    ),
    Mail("only an Outlook letter", f"________________________________\n{HEADERS}{PLAIN_LETTER}", "", "q"),
    Mail("an iPhone's empty answer", f"\n\niPhoneから送信\n\n{TOP[10].text.split('。', 1)[1].strip()}\n", "", "dq"),
    Mail(
        "iPhone marks its own head",
        "はい\n\niPhoneから送信\n\n> 2026/11/20 10:15、市役所 <d@x.jp>のメール：\n> \n> 300円です\n",
        "はい",
        "sdq",
    ),
    Mail(
        "below", f"On 2026/11/20 10:15, 市役所 wrote:\n{LETTER}\n郵送でお願いします。\n", "郵送でお願いします。", "qs"
    ),
    Mail(
        "below, unmarked",
        "2026/11/20 10:15、市役所 <d@x.jp>のメール:\n\n郵送でお願いします。\n",
        "郵送でお願いします。",
        "qs",
    ),
    Mail(
        "below, inside, above",
        "お世話になります。\n\n2026年11月20日(金) 10:15 市役所 <d@x.jp>:\n> 何通ですか。\n2通です。\n\n"
        "> 郵送ですか。\n\nはい、郵送です。\n> 以上です。\n\nよろしくお願いします。\n",
        "お世話になります。\n\n2通です。\n\nはい、郵送です。\n\nよろしくお願いします。",
        "sqsqsqs",
    ),
    Mail("wide marks", "＞何通ですか。\n＞郵送ですか。\n2通、郵送です。", "2通、郵送です。", "qs"),
    Mail("one wide mark", "＞何通必要ですか？\n2通です。", "2通です。", "qs"),
    Mail("other marks", "≫何通ですか。\n≫郵送ですか。\n2通です。", "2通です。", "qs"),
    Mail("nested marks", ">> 手数料は？\n> 300円です。\nわかりました。", "わかりました。", "qs"),
    Mail("initials", "M> 何通ですか。\nM> 郵送ですか。\nM> 以上\n2通です。", "2通です。", "qs"),
    Mail("bars under a head", "はい。\n\n2026/11/20 市役所 <d@x.jp>\n\n| 300円です。\n| 郵送も可。\n", "はい。", "sq"),
    Mail(
        "header lines, then marks, then words",
        f"----- Original Message -----\n{HEADERS}{LETTER}\n2通です。",
        "2通です。",
        "qs",
    ),
    Mail("Windows line ends", "はい。\r\n\r\nOn 2026/11/20 10:15, 市役所 wrote:\r\n> 何通？\r\n", "はい。", "sq"),
    Mail(
        "an end that says so",
        f"はい。\n\n--- 元のメッセージ ---\n{PLAIN_LETTER}--- 元のメッセージここまで ---\n2通です。",
        "はい。\n\n2通です。",
        "sqs",
    ),
    Mail(
        "in English, too",
        f"はい。\n\n--- Original Message Follows ---\n{PLAIN_LETTER}--- Original Message Ends ---\n2通です。",
        "はい。\n\n2通です。",
        "sqs",
    ),
    Mail(
        "two letters deep",
        f"はい。\n\n{HEADERS}{PLAIN_LETTER}\n________________________________\n{HEADERS}質問です。\n",
        "はい。",
        "sq",
    ),
    Mail("no blank line above", f"はい。\n2026/11/20 10:15、市役所 <d@x.jp>のメール:\n{LETTER}", "はい。", "sq"),
    Mail(
        "greeting, device, letter",
        f"はい。\nSent from my iPhone\n\n________________________________\n{HEADERS}案内\n",
        "はい。",
        "sdq",
    ),
    Mail(
        "a postscript under the device",
        "2通です。\n\niPhoneから送信\n\n追伸 郵送です。\n",
        "2通です。\n\n追伸 郵送です。",
        "sds",
    ),
    Mail("signature, then old letter", f"はい。\n\n-- \n山田太郎\n\n{HEADERS}{PLAIN_LETTER}", "はい。", "sgq"),
    Mail(
        "old letter, then signature", f"はい。\n\n市役所さんは書きました:\n{LETTER}\n-- \n山田太郎\n", "はい。", "sqg"
    ),
    Mail(
        "forwarded by Gmail",
        f"これは本物ですか？\n\n---------- Forwarded message ---------\n{HEADERS}当選しました。\n",
        "これは本物ですか？",
        "sf",
    ),
    Mail(
        "forwarded, translated",
        f"ご確認ください。\n\n---------- 転送メッセージ ----------\n{HEADERS}案内\n",
        "ご確認ください。",
        "sf",
    ),
    Mail(
        "forwarded by Thunderbird",
        f"見てください\n\n-------- 転送メッセージ --------\n{HEADERS}案内\n",
        "見てください",
        "sf",
    ),
    Mail(
        "forwarded by Apple Mail", f"見てください\n\nBegin forwarded message:\n\n{HEADERS}案内\n", "見てください", "sf"
    ),
    Mail(
        "forwarded by a Japanese iPhone",
        f"見てください\n\n転送されたメッセージ：\n\n{HEADERS}案内\n",
        "見てください",
        "sf",
    ),
    Mail(
        "forwarded with marks",
        "見て\n\n> Begin forwarded message:\n> \n> From: a@x.jp\n> Subject: 案内\n",
        "見て",
        "sf",
    ),
    Mail("only forwarded", f"---------- Forwarded message ---------\n{HEADERS}案内です。\n", "", "f"),
]

SIGNATURES = [
    Mail(f"signature: {name}", f"よろしくお願いします。\n\n{signature}", "よろしくお願いします。", "sg")
    for name, signature in {
        "RFC 3676": "-- \n山田太郎\nみどり市在住。趣味は園芸です。\n",
        "two hyphens": "--\n山田太郎\ntaro@example.jp\n",
        "heavy frame": "━━━━━━━━━━━━━━\n山田太郎\n〒123-4567 みどり市中央1-2-3\nTEL 090-1234-5678\n━━━━━━━━━━━━━━\n",
        "stars": "****************\n株式会社みどり 総務部\n山田太郎\nhttps://example.jp/\n****************\n",
        "hyphens": "----------------------\n山田 太郎（やまだ たろう）\ntaro@example.jp\n----------------------\n",
        "open frame": "-------------------\n山田太郎\n携帯：０９０－１２３４－５６７８\n",
        "equals and hyphens": "=====\n株式会社みどり\n-----\n〒123-4567 みどり市\nTel:012-345-6789 / Fax:同\n=====\n",
        "stars of many kinds": "☆★☆★☆★☆★\n山田花子\nhanako@docomo.ne.jp\n☆★☆★☆★☆★\n",
        "drawn box": "┏━━━━━━━┓\n 山田太郎\n taro@example.jp\n┗━━━━━━━┛\n",
        "wide signs": "＊＊＊＊＊＊＊＊＊＊\n山田太郎\nＴＥＬ：０１２－３４５－６７８９\n＊＊＊＊＊＊＊＊＊＊\n",
        "pretty": "*:.｡..｡.:*･゜ﾟ･*:.｡.\n山田花子\nhanako@example.jp\n*:.｡..｡.:*･゜ﾟ･*:.｡.\n",
        "long vowel marks as a rule": "ーーーーーーーーー\n山田太郎\n電話 012-345-6789\nーーーーーーーーー\n",
        "blank line inside": "─────────\n山田太郎\n\n電話 012-345-6789\n─────────\n",
        "mailing list": "_______________________________\nMidori mailing list\nhttps://lists.example.jp/\n",
        "address and link": "-----\n山田一郎\n電話番号：012-345-6789\ni.yamada@example.jp\nhttps://example.jp/?i=1\n-----\n",
        "idle marks": "--\n***\n",
    }.items()
]

DEVICES = [
    Mail(f"device: {line}", f"2通です。\n\n{line}\n", "2通です。", "sd")
    for line in """
iPhoneから送信
iPadから送信
私のiPhoneから送信
ｉＰｈｏｎｅから送信
Androidから送信
スマートフォンから送信されました
Galaxyから送信
ドコモのスマートフォンから送信
Yahoo!メール アプリから送信
iPhone版Yahoo!メールから送信
Windows 版のメールから送信
Outlook for iOS を入手
Outlook for Android<https://aka.ms/x>を入手
iOS 版 Outlook を入手
[Outlook for iOS](https://aka.ms/x) を入手
Sent from my iPhone
Sent from Outlook for iOS<https://aka.ms/x>
Get Outlook for Android<https://aka.ms/x>
Sent from Yahoo Mail for iPhone
Sent from Gmail Mobile
(Sent from my Galaxy)
发自我的 iPhone
나의 iPhone에서 보냄
Đã gửi từ iPhone của tôi
Enviado do meu iPhone
""".strip().splitlines()
]

TRAPS = [
    "手数料はこれで合っていますか。\n\n| 証明 | 手数料 |\n|------|-------|\n| 住民票 | 300円 |\n| 印鑑 | 200円 |",
    "料金表\n--------------------\n住民票  300円\n戸籍    450円\n--------------------\n",
    "+------+-----+\n| 証明 | 300 |\n+------+-----+\n",
    "質問は2つです。\n----\n1. 住民票はいくらですか\n----\n2. 窓口は何時までですか\n",
    "次の件です。\n━━━━━━━━━━\n住民票は郵送で取れますか\n━━━━━━━━━━\n",
    "お願い\n\n--\n至急、折り返しお電話ください。\n",
    "お願い\n----------\n電話 090-1234-5678 に連絡してください\n----------\n",
    "申込みます。\n----------\n氏名：山田太郎\n電話：090-1234-5678\n枚数：2枚\n----------\n",
    "所得が\n> 200万円 の場合は免除になりますか。\n",
    "> 65歳以上 なら無料ですか。\n",
    "気温 >= 30度 のときは開きますか。\n>= 28度 ではどうですか。\n",
    "＞＜ 困っています\n",
    ">_< 困っています\n",
    "＞担当者様\nお世話になります。\n",
    ">From now on I will use the other counter.\nThank you.\n",
    "ホーム＞くらし＞住民票 のページが開きません。\n",
    "A > B ですか、それとも A < B ですか。\n",
    "2026年11月20日 10:15 に届いたメールの件ですが、\n次の内容でした:\n住民票は300円\n",
    "2026年11月20日に窓口で次のように言われました：\n郵送はできない\n本当ですか。\n",
    "2026年11月20日 10:15 に伺いました。\n窓口の佐藤さんは書きました:\n郵送は不可\n本当ですか。\n",
    "11月20日のメール:\n届いていません。\n",
    "On 20 November I visited your office.\n\nThe person there was kind.\n",
    "前回の回答にこう書かれていました：\n郵送でも可能です\nこれは本当ですか。\n",
    "怪しいメールが届きました。\n差出人: 市役所\n件名: 給付金\n本物でしょうか。\n",
    "次のメールは本物ですか。\n差出人: a@x.jp\n日時: 2026/11/20 10:15\n宛先: 私\n件名: 給付金\n本物でしょうか。\n",
    "--- 引用 ---\n郵送でもできます\n--- 引用終わり ---\nとは何ですか。\n",
    "From: 駅  To: 市役所 のバスはありますか。\n",
    "宛先：市民課\n\n住民票を取りたいです。\n件名：住民票\n",
    "昨日スマホから送信しましたが、届いていますか。\n",
    "Sent from my desk, the letter never arrived.\n",
    "iPhoneから送信できません。\n",
    "書類は携帯電話のカメラで撮って、iPhoneから送信してもいいですか\n",
    "-----\n",
    "…………\n",
    "？？？\n",
    "メモ\n```\n####\nメール\n```\n以上です。メール届きましたか\n",
    "Q: 住民票は？\nA: 300円\n日付: 11/20\n合っていますか\n",
    "① 住民票 ------ 300円\n② 戸籍 ------ 450円\nで合っていますか\n",
]

MAILS = TOP + MARKS_ONLY + OWN + SIGNATURES + DEVICES
