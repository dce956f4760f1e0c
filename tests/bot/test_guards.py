import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phrases.catalogue import Phrases
from bot.understanding.guards import Kind, notice

ALARMS: dict[Kind, list[str]] = {
    Kind.FIRE: [
        "家が燃えてる",
        "火災発生！",
        "車が炎上しています",
        "火事です",
        "火事だ！",
        "火 事 です！！",
        "かじです　たすけて",
        "隣の家から煙が出ています",
        "訓練ではありません。火事です",
        "台所から火が出た",
        "アパートが火事です、どうしたらいいですか",
        "天ぷら鍋が燃え上がっています",
        "罹災証明のことでした。あ、今、隣の家が燃えています！",
        "There is a fire",
        "There's a fire in my building",
        "My kitchen is on fire, help",
        "smoke is coming from the apartment next door",
    ],
    Kind.AMBULANCE: [
        "人が倒れて息をしていない",
        "救急車を呼んでください",
        "救急車呼んで！",
        "至急救急車をお願いします",
        "父が倒れました",
        "夫が急に倒れて返事をしません",
        "きゅうきゅうしゃ よんで",
        "母の意識がありません",
        "子どもがけいれんしています",
        "おじいちゃんが餅を喉に詰まらせた",
        "胸が苦しいです",
        "血が止まらない",
        "川で人が溺れています",
        "エレベーターに閉じ込められました",
        "赤ちゃんが息をしてません",
        "call an ambulance",
        "Please call an ambulance for my father",
        "My mother is not breathing",
        "I think he is having a heart attack",
    ],
    Kind.SUICIDE: [
        "もう死にたい",
        "消えてしまいたい",
        "しにたい",
        "死にたいです。税金も払えません",
        "生きていても意味がない",
        "生きるのがつらい",
        "自分なんかいないほうがいい",
        "自殺したい",
        "友人が自殺しようとしています",
        "首を吊ろうと思う",
        "飛び降りたい",
        "この世からいなくなりたい",
        "生活保護も断られてもう生きていけない",
        "I want to die",
        "I am going to kill myself",
        "i don't want to live anymore",
    ],
    Kind.CHILD: [
        "隣の子どもが殴られているようです",
        "子どもが虐待されています",
        "虐待かもしれません",
        "父に殴られています",
        "お母さんに叩かれて家に帰りたくない",
        "子どもを叩いてしまいました",
        "夜になると子どもの泣き声と怒鳴り声がずっと聞こえる",
        "The child next door is being abused",
        "my dad beats me",
    ],
    Kind.DOMESTIC_VIOLENCE: [
        "夫に殴られました",
        "夫から暴力を受けているので住民票を見られないようにしたい",
        "彼氏に首を絞められた",
        "DVを受けています",
        "旦那が暴れています",
        "my husband hits me",
        "My boyfriend is threatening me",
    ],
    Kind.CRIME: [
        "殴られています",
        "助けて、襲われています",
        "不審者がいます",
        "知らない男が家に入ってきた",
        "包丁を持った人がいる",
        "殺されそうです",
        "泥棒に入られました",
        "後をつけられています",
        "someone is in my house",
        "I was attacked",
        "Please call the police",
    ],
    Kind.GAS: ["ガス臭いです", "ガスのにおいがする", "ガスが漏れています", "I smell gas in my kitchen"],
    Kind.POISON: [
        "子どもが洗剤を飲んでしまいました",
        "ボタン電池を飲み込んだみたい",
        "たばこを食べてしまった",
        "間違えて薬を飲んでしまった",
        "my son swallowed a battery",
    ],
    Kind.HELP: ["助けて", "助けてください！", "だれか助けて", "help me"],
    Kind.THREAT: ["市役所を爆破する", "お前ら全員殺すぞ", "火をつけてやる"],
    Kind.ABUSE: [
        "バカ",
        "お前は本当に使えないな、クズ",
        "死ね",
        "このポンコツ",
        "役立たず！",
        "うざい",
        "fuck you",
        "you are useless",
        "stupid bot",
    ],
}

