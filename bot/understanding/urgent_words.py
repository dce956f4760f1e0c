"""The words that cannot wait, as tables. Read against normalised text: NFKC, lower case, ゴミ → ごみ, 子ども → 子供.

Each line is one way of saying it. ``unless`` lines are the false friends: a sentence that has one is no alarm.
"""

from typing import Final

Lines = tuple[str, ...]

NOT_NOW: Final[Lines] = (
    r"(とき|時)(は|に|の|、|って|どう|だけ|も)|場合|(い|っ|れ|し|え)たら(?!しい|いい|助け)|際(は|に|の)",
    r"去年|昨年|先月|先週|先日|以前|昔|過去に|年前|か月前",
    r"予防|防止|対策|訓練|講演|講習|講座|研修|セミナー|イベント|見学|啓発|月間|ポスター|パンフレット|統計|件数|条例|計画",
    r"証明|保険|給付|助成|補助|減免|免除|手当|見舞金|届出|費用|料金|有料|無料ですか|いくら|申請",
    r"映画|小説|ゲーム|ドラマ|夢を見|歴史|クイズ",
    r"\b(if|in case of|in the event of|prevention|prevent|certificate|insurance|drill|seminar|lecture|cost|fees?)\b",
    r"\b(how much|when should|last (year|week|month)|yesterday|years? ago|statistics|movie|history|awareness)\b",
)

_PERSON = (
    r"(人|父|母|夫|妻|主人|旦那|嫁|彼氏?|彼女|子|子供|赤ちゃん|赤ん坊|息子|娘|兄|弟|姉|妹|祖父|祖母|おじいさん|おばあさん|"
    r"おじいちゃん|おばあちゃん|じいちゃん|ばあちゃん|じいさん|ばあさん|お父さん|お母さん|お年寄り|高齢者|老人|男性|女性|友達|友人|同僚|家族|誰か|親)"
)
_PARTNER = r"(夫|妻|旦那|主人|彼氏|彼女|彼|パートナー|元夫|元妻|元彼|嫁|配偶者|同棲相手|恋人|婚約者)(さん)?"
_PARENT = r"(親|父|母|父親|母親|両親|お父さん|お母さん|パパ|ママ|継父|継母|義父|義母|先生|担任)"
_CHILD = r"(子供|子|赤ちゃん|赤ん坊|娘|息子|児童|幼児|乳児|小学生|中学生|生徒|女の子|男の子|園児)"
_BEATEN = r"(殴られ|叩かれ|たたかれ|蹴られ|ぶたれ|なぐられ|けられ|首を(絞|し)め|暴力|火傷させ|物を投げ)"
_PLACE_ON_FIRE = (
    r"(家|うち|自宅|隣|隣家|建物|部屋|台所|キッチン|アパート|マンション|団地|ビル|倉庫|工場|車|屋根|ベランダ|天ぷら|鍋|コンロ|"
    r"ストーブ|近所|向かい|裏山|山|学校|店|床|壁|カーテン|布団|コンセント|ここ)"
)
_EN_PARTNER = r"my (husband|wife|boyfriend|girlfriend|partner|ex|fianc[eé]e?|spouse)"
_EN_PARENT = r"my (dad|father|mom|mum|mother|parents?|step ?(dad|father|mother)|teacher)"
_EN_HITS = (
    r"(is |are |was |keeps? |has been )?(hits?|hitting|beats?|beating|abus(es?|ing)|hurts?|hurting|"
    r"threaten(s|ing|ed)|chok(es?|ing|ed)|punch(es|ing|ed)|kick(s|ing|ed)|violent)"
)

