language = English
help-title = Help
help-lead = Answers to what customers ask most. What is not here, our people answer.
search-label = Search the help pages
search = Search
found = { $count ->
    [0] Nothing was found for “{ $query }”. Try other words, or ask us.
    [one] One page for “{ $query }”
   *[other] { $count } pages for “{ $query }”
}
all-pages = All help pages
topics = Topics
related = On the same topic
elsewhere = More in { $language }
ask-title = Does this not help?
ask-text = Write to us. You get an answer at once if we know it; if not, you see your place in the queue.
ask-link = Ask us
languages = Languages
feed = Changes as a feed
nothing-title = There is nothing here
nothing-text = This page does not exist, or not in this language.
trouble-title = This does not work right now
trouble-text = Please try again in a moment.
none-yet = There are no help pages here yet.