FALSE_FRIENDS = [
    "火事の罹災証明がほしい",
    "火災証明書の取り方",
    "火事で家が焼けました。ごみはどうすればいいですか",
    "火事のときはどこに電話しますか",
    "火事になったらどこに避難しますか",
    "火災保険の控除について",
    "住宅用火災警報器の設置は義務ですか",
    "消防署の見学",
    "消火器の捨て方",
    "ゴミを燃やす",
    "庭でゴミを燃やしている人がいる",
    "野焼きの煙が出て困っています",
    "燃えるゴミの日はいつ",
    "燃えないごみは何曜日ですか",
    "近所でたき火の煙がすごい",
    "花火をしてもいい公園はありますか",
    "去年、家が火事になりました",
    "防火訓練の申し込み",
    "When is burnable garbage collected?",
    "Where is the fire station?",
    "I need a fire insurance certificate",
    "救急車の適正利用",
    "救急車は有料ですか",
    "救急車を呼んでもいいか迷うときの電話番号",
    "夜間救急の病院はどこ",
    "救急医療情報キットはもらえますか",
    "AEDの設置場所",
    "救命講習を受けたい",
    "倒れた木を片付けてほしい",
    "道路に木が倒れています",
    "父が倒れたので介護の相談をしたい",
    "父が倒れて入院しています。高額療養費の申請は",
    "猫が道で倒れています",
    "犬が道路でひかれていた",
    "意識調査のアンケートについて",
    "胸部レントゲン検診の予約",
    "息子の転校手続き",
    "How much does an ambulance cost?",
    "死亡届",
    "父が死にました。手続きを教えてください",
    "死亡届はどこに出しますか",
    "ペットが死んだ",
    "自殺予防の講演会",
    "自殺対策計画を見たい",
    "いのちの電話の番号は",
    "ごみを楽に出したい",
    "死ぬほど暑いですね",
    "suicide prevention lecture",
    "児童虐待防止月間のイベント",
    "虐待の通報先はどこですか",
    "子ども手当の申請",
    "子どもの肩たたき券",
    "保育園の子どもの声がうるさい",
    "動物虐待の相談",
    "赤ちゃんが生まれました",
    "DVの相談窓口はどこですか",
    "DV等支援措置の申し込み",
    "夫が亡くなりました",
    "夫の暴力団排除条例についての質問",
    "防犯カメラの補助金",
    "不審者情報のメールを受け取りたい",
    "不審者がいたらどこに連絡しますか",
    "防犯ブザーを借りたい",
    "蚊に刺された",
    "I was attacked by mosquitoes",
    "助けてほしいことがあります",
    "救急病院の一覧",
    "自転車が盗まれた",
    "消えた年金について",
    "スズメバチに刺されたら",
    "警察署はどこですか",
    "犯罪被害者の給付金",
    "振り込め詐欺の電話がありました",
    "ガス会社の連絡先",
    "ガスコンロの捨て方",
    "ガス漏れ警報器の補助",
    "スプレー缶のガスが残っている",
    "毎日薬を飲んでいます。健診は受けられますか",
    "電池の捨て方",
    "洗剤の容器は何ごみ",
    "薬を飲む水はありますか",
    "そばかすの治療に助成はありますか",
    "紙くずは燃えるごみですか",
    "犬の糞で困っています",
    "カステラの空き箱",
    "認知症、ボケ防止の教室",
    "くずかごを捨てたい",
    "馬鹿にしないで教えてほしい",
    "ごみ",
    "粗大ごみ",
    "生ごみ処理機の補助",
    "くずまき公園の場所",
    "アホウドリは飼えますか",
    "消しゴムのカスは何ごみですか",
    "住民票がほしい",
    "駐車場の炎天下対策",
    "こんにちは",
    "",
    "😀",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in ALARMS.items() for text in texts])
def test_words_that_cannot_wait_are_noticed(kind: Kind, text: str) -> None:
    guard = notice(text, "ja")

    assert guard is not None
    assert guard.kind is kind
    assert guard.urgent == (kind is not Kind.ABUSE)


@pytest.mark.parametrize("text", FALSE_FRIENDS)
def test_questions_that_only_sound_alike_are_left_in_peace(text: str) -> None:
    assert notice(text, "ja") is None


def test_an_alarm_is_noticed_among_other_sentences_and_in_a_very_long_text() -> None:
    harmless = "住民票の写しについて教えてください。"

    assert notice(harmless * 3, "ja") is None
    assert notice(f"{harmless}\n火事です。\n{harmless}", "ja") is not None
    assert notice(harmless * 5_000 + "火事です", "ja") is not None


@pytest.mark.parametrize(
    "text", ["バカ" + "だよ" * 1_500 + "x", "お前は" * 1_000, "火" * 4_000, "a " * 2_000, "くそ" * 1_900]
)
def test_no_text_keeps_the_bot_busy(text: str) -> None:
    assert notice(text, "ja") is None


def test_danger_to_life_is_answered_before_an_insult() -> None:
    guard = notice("バカ！もう死にたい", "ja")

    assert guard is not None
    assert guard.kind is Kind.SUICIDE


def test_what_is_said_is_in_the_catalogue() -> None:
    said = {guard.phrase for texts in ALARMS.values() for text in texts if (guard := notice(text, "ja")) is not None}

    assert said <= Phrases.load(None).keys
    assert len(said) == 10


@given(st.text(max_size=200))
def test_any_words_at_all_give_an_answer(text: str) -> None:
    assert notice(text, "ja") == notice(text, "en")