FIRE: Final[Lines] = (
    rf"{_PLACE_ON_FIRE}[^。]{{0,6}}(燃えて(い?る|い?ます|る|き)|燃え(上が|移|出|広が)|もえて(い?る|い?ます))",
    rf"{_PLACE_ON_FIRE}[^。]{{0,6}}(火事(だ|です|だよ|なの|っ|$))",
    r"^(助けて|大変|たいへん|今|早く|はやく|誰か|[、! ])*(火事|かじ)(です|だよ?|だあ|っ)?(助けて|たすけて|早く|!|、)*$",
    r"(火事|火災)(です|発生(!|、|$|中)|だよ|だ$|が(起き|発生し|起こっ)て)",
    r"(火事|火災)(みたい(です|だ|$)|らしい(です|$)|かもしれ|が起きました|が発生しました|に(なって|気づ))",
    r"火が(出て|出た|出ました|消えな|消せな|上がって|回って|燃え|ついて消|カーテンに|天井に|広が)|火の手|炎が(出|上が|見え|広)",
    r"炎上し(て|た|ま)(?!.*(sns|ネット|ブログ))|煙で[^。]{0,4}(見えな|苦し|息)",
    r"煙が(出て|すごい|充満|上がって|もくもく|たくさん|いっぱい)|(家|窓|部屋|隣|ビル|建物)[^。]{0,6}から[^。]{0,4}煙|焦げ臭[^。]*煙",
    r"(放火|火を(つけ|付け)(られ|て(い|る)人))(ました|た|て|が|です)",
    r"there('s| is| was) (a |an )?(big |house |huge )?fire\b(?! station| department| alarm test| truck| hydrant)",
    r"^(help[!, ]*)?fire!*$",
    r"\b(on fire|caught fire|catching fire|in flames|is burning(?! up| trash| garbage)|set fire)\b",
    r"smoke (is )?(coming|everywhere|filling|from (the|my|a) (house|building|window|apartment|room))",
)
FIRE_UNLESS: Final[Lines] = (
    r"野焼き|焚き火|たき火|どんど焼き|花火|バーベキュー|線香|ごみを?燃|燃やして|燃える?ごみ|燃やす|報知器|警報器の|消火器|防火|焼け跡|祭",
    r"火災(予防|保険|警報)|火事で(焼け|住めな|家を失|家財)|鎮火|たばこの煙|タバコの煙|煙草の煙|排気",
)

AMBULANCE: Final[Lines] = (
    r"救急車(を|が|、)?(すぐ|早く|はやく|至急|今すぐ|大至急|一台)*(に|を)?(呼んで(?!も?(いい|よい|良い)|い?ただ|から|は)|呼びたい|お願い|おねがい|来て|必要です|回して|頼み|ください|よんで)",
    r"^(救急車|きゅうきゅうしゃ)(!|、|を?(呼んで|よんで|お願い|おねがい|早く|はやく)|$)|(きゅうきゅうしゃ|キュウキュウシャ)を?よんで",
    r"(救急|急病人|急患)です|死にそう(です|だ$|$)|命が危な|死んでしま(う|い)そう|死んじゃう",
    rf"{_PERSON}(が|は|も)[^。]{{0,14}}(倒れて(い?る|い?ます|る|動|息|意識|起き|反応|し)|倒れ(た|ました)(?!の|こと|から|後)|動かな(い|く)(です|$|、|な|ん)|返事を?し(ない|ません)|急に倒れ|反応(が|し)?(ない|ません|な)|起きない(です|$|、))",
    rf"{_PERSON}(が|は|も)[^。]{{0,14}}(ひかれ(た|て|まし)|轢かれ(た|て|まし)|はねられ(た|て|まし)|溺れ|おぼれ|落ちて(動|意識|血|け)|血を(吐|流)|刺され(た|て|まし)(?!蚊))",
    r"(息|呼吸)(を|が|も)?(苦しくな|し(て)?い?(ない|ません|なく)|してま?せん|止ま(っ|り)|でき(ない|ません|な)|とても苦し|苦しい(です|$|、|ん))",
    r"意識(を|が|は|も)?(不明|ない|無い|ありません|なくな|失|もうろう|戻ら|とお)|脈が(ない|ありません|止)|心臓が(止ま|苦し|痛い)|心停止|心肺停止",
    r"胸が(苦しい|痛い|とても|すごく|締め)|血が(止まら|たくさん|大量|いっぱい|すごい)|大量(に|の)?出血|泡を吹|けいれん(して|が(止|起|お))",
    r"痙攣(して|が)|ろれつが回らな",
    r"(喉|のど)に[^。]{0,10}(詰ま|つま)(った|って|らせ|り)|(溺れて|おぼれて)(い?る|い?ます)|(産まれ|生まれ)そう(です|だ|$)|破水(し|した)",
    r"(エレベーター|車|部屋|トイレ|建物|家)[^。]{0,6}閉じ込められ(た|て|まし)|生き埋め|土砂に|下敷きに|逃げ遅れ(た|て|まし)|流され(て|そう)",
    r"助けて(ください)?[^。]{0,4}(動けな|出られな|死)",
    r"(交通)?事故[^。]{0,8}(人が|けが人が|怪我人が)(い|倒|血|け|出)|大(けが|怪我)(を)?(し(た|て|まし))|高い所から落ち(た|て|まし)",
    r"(call|need|send|get|want)( me| us)?( an?| the)? ambulance",
    r"\b(not|isn'?t|stopped) breathing|can'?t breathe|\bunconscious\b|\bunresponsive\b",
    r"(heart attack|stroke|seizure)(?! (check|screen|prevention|survivor))|\bcollapsed\b",
    r"bleeding (a lot|badly|heavily|out)|\bchoking on\b|is (choking|drowning)",
)
AMBULANCE_UNLESS: Final[Lines] = (
    r"適正|aed(の|は|を)(場所|設置|借|どこ|使い方)|いびき|睡眠時|健診|検診|人数|台数|後遺症|リハビリ|介護(の|認定|保険)|入院して|退院|退院後|木が",
    r"電柱が|自転車が倒|看板が",
    r"犬が|猫が|鳥が|カラスが|たぬきが|タヌキが|動物が|テレビ|スマホが|パソコンが|画面が",
)

