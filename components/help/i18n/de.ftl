language = Deutsch
help-title = Hilfe
help-lead = Antworten auf die häufigsten Fragen. Was hier nicht steht, beantworten unsere Leute.
search-label = In den Hilfeseiten suchen
search = Suchen
found = { $count ->
    [0] Zu „{ $query }“ wurde nichts gefunden. Versuchen Sie es mit anderen Wörtern, oder fragen Sie uns.
    [one] Eine Seite zu „{ $query }“
   *[other] { $count } Seiten zu „{ $query }“
}
all-pages = Alle Hilfeseiten
topics = Themen
related = Zum selben Thema
elsewhere = Mehr auf { $language }
ask-title = Hilft das nicht weiter?
ask-text = Schreiben Sie uns. Was wir wissen, beantworten wir sofort; sonst sehen Sie Ihren Platz in der Warteschlange.
ask-link = Frage stellen
languages = Sprachen
feed = Änderungen als Feed
nothing-title = Hier ist nichts
nothing-text = Diese Seite gibt es nicht, oder nicht in dieser Sprache.
trouble-title = Das geht gerade nicht
trouble-text = Bitte versuchen Sie es gleich noch einmal.
none-yet = Hier gibt es noch keine Hilfeseiten.
