"""Japanese of the models' descriptions, by class and field as model.py names them."""

FIELDS = {
    "Label": "人に見せる文。画面の言語ごとに書く。片方だけなら、どちらの画面にもそれが出る。",
    "Label.en": "英語。既定は日本語と同じ",
    "Label.ja": "日本語。既定は英語と同じ",
    "Organisation": "このBansoを使う会社(ベンダー)。定義の一式に必ず1つだけ書く。",
    "Organisation.name": "会社の名前",
    "Organisation.time_zone": "IANAタイムゾーン。1日はこのタイムゾーンの暦日",
    "Organisation.digest_at": "朝のまとめメールを送る時刻(組織のタイムゾーン)。"
    "`banso channels add-email --digest` のチャネルが対象",
    "Organisation.mail_days": "顧客側の同じ人に、2つのプレイブックからメールを送るとき、"
    "少なくとも空ける日数。早すぎるメールは、その日まで待つ",
    "Organisation.run_at": "ワーカーが毎日の実行をする時刻(組織のタイムゾーン)。省略時は手で実行"
    "(`banso run`)",
    "Organisation.currency": "ARRの通貨(ISO 4217)",
    "Organisation.holidays": "土日と祝日を休みとする国(ISO 3166。日本はJP)。"
    "休みの日に発生したアラートは次の営業日に届ける。既定: 休みなし",
    "Organisation.weekly_alerts": "担当CSM1人に、1週間(月曜から)に新しく届けるアラートの上限。"
    "緊急なものから届け、残りは待たせる。既定: 上限なし",
    "Organisation.quiet_hours": "この時間帯は、Slackとメールで人にアラートを送らない。終わってから"
    "送る。Webhookはすぐに送る。既定: いつでも送る",
    "Organisation.edit_on_screen": "対応ルールの下書きを画面・`banso rules`・APIで適用できるか。"
    "`false`: 定義はファイルからのみ適用する(`banso apply`)。下書きを書き、過去に当てはめ、"
    "比べることはできる",
    "Organisation.account_ids": "顧客の属性のうち、同じ顧客の別のIDであるもの。例: `crm_id`、"
    "`tenant_id`。行、ファイル、リアルタイムの利用ログは、どのIDで顧客を示してもよい。"
    "1つのIDは1つの顧客だけのもの",
    "Organisation.names": "データと一緒に届く、機械向けの名前(属性、記録の種類、機能、製品、"
    "プロパティ)を画面で何と呼ぶか",
    "Called": "データと一緒に届くものの呼び名。",
    "Called.of": "顧客の`attribute.名前`、`record.種類`、`feature.名前`、`product.名前`、または"
    "`properties.名前`",
    "Source": "事実(利用ログなど)のデータソース。"
    "宣言しないデータソースは、どれだけ遅れても遅延とみなさない。",
    "Source.name": "取り込み時に付ける名前(`--source`)、またはキーの発行先の名前(`banso keys add`)",
    "Source.label": "画面に出す名前",
    "Source.late_after": "これより長く1件も届かないと、その指標は未計測(source_late)になり、"
    "そこからは何も発火しない。日数は1日が終わってから、時間・分(15分以上)は"
    "時計で5分ごとに判定する",
    "Source.hours": "その日の何時から何時まで届くはずか(組織のタイムゾーン)。"
    "`late_after`の時間・分はこの間だけ数える。既定: 昼夜とも",
    "Source.speaks": "届くはずの日: `daily`(毎日)、または`business_days`(月曜から金曜。"
    "`late_after`はこの日数で数え、既定は1日)。量も監視する。いつもの10倍以上か10分の1以下の日、"
    "同じ内容が2回届いた日があると、その指標は未計測(source_late)になる",
    "Source.covers": "属性についての条件。このデータソースから見える顧客を表す。それ以外の顧客は、"
    "ログが1件も届いていなければ未計測(not_applicable)。既定: すべて",
    "Source.keep_for": "これより古い事実を、毎晩、完全に削除する。省略時は残し続ける",
    "Source.tracking": "リアルタイムに届く利用ログの読み方(`banso keys`)",
    "Tracking": "データソースからリアルタイムに届く利用ログの読み方。標準と異なるところだけ書く。",
    "Tracking.account": "利用ログのどこに顧客が書かれているか。書かれていないログは、"
    "その利用者の最後の`group`呼び出しに従う",
    "Tracking.feature": "使われた機能が書かれている場所",
    "Tracking.product": "製品が書かれている場所",
    "Tracking.value": "数値が書かれている場所",
    "Tracking.keep": "ほかにプロパティとして残す項目。例: `context.app.version`"
    "(`properties.context_app_version`になる)",
    "Tracking.contacts": "`identify`のtraits(name、email、roleまたはtitle)を、"
    "利用者の顧客の担当者にするかどうか",
    "Tracking.consent": "担当者にするために利用者の同意が必要な、"
    "`context.consent.categoryPreferences`のカテゴリー。"
    "既定: すべてのカテゴリーが拒まれていなければよい",
    "Tracking.wait": "利用者の所属を示す`group`呼び出しを待つ期間。過ぎると隔離に入る",
    "_Metric.name": "指標とセグメントの中で一意な名前",
    "_Metric.label": "画面に出す名前",
    "_Metric.description": "何を表すかの説明",
    "_Metric.unit": "数値の後ろに付ける単位",
    "_Facts.facts": "何を読むか: `events`(利用ログ)、または`record.種類`"
    "(アンケート回答、研修、問い合わせなど)",
    "_Facts.where": "数える事実の条件。event、feature、product、source、"
    "role(利用者の担当者としての役割)、value、properties.名前 を使える",
    "Count": "期間内の事実の件数。データソースが期間全体を覆っていれば、0件は0として計測される。",
    "Count.window": "期間。既定: 最初の事実から",
    "DistinctUsers": "期間内に使った利用者の数(正確な人数)。",
    "DistinctUsers.window": "期間。既定: 最初の事実から",
    "ActiveDays": "期間のうち、事実が1件以上あった日数。",
    "ActiveDays.window": "期間。既定: 最初の事実から",
    "Breadth": "期間内に使われた機能の種類数(正確な数)。",
    "Breadth.of": "何の種類を数えるか。機能名のないログは、イベント名を機能名とみなす",
    "Breadth.window": "期間。既定: 最初の事実から",
    "Recency": "最後の事実からの日数(基準日 − その暦日、最小1)。"
    "まだ1件もなければ未計測(before_first_data)。",
    "Tenure": "顧客として始まってからの日数。"
    "登録された開始日、最初の契約、最初のログのうち最も早い日から数える。",
    "TimeToFirst": "顧客の開始から最初の事実までの日数。まだなければ未計測(before_first_data)。",
    "Sum": "期間内の数値の合計。事実がなければ0。",
    "Sum.of": "`value`または`properties.名前`",
    "Sum.window": "期間。既定: 最初の事実から",
    "Average": "期間内の数値の平均。数値を持つ事実がなければ未計測(not_applicable)。",
    "Average.of": "`value`または`properties.名前`",
    "Average.window": "期間。既定: 最初の事実から",
    "Latest": "基準日の時点の値。有効な契約、属性、最後の記録のいずれか。",
    "Latest.of": "`contract.seats`、`contract.arr`(有効な契約の合計)、`contract.days_to_end`、"
    "`attribute.名前`、`record.種類`(その値)",
    "Latest.where": "対象の契約(productについての条件)、または記録(事実と同じ条件)",
    "Latest.window": "これより古い記録は数えない(record.種類 のときだけ)",
    "Ratio": "ある指標を別の指標で割った値。分母が0なら未計測(not_applicable)。",
    "Ratio.of": "分子の指標",
    "Ratio.by": "分母の指標",
    "Change": "以前の期間からの変化率: (今 − 以前) ÷ 以前。-0.4は40%減。"
    "以前が0なら未計測(not_applicable)。",
    "Change.of": "比べる指標",
    "Change.against": "どれだけ前と比べるか。既定: その指標の期間",
    "Derived": "ほかの指標から計算する式。",
    "Derived.expression": "指標を使った四則演算",
    "Segment": "名前を付けた顧客の集まり。ほかの条件で`segment.名前`として使える。",
    "Segment.name": "指標とセグメントの中で一意な名前",
    "Segment.label": "画面に出す名前",
    "Segment.where": "指標、属性、契約についての条件",
    "Condition": "あるステージで満たされるべきこと(ヘルススコア条件)。",
    "Condition.condition": "満たされるべき条件。指標、属性、セグメントを使う",
    "Condition.name": "内訳に残る変わらない名前。既定: 条件の文そのもの",
    "Condition.label": "画面に出す名前",
    "Condition.weight": "スコアに占める重み",
    "Condition.of": "poorとgoodの間で点数を決める指標",
    "Condition.good": "満点になる`of`の値",
    "Condition.poor": "0点になる`of`の値",
    "Condition.critical": "満たされなければ、スコアにかかわらず色をat_risk(危険)にする",
    "Stage": "マチュリティカーブの1段。",
    "Stage.name": "ジャーニーの中で一意な名前",
    "Stage.label": "画面に出す名前",
    "Stage.enter": "このステージに入る条件。最初のステージには書かず、ほかには必ず書く",
    "Stage.expected_days": "このステージにこの日数より長くいると、遅れとみなす",
    "Stage.health": "このステージで満たされるべき条件の一覧",
    "Journey": "マチュリティカーブ。順に並んだステージと、それぞれのヘルススコア条件。",
    "Journey.name": "ジャーニーの中で一意な名前",
    "Journey.label": "画面に出す名前",
    "Journey.applies": "対象の顧客の条件。既定: 始まっている顧客すべて",
    "Journey.sticky": "一度達したステージを保つ。falseなら、条件に合わせて戻る",
    "Journey.healthy": "このスコア以上ならhealthy(健全)",
    "Journey.watch": "このスコア以上ならwatch(注意)、未満ならat_risk(危険)",
    "Journey.minimum_confidence": "計測できた重みの割合がこれ未満なら未計測とする",
    "Journey.stages": "ステージの一覧。低い段から順に書く",
    "Rule": "「こうなったら、こうする」という、あらかじめ決めた約束(対応ルール)。",
    "Rule.name": "ルールの中で一意な名前",
    "Rule.label": "画面に出す名前",
    "Rule.description": "なぜこのルールを置くのか。根拠と、分からないこと",
    "Rule.when": "条件。指標、属性、契約、セグメントと、journey.名前.stage / days_in_stage / "
    "overdue / score / confidence / colour / days_in_colour を使う",
    "Rule.for": "直近m日のうちn日成り立ち、今日も成り立てば事象が始まる",
    "Rule.clear_days": "計測できた日が何日続けて条件を外れたら、事象を閉じるか",
    "Rule.cooldown_days": "閉じた後、この日数は再び始めない",
    "Rule.priority": "「今日」の画面での並び順",
    "Rule.outcome": "このルールが予見すべき成果。`banso backtest` と画面は、これで的中率を判定する",
    "Rule.play": "アラートを届けたときに、その顧客に対して始めるプレイブック。"
    "過去のすべてを見つける最初の実行では始めない",
    "Rule.any_time": "待てないアラート。休日(`holidays`)でも知らせ、`quiet_hours` の間も送る",
    "Rule.assign": "アラートを誰のものにするか。既定は顧客の担当CSM",
    "Assign": "アラートを顧客の担当CSMでない人に渡す場合の相手。3つのうち1つを書く。"
    "もともとその顧客を見られるメンバーにだけ渡し、誰もいなければ担当CSMのものになる。",
    "Assign.member": "メンバー1人のハンドル",
    "Assign.in_turn": "順番に受け持つメンバーのハンドル。一度受け持った顧客はその人のまま、"
    "新しい顧客はこのルールの顧客が最も少ない人に渡る",
    "Assign.team": "チーム名。そのメンバーが順番に受け持つ",
    "Rule.expect": "期限までに実現するはずのこと。アラートごとに結果を示す",
    "Rule.holdout": "くじで決めて変えない、対照群にする顧客の割合(0.1なら10社に1社)。"
    "対照群のアラートは記録するだけで誰にも知らせない。ルールの効果を確かめるために使う",
    "Rule.rollout": "段階的に広げる順番。まだ届いていない顧客と、"
    "どのセグメントにも入らない顧客のアラートは、記録するだけで誰にも知らせない。それまでに出ていたアラートは知らせないまま。holdoutとは併用できない",
    "Rule.duty_of_care": "放っておいてはならない対応。対照群を決して置かない",
    "Rule.action": "担当CSMがすること",
    "Reached": "段階的な展開の1段。どの顧客に、いつから届けるか。",
    "Reached.segment": "セグメントの名前",
    "Reached.from": "そのセグメントの顧客に知らせ始める最初の日(YYYY-MM-DD)。"
    "プレイブックなら、始められる最初の日",
    "Expect": "アラートの後、またはプレイブックを始めた後に、対応が役に立てば実現するはずのこと。",
    "Expect.condition": "成り立つはずの条件(`when`と同じ書き方)",
    "Expect.within_days": "アラートが出た日の後、何日以内か",
    "_Outcome.name": "成果の中で一意な名前",
    "_Outcome.label": "画面に出す名前",
    "_Outcome.lead_days": "アラートがこの日数以上前に出ていれば、予見したとみなす。"
    "それより後なら遅すぎたとみなす",
    "_Outcome.within_days": "何日前までのアラートを数えるか",
    "_OfContracts.where": "対象の契約(productについての条件)。既定: すべて",
    "Churn": "解約。有効な契約がなくなった最初の日(30日以内に次の契約が始まれば解約としない)。"
    "契約のない顧客と、その30日が過ぎていない間は未計測。",
    "Downgrade": "減額。有効な契約の合計が、終了していないのに前日より減った日。",
    "Downgrade.of": "減ったもの",
    "Renewal": "更新。契約が終わり、後の契約が続いている(または30日以内に始まる)とき、"
    "終了日の翌日。",
    "StageAdvance": "より高いステージへ進んだ日。",
    "StageAdvance.journey": "ジャーニー",
    "StageAdvance.to": "このステージに入ったときだけ。既定: どのステージでも",
    "StageRegress": "より低いステージへ戻った日(stickyでないジャーニーのみ)。",
    "StageRegress.journey": "ジャーニー(`sticky: false`のもの)",
    "StageRegress.to": "このステージに入ったときだけ。既定: どのステージでも",
    "Silence": "この日数、利用がない。その日数に達した日。",
    "Silence.of": "種類がrecencyの指標",
    "Silence.days": "利用のない日数",
    "BecameTrue": "条件が成り立つようになった最初の日。",
    "BecameTrue.when": "条件(対応ルールと同じ書き方)",
    "Play": "対応ルールのアラートを届けたとき、または手で始めたときに、"
    "1つの顧客に対して順に行うこと(プレイブック)。実行は、始めたときの版のまま最後まで進む。",
    "Play.name": "プレイブックの中で一意な名前",
    "Play.label": "画面に出す名前",
    "Play.description": "何のためのものかの説明",
    "Play.steps": "ステップの一覧。順に実行する",
    "Play.exit": "条件(対応ルールと同じ書き方)。実行日の時点で成り立ったらすぐに終了し、"
    "未対応のタスクを取り下げる。成り立っている顧客には始めない",
    "Play.conflict_days": "ほかのプレイブックを始めてからこの日数が過ぎていない顧客には始めない。"
    "2つのプレイブックのうち長いほうの日数を使う",
    "Play.once": "1つの顧客に一度しか始めない。既定: 何度でも始める(同時に2つは始めない)",
    "Play.again_days": "前の実行が終わってからこの日数が過ぎるまで、同じ顧客に再び始めない",
    "Play.outcome": "このプレイブックで何かが変わるかを判定する成果",
    "Play.expect": "始めてから期限までに実現するはずのこと。実行ごとに結果を示す",
    "Play.rollout": "段階的に広げる順番(対応ルールと同じ)。まだ届いていない顧客には始めない",
    "Play.holdout": "くじで決めて変えない、対照群にする顧客の割合(0.1なら10社に1社)。"
    "誰が始めても、対照群の顧客には実行しない。プレイブックの効果を確かめるために使う",
    "TaskStep": "タスクを作る。タスクは対応が済むまで「今日の対応」に並ぶ。"
    "実行はタスクの完了を待たない。待つ場合は、後に`wait_until`を書く。",
    "TaskStep.label": "すること",
    "TaskStep.instructions": "進め方。話す内容、確かめること",
    "TaskStep.link": "役に立つページのアドレス(台本、申込書など)",
    "TaskStep.due_in": "期限。作った日から何営業日後か"
    "(`organisation.holidays`に従う。なければ毎日を数える)",
    "TaskStep.checklist": "タスクに含まれる作業の一覧(順番どおり)",
    "MessageStep": "メンバーに、アラートを届けるチャネルでメッセージを送る。",
    "MessageStep.text": "本文",
    "MessageStep.to": "`owner`(その時点の顧客の担当CSM)、または上長などのメンバーのハンドル。"
    "その顧客を見られる必要がある",
    "MessageStep.channel": "このチャネルだけで送る(`banso channels list`)。"
    "既定: アラートを1件ずつ届けるすべてのメールとSlackのチャネル",
    "MailStep": "ひな形から、顧客の連絡先へのメールを書く。メンバーが承認するまでは下書き。"
    "承認後、`customers`のチャネルで、営業日に、通知しない時間を避けて送る。同じ人への、別のプレイブックの"
    "メールとは`organisation.mail_days`だけ間を空ける。実行は送信を待たない。",
    "MailStep.template": "ひな形の名前",
    "MailStep.role": "この役割の連絡先だけに送る。既定: どの連絡先でも",
    "MailStep.most": "送る人数の上限(連絡先のキーの順)",
    "MailStep.language": "メールの言語。既定: チャネルの言語",
    "MailStep.approval": "`false`: 誰も確かめずに送る",
    "MailStep.without_contact": "送れる相手がいないとき(アドレスがない、退職済み、配信停止)の動き"
    "(park: 直るまで実行を止める、skip: このステップを飛ばす)",
    "SetFieldStep": "顧客の属性を、翌日から設定する(当日の判定はもう済んでいるため)。"
    "プレイブックが設定したことはタイムラインに残る。",
    "SetFieldStep.attribute": "属性の名前",
    "SetFieldStep.value": "翌日からの値。空なら値なし",
    "WaitStep": "指定した日数だけ待つ。",
    "WaitStep.days": "このステップに着いた日から数える",
    "WaitUntilStep": "実行日の時点で条件が成り立つまで待つ。"
    "未計測の間は、`within_days`を過ぎても待ち続ける。成り立ったかどうかが、誰にもわからないため。",
    "WaitUntilStep.condition": "待つ条件(対応ルールと同じ書き方)",
    "WaitUntilStep.within_days": "待つ日数の上限",
    "WaitUntilStep.on_timeout": "上限までに成り立たなかったとわかったときの動き"
    "(end: 終了する、continue: 次のステップへ進む)",
    "BranchStep": "2つの道のどちらか一方へ、一度だけ進む。",
    "BranchStep.condition": "道を決める条件(対応ルールと同じ書き方)",
    "BranchStep.then": "成り立つときのステップ",
    "BranchStep.else": "成り立たないとわかったときのステップ",
    "BranchStep.unmeasured": "未計測のときの動き(wait: わかるまで待つ、else: `else`へ進む)",
    "AssignStep": "以後のステップで作るタスクを、誰に割り当てるかを決める。",
    "AssignStep.to": "`owner`(その時点の担当CSM)、またはメンバーのハンドル",
    "WebhookStep": "Webhookチャネルで、ほかのソフトウェアに知らせる。",
    "WebhookStep.channel": "Webhookチャネルの名前(`banso channels list`)",
    "StartPlayStep": "同じ顧客に、別のプレイブックを始める。この実行も続く。",
    "StartPlayStep.play": "別のプレイブックの名前",
    "Template": "顧客の連絡先へのメールのひな形。次の場所に値が入る: `{{account.name}}`、"
    "`{{account.key}}`、`{{owner.name}}`、`{{owner.email}}`、`{{organisation.name}}`、`{{day}}`、"
    "`{{contact.name}}`、`{{contact.email}}`、`{{contact.role}}`、`{{attribute.名前}}`、"
    "`{{metric.名前}}`。",
    "Template.name": "ひな形の中で一意な名前",
    "Template.label": "画面に出す名前",
    "Template.subject": "件名。場所には値が入る",
    "Template.text": "本文。場所には値が入り、改行はそのまま残る",
}