CHILD: Final[Lines] = (
    rf"{_PARENT}(に|から)[^。]{{0,10}}({_BEATEN}|虐待|触られ|ご飯を?(もらえ|食べさせ))",
    rf"{_CHILD}(が|を|に|の|は)[^。]{{0,14}}(殴(ら|って|った|る音)|叩(か|いて(い|し))|たたか|蹴(ら|って(い|し))|手を(上|あ)げて(しま|い)|虐待|暴力を(ふる|振る)|毎(日|晩)外に(出|立た)|外に(閉め)?出されて(泣|い)|放置され|置き去り|(閉|締)め出され|閉じ込めて|ご飯を?(食べさせ|もらえ)|首を(絞|し)め)",
    rf"{_CHILD}の(泣き声|悲鳴|叫び声)[^。]{{0,14}}(毎日|毎晩|聞こえ|やま|ずっと|怒鳴|止ま)|怒鳴り声[^。]{{0,10}}{_CHILD}",
    r"虐待(され(て|た|まし)|を受け|して(い|し|る)|かも|だと思|では(ない|と)|じゃない(か|かと)|の疑い|が疑われ|らし|です|を見)",
    r"(child|kid|baby|son|daughter|boy|girl|children)[a-z ]{0,20}(is|are|was|being) (abused|beaten|hit|neglected)",
    r"(abus|beat|hit|hurt|neglect)(ing|s|es)? (a |his |her |their |the |my )?(child|kid|baby|son|daughter|children)\b",
    rf"{_EN_PARENT} {_EN_HITS} me",
)
CHILD_UNLESS: Final[Lines] = (
    r"動物|犬|猫|ペット|高齢者|老人|障害者|オレンジリボン|ネットワーク会議|肩を?(叩|たた)|太鼓|キーボード|ドアを(叩|たた)",
)

DOMESTIC_VIOLENCE: Final[Lines] = (
    rf"{_PARTNER}(に|から)(の)?[^。]{{0,12}}({_BEATEN}|殺され|脅され|おどされ|監禁|暴言|怒鳴られ|dv|ドメスティック)",
    rf"{_PARTNER}(が|の)[^。]{{0,8}}(暴力(を|が|に|で|的)|暴れて(い?る|い?ます)|殴って|殴る|叩いて|蹴って|包丁|首を絞)",
    r"dv(を受けて|されて(い|る)|を?(され|受け)(た|まし)|から逃げ|で(困|苦|悩|逃)|に(苦し|悩|遭って)|被害に遭って)|(家|うち)に帰ると殴",
    rf"{_EN_PARTNER} {_EN_HITS}",
    r"(victim of|suffering|escap(e|ing)( from)?|experiencing) domestic (violence|abuse)",
)
DOMESTIC_VIOLENCE_UNLESS: Final[Lines] = (r"父の日|講師|ボランティア",)

