ask-title = どのようなご用件でしょうか
ask-lead = お困りの内容をご自由にお書きください。すぐにお答えできる場合はその場で、そうでない場合は順番をお知らせします。
field-body = ご質問
field-name = お名前
field-email = メールアドレス
field-files = ファイル
files-hint = { $count } 個まで、各 { $size }
suggestions-title = こちらで解決するかもしれません:
suggestions-more = すべて読む
optional = （任意）
send = 送信
typing = 担当者が入力中です…
fault-title = 送信できませんでした。
fault-body = ご用件を 20,000 文字以内でお書きください。
fault-email = メールアドレスをご確認いただくか、空欄にしてください。
fault-field = 印のある項目の入力内容をご確認ください。
fault-file-type = 受け付けていない種類のファイルがあります。
fault-file-mismatch = 名前と中身が一致しないファイルがあります。
fault-file-large = 大きすぎるファイルがあります。
fault-files-many = ファイルの数が多すぎます。
fault-busy = ただいま混み合っています。しばらくしてからもう一度お送りください。
fault-state = このお問い合わせでは、この操作はもうできません。
fault-full = このお問い合わせにはこれ以上追加できません。続きは新しいお問い合わせとしてお送りください。
fault-site = このページから送られたことを確認できませんでした。ここからもう一度お送りください。
fault-other = 問題が発生しました。もう一度お試しください。
fault-files = ファイルをもう一度お選びください。
size-kb = { $size } KB
size-mb = { $size } MB
earlier-messages = 以前のメッセージ
latest-messages = 最新のメッセージへ
ask-again = 別の質問をする
nothing-title = ここには何もありません
nothing-text = アドレスをご確認ください。
trouble-title = ただいまご利用になれません
people-from = 担当者の対応は{ $moment }に再開します。すでに答えが分かっているものは、すぐにお答えします。
people-until = 担当者の対応は{ $moment }までです。
people-always = 担当者は24時間対応しています。
wait-now = 担当者による回答は、現在約 { $minutes } 分、ほとんどの場合 { $most } 分以内です。
wait-now-hours = 担当者による回答は、現在約 { $hours } 時間、ほとんどの場合 { $most } 時間以内です。
day-and-time = { $month }{ $day }日（{ $weekday }）{ $time }
moment = { $year }年{ $month }{ $day }日 { $time }
weekday = { $number ->
    [0] 月曜日
    [1] 火曜日
    [2] 水曜日
    [3] 木曜日
    [4] 金曜日
    [5] 土曜日
   *[6] 日曜日
}
month = { $number ->
    [1] 1月
    [2] 2月
    [3] 3月
    [4] 4月
    [5] 5月
    [6] 6月
    [7] 7月
    [8] 8月
    [9] 9月
    [10] 10月
    [11] 11月
   *[12] 12月
}
