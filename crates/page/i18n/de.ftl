ask-title = Wie können wir helfen?
ask-lead = Beschreiben Sie Ihr Anliegen mit eigenen Worten. Kennen wir die Antwort, bekommen Sie sie sofort; sonst sehen Sie Ihren Platz in der Warteschlange.
field-body = Ihre Frage
field-name = Ihr Name
field-email = Ihre E-Mail-Adresse
field-files = Dateien
files-hint = bis zu { $count }, je { $size }
suggestions-title = Vielleicht hilft das schon:
suggestions-more = Alles lesen
optional = (freiwillig)
send = Senden
typing = Jemand schreibt Ihnen gerade …
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
fault-full = In diese Anfrage passt nichts mehr. Bitte senden Sie den Rest als neue Anfrage.
fault-site = Ihr Browser hat nicht angegeben, dass er von dieser Seite kommt. Bitte senden Sie es von hier noch einmal.
fault-other = Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal.
fault-files = Bitte wählen Sie Ihre Dateien noch einmal aus.
size-kb = { $size } kB
size-mb = { $size } MB
earlier-messages = Frühere Nachrichten
latest-messages = Zu den neuesten Nachrichten
ask-again = Etwas anderes fragen
nothing-title = Hier ist nichts
nothing-text = Bitte prüfen Sie die Adresse.
trouble-title = Das geht gerade nicht
people-from = Unsere Leute sind wieder da: { $moment }. Was wir schon wissen, beantworten wir sofort.
people-until = Unsere Leute sind da bis: { $moment }.
people-always = Unsere Leute sind rund um die Uhr da.
wait-now = Müssen Menschen antworten, dauert das zurzeit etwa { $minutes } Min., selten über { $most } Min.
wait-now-hours = Müssen Menschen antworten, dauert das zurzeit etwa { $hours } Std., selten über { $most } Std.
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