SUICIDE: Final[Lines] = (
    r"(死|し)にたい(?!して|する|し、)|死に(て|た)え|シニタイ|死のう(と|か|かな)|死んで(しまいたい|やる|も(いい|かまわ)|楽に)",
    r"死んだ(ほう|方)が(まし|いい|楽|よ)|死ぬ(しか|つもり|ことばかり|ことしか|方法)|死なせて(?!しまっ)",
    r"(もう|今から|これから)[^。]{0,8}死にます|(自分|私|俺|僕|わたし)(なんか|なんて|は|が)[^。]{0,4}いない(ほう|方)が|消えてしまいたい",
    r"消えちゃいたい|(もう|私|俺|僕|自分|全部|、|^)[^。]{0,4}消えたい|いなくなりたい|この世から",
    r"生きて(い)?たくな|生きて(い)?(ても|いても)(仕方|しかた|しょうが|意味|無駄|つら|辛)",
    r"生きる(の|こと)(が|に|も)?(つら|辛|嫌|いや|疲れ|しんど)|生きて(い|ゆ)け(ない|ません|そうにな)|生きている?意味(が|も)(な|わか)",
    r"自殺(したい|したく|しよう|する(しか|つもり)|します|を(考え|図|し)|しそう|しようと|未遂|をほのめか|願望)|自死(したい|しよう|を考)|命を(絶|断)",
    r"いのちを(絶|断)|心中(したい|しよう|する)",
    r"首を?(吊(り|っ|る|ろ|ろう)|つ(りたい|ろう|るしか))|飛び降り(たい|よう(と|か)|ます|る(しか|つもり)|て死)|(線路|電車)に飛び込(み|も|む)",
    r"リストカット|リスカ|手首を?切|自分を傷つけ|自傷",
    r"(薬|睡眠薬)を(大量|たくさん|いっぱい|全部)に?飲(ん|み|も)[^。]*(死|楽|終わ|消え)|楽になりたい|終わりにしたい(です|$|、|んだ)",
    r"人生(を|に)(終わら|疲れ)|遺書",
    r"\bkill(ing)? my ?self|want(ed)? to die|wanna die|\bsuicidal\b|end (my life|it all)",
    r"tak(e|ing) my (own )?life|commit(ting)? suicide",
    r"don'?t want to (live|be alive|exist)|better off dead|(no reason|nothing) to live for",
    r"no reason to live|(hurt|harm|cut)(ting)? myself|self[- ]harm",
)
SUICIDE_UNLESS: Final[Lines] = (r"ゲートキーパー|遺族|遺言書?の|公正証書|ペット|金魚|害虫|虫を",)

POISON: Final[Lines] = (
    r"(洗剤|漂白剤|ハイター|灯油|農薬|除草剤|殺虫剤|電池|たばこ|タバコ|シンナー|消毒液|磁石|防虫剤|乾燥剤|毒)[^。]{0,8}(飲んで(しま|る|い?る)|飲ん(だ|じゃ)|飲み込|のみこ|のんで|のんだ|食べて(しま|る)|食べた)",
    r"薬[^。]{0,6}(誤って|間違えて|間違って|大量に|たくさん|全部|一気に)[^。]{0,4}(飲(んで|んだ|みまし)|のん)",
    r"(誤って|間違えて)[^。]{0,4}薬を(飲|のん)|誤飲(し|です)|一酸化炭素中毒(です|かも|で倒|に)|毒(きのこ|キノコ)を食べ",
    r"(swallowed|drank|drunk|ate) [a-z ]{0,16}(batter(y|ies)|bleach|detergent|pills|poison|kerosene|magnets?)",
    r"\b(been |was )?poisoned\b|\boverdos(e|ed|ing)\b",
)
GAS: Final[Lines] = (
    r"ガス(の|が)?(変な|すごい|強い)?(におい|臭い|匂い|臭|くさい|くさ)(?!消)|ガス(が|は)?(漏れ|もれ)(て|です|だ|し|かも|みたい|$|た)",
    r"smells? (of |like )?gas\b|smelling gas|gas (is )?leak(?! detector| alarm| test)",
)
GAS_UNLESS: Final[Lines] = (r"警報器|検知器|点検|排気ガス|排ガス|ガス缶|カセット|スプレー|下水",)

