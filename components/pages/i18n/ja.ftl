ask-title = どのようなご用件でしょうか
ask-lead = お困りの内容をご自由にお書きください。すぐにお答えできる場合はその場で、そうでない場合は順番をお知らせします。
field-body = ご質問
field-subject = 件名
field-name = お名前
field-email = メールアドレス
field-files = ファイル
field-reply = メッセージ
files-hint = { $count } 個まで、各 { $size }
optional = （任意）
send = 送信
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
fault-site = このページから送られたことを確認できませんでした。ここからもう一度お送りください。
fault-other = 問題が発生しました。もう一度お試しください。
fault-files = ファイルをもう一度お選びください。
ticket-title = お問い合わせ
state-answered = 回答をご用意しました。
state-queued = 順番にご案内しています。
state-claimed = 担当者が対応しています。
state-waiting = 回答済みです。お返事をお待ちしています。
state-solved = 解決したものと考えています。
state-closed = このお問い合わせは終了しました。
place = 現在 { $position } 番目です。
place-about = お待ちの方は約 { $position } 件です。
forecast = 通常は約 { $minutes } 分、十回のうち九回は { $most } 分以内です。
forecast-hours = 通常は約 { $hours } 時間、十回のうち九回は { $most } 時間以内です。
forecast-none = お待ちいただく時間はまだ分かりません。
thread = やり取り
by-you = お客様
by-desk = { $desk }
by-automatic = { $desk }（自動回答）
size-kb = { $size } KB
size-mb = { $size } MB
outcome-title = 問題は解決しましたか
outcome-yes = はい、解決しました
outcome-no = いいえ、解決していません
reply-title = メッセージを送る
rating-title = ご意見
rating-question = 対応はいかがでしたか
rating-like = 良かった
rating-dislike = 良くなかった
rating-comment = ひとこと
rating-send = ご意見を送る
rating-thanks = ご意見ありがとうございます。変更することもできます。
keep-link = このページのリンクを保存してください。お問い合わせに戻るために必要です。
refresh = 更新
ask-again = 別の質問をする
lost-title = このページを開けません
lost-text = お送りしたリンクから開いてください。リンクが途切れているか、新しいものに替わった可能性があります。
nothing-title = ここには何もありません
nothing-text = アドレスをご確認ください。
trouble-title = ただいまご利用になれません
people-from = 担当者の対応は{ $moment }に再開します。すでに答えが分かっているものは、すぐにお答えします。
wait-now = 担当者による回答は、現在約 { $minutes } 分、ほとんどの場合 { $most } 分以内です。
wait-now-hours = 担当者による回答は、現在約 { $hours } 時間、ほとんどの場合 { $most } 時間以内です。
closed-until = ただいま営業時間外です。{ $moment }に再開します。順番はそのまま保たれます。
package-within = ご契約の「{ $name }」：今月 { $of } 件のうち { $used } 件目のお問い合わせです。
package-over = ご契約の「{ $name }」の今月分（{ $of } 件）は使い切りました。引き続き、ほかのお客様と同じようにお手伝いします。{ $moment }からまたお使いいただけます。
nobody-until = ただいまご対応できる担当者が不在です。{ $moment }から対応いたします。順番はそのまま保たれます。
nobody-here = ただいまご対応できる担当者が不在です。順番はそのまま保たれます。
clocks = 時刻は{ $zone }のものです。
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
