language = 日本語
help-title = ヘルプ
help-lead = よくあるご質問への回答です。ここにないことは担当者がお答えします。
search-label = ヘルプを検索
search = 検索
found = { $count ->
    [0] 「{ $query }」に当てはまるページはありません。別の言葉で検索するか、お問い合わせください。
   *[other] 「{ $query }」の検索結果:{ $count }件
}
all-pages = すべてのヘルプページ
topics = 分類
related = 同じ分類のページ
elsewhere = { $language }のページ
ask-title = 解決しませんか?
ask-text = お問い合わせください。回答がわかっていればすぐに、そうでなければ順番をお知らせします。
ask-link = お問い合わせ
languages = 言語
feed = 更新情報(フィード)
nothing-title = ここには何もありません
nothing-text = このページは存在しないか、この言語にはありません。
trouble-title = ただいまご利用いただけません
trouble-text = しばらくしてからもう一度お試しください。
none-yet = ヘルプページはまだありません。