CRIME: Final[Lines] = (
    r"(強盗|泥棒|どろぼう|空き巣|不審者|変質者|痴漢|通り魔|露出狂)(です|だ$|$|が(い(る|ま)|来|入|家|今|押|侵入|うろ|近く|暴れ)|に(入られ|襲|追|つけ|遭(い|っ|ってい)|刺))",
    r"襲われ(て|た|そう|まし|る)|切りつけ(られ|て)|(ナイフ|包丁|刃物|銃|バット)(を|で)(持(って|った)|振り|脅|切|刺|向け)",
    r"殺され(る|そう|た|ます|かけ)|脅され(て|た|まし)|おどされて",
    r"(?<!蚊に)(?<!蜂に)(?<!ハチに)(?<!虫に)(?<!ダニに)(?<!クラゲに)(?<!ブヨに)(?<!ムカデに)刺され(た|て(?!い?る?かゆ)|まし)(?!の跡)",
    r"(殴られ|蹴られ|なぐられ|叩かれ)(て(い|る|ま|け)|た|まし|そう)",
    r"監禁され|誘拐(され|だ|です)|連れ去(られ|り(です|だ))|拉致|追いかけられて|(後|あと)をつけられ|つきまとわれて|待ち伏せされ|ひったくり(です|に)",
    r"侵入され(て|た|まし)|(誰か|だれか)が?[^。]{0,4}(家|部屋|うち|玄関)に(入|い(る|ま)|侵入)",
    r"(家|部屋|うち)に(誰か|だれか)[^。]{0,4}(入|い(る|ま)|来)",
    r"知らない(人|男|女)[^。]{0,6}(家|部屋|うち|玄関)[^。]{0,6}(い(る|ま)|入|来て)",
    r"(being|been|was|got) (attacked|robbed|mugged|stabbed|assaulted|raped|kidnapped|followed|beaten)",
    r"(attack|rob|stab|follow|stalk|chas|beat|hit)+(ing|ting) (me|us|someone|somebody|a )",
    r"(breaking|broke|broken) into (my|our|the)",
    r"(someone|somebody|a stranger|a man) is in(side)? my (house|home|room|apartment)",
    r"(has|have|with) a (knife|gun)\b|call the police|threaten(ed|ing|s)? to kill",
    r"\bintruder\b",
)
CRIME_UNLESS: Final[Lines] = (
    r"mosquito|\b(bees?|wasps?|hornets?|insects?|bugs?|crows?|boars?)\b|防犯|情報|メール配信|犯罪被害者",
    r"相談員|詐欺|非通知|non-emergency",
    r"(蚊|蜂|ハチ|虫|ダニ|クラゲ|ムカデ|スズメバチ|アブ|毛虫|ブヨ)(に|が)[^。]{0,4}刺",
)

HELP: Final[Lines] = (
    r"^(誰か|だれか|お願い|[、! ])*(助けて|たすけて)(ください|下さい|よ|ー|!|、)*(助けて|たすけて)?$",
    r"^(please )?help me( please)?$",
)

THREAT: Final[Lines] = (
    r"殺すぞ|殺してやる|ぶっ殺|ぶっころ|爆破(する|して|予告)|爆弾を(仕掛|置|しかけ)",
    r"火を(つけ|付け)(るぞ|てやる|に行)|刺しに(行|い)くぞ|放火してやる",
    r"\b(i('ll| will| am going to|'m going to) (kill|bomb|shoot|stab|burn))\b(?! (my|the|some) (tree|weeds?|time))",
    r"\b(planted|put) a bomb\b",
)

_INSULT = (
    r"(馬鹿|ばか|バカ|ばーか|バーカ|あほ|アホ|頭(が)?おかしい|阿呆|くず|クズ|カス|死ね|しね|氏ね|ぼけ|ボケ|うざい|ウザい|"
    r"うぜえ|きもい|キモい|消えろ|失せろ|くたばれ|無能|ぽんこつ|ポンコツ|役立たず|やくたたず|黙れ|だまれ|クソ|くそ|糞|"
    r"ごみ野郎|ごみボット|税金泥棒|使えない?(やつ|奴)|使えねえ|間抜け|まぬけ|ふざけるな|ふざけんな)"
)
_TO_WHOM = (
    r"(お前|おまえ|てめえ|貴様|あんた|ら|は|って|が|なんか|みたいな|この|本当に?|ほんとに?|マジで?|まじで?|市?役所|ai|"
    r"(チャット)?ボット|機械|クソ|くそ|おい|もう|まったく|全く|とにかく|とっとと|さっさと|[、, ])"
)
_TAIL = (
    r"(だな|だね|だよ|よ|か|んじゃねえの|んじゃないの|じゃねえの|じゃないの|の|だ|ですね|です|すぎる?|やろう|野郎|め|が|w|笑|"
    r"市?役所|(チャット)?ボット|ai|機械|やつ|奴|女|男|[、, ])"
)
ABUSE: Final[Lines] = (
    # Bounded on both sides: nested repeats over words that overlap would take for ever on 「だよだよだよ…」.
    rf"^{_TO_WHOM}{{0,6}}{_INSULT}{_TAIL}{{0,4}}[!ー~…w。.]*$",
    rf"(お前|おまえ|てめえ|貴様|(チャット)?ボット|ai)(は|ら|って|なんか|みたいな|、|本当に|ほんと){{1,3}}[^。]{{0,6}}{_INSULT}",
    r"\bf+u+c+k+\b|\bfuck(ing|er)?\b|\bstfu\b",
    r"you('re| are)? (so |really |such )?(an? )?(idiot|stupid|useless|moron|dumb|worthless|piece of|suck|shit)",
    r"\b(stupid|useless|dumb|idiotic|shitty|fucking) (bot|ai|machine|chatbot|robot)\b",
    r"^(idiot|moron|asshole|bitch|go to hell|shut up|screw you|drop dead)[!. ]*$",
)
