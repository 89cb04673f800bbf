ask-title = Wie können wir helfen?
ask-lead = Beschreiben Sie Ihr Anliegen mit eigenen Worten. Kennen wir die Antwort, bekommen Sie sie sofort; sonst sehen Sie Ihren Platz in der Warteschlange.
field-body = Ihre Frage
field-subject = Betreff
field-name = Ihr Name
field-email = Ihre E-Mail-Adresse
field-files = Dateien
field-reply = Ihre Nachricht
files-hint = bis zu { $count }, je { $size }
optional = (freiwillig)
send = Senden
fault-title = Das wurde nicht gesendet.
fault-body = Bitte schreiben Sie, wobei Sie Hilfe brauchen, mit höchstens 20.000 Zeichen.
fault-email = Bitte prüfen Sie die E-Mail-Adresse, oder lassen Sie sie weg.
fault-field = Bitte prüfen Sie Ihre Angabe im markierten Feld.
fault-file-type = Eine der Dateien hat einen Typ, den wir nicht annehmen.
fault-file-mismatch = Eine der Dateien ist nicht das, was ihr Name sagt.
fault-file-large = Eine Datei ist zu groß.
fault-files-many = Das sind zu viele Dateien.
fault-busy = Gerade ist sehr viel los. Bitte senden Sie es gleich noch einmal.
fault-state = Das ist bei dieser Anfrage nicht mehr möglich.
fault-site = Ihr Browser hat nicht angegeben, dass er von dieser Seite kommt. Bitte senden Sie es von hier noch einmal.
fault-other = Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal.
fault-files = Bitte wählen Sie Ihre Dateien noch einmal aus.
ticket-title = Ihre Anfrage
state-answered = Wir haben eine Antwort für Sie.
state-queued = Ihre Anfrage ist in der Warteschlange.
state-claimed = Jemand arbeitet an Ihrer Anfrage.
state-waiting = Wir haben geantwortet und warten auf Ihre Rückmeldung.
state-solved = Wir halten das für gelöst.
state-closed = Diese Anfrage ist abgeschlossen.
place = Sie sind Nummer { $position }.
place-about = Etwa { $position } Anfragen sind vor Ihnen.
forecast = Meist dauert es etwa { $minutes } Min., in neun von zehn Fällen höchstens { $most } Min.
forecast-hours = Meist dauert es etwa { $hours } Std., in neun von zehn Fällen höchstens { $most } Std.
forecast-none = Wie lange es dauert, können wir noch nicht sagen.
thread = Verlauf
by-you = Sie
by-desk = { $desk }
by-automatic = { $desk } (automatische Antwort)
size-kb = { $size } kB
size-mb = { $size } MB
outcome-title = Ist Ihr Problem damit gelöst?
outcome-yes = Ja, das hat geholfen
outcome-no = Nein, das half nicht
reply-title = Schreiben Sie uns
rating-title = Ihre Meinung
rating-question = Wie war unsere Hilfe?
rating-like = Gut
rating-dislike = Nicht gut
rating-comment = In ein paar Worten
rating-send = Meinung senden
rating-thanks = Danke für Ihre Meinung. Sie können sie ändern.
keep-link = Bewahren Sie den Link zu dieser Seite auf: er führt zurück zu Ihrer Anfrage.
refresh = Neu laden
ask-again = Etwas anderes fragen
lost-title = Diese Seite lässt sich nicht öffnen
lost-text = Öffnen Sie sie mit dem Link, den Sie bekommen haben. Vielleicht ist er unvollständig oder durch einen neueren ersetzt.
nothing-title = Hier ist nichts
nothing-text = Bitte prüfen Sie die Adresse.
trouble-title = Das geht gerade nicht
people-from = Unsere Leute sind wieder da: { $moment }. Was wir schon wissen, beantworten wir sofort.
wait-now = Müssen Menschen antworten, dauert das zurzeit etwa { $minutes } Min., selten über { $most } Min.
wait-now-hours = Müssen Menschen antworten, dauert das zurzeit etwa { $hours } Std., selten über { $most } Std.
closed-until = Wir haben gerade geschlossen und machen weiter: { $moment }. Ihr Platz bleibt Ihnen.
package-within = Ihr Paket „{ $name }“: Anfrage { $used } von { $of } in diesem Monat.
package-over = Was Ihr Paket „{ $name }“ in diesem Monat abdeckt ({ $of }), ist aufgebraucht. Wir helfen Ihnen trotzdem, so wie allen; das Paket gilt wieder ab: { $moment }.
nobody-until = Gerade ist niemand da, der Ihre Anfrage übernehmen kann; wieder jemand ab: { $moment }. Ihr Platz bleibt Ihnen.
nobody-here = Gerade ist niemand da, der Ihre Anfrage übernehmen kann. Ihr Platz bleibt Ihnen.
clocks = Zeiten gelten für { $zone }.
day-and-time = { $weekday }, { $day }. { $month }, { $time }
moment = { $day }. { $month } { $year }, { $time }
weekday = { $number ->
    [0] Montag
    [1] Dienstag
    [2] Mittwoch
    [3] Donnerstag
    [4] Freitag
    [5] Samstag
   *[6] Sonntag
}
month = { $number ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
}
