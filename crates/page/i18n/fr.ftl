ask-title = Comment pouvons-nous vous aider ?
ask-lead = Décrivez votre problème avec vos propres mots. Si nous connaissons la réponse, vous l’avez tout de suite ; sinon, vous voyez votre place dans la file.
field-body = Votre question
field-name = Votre nom
field-email = Votre adresse e-mail
field-files = Fichiers
files-hint = jusqu’à { $count }, de { $size } chacun
suggestions-title = Ceci vous aide peut-être déjà :
suggestions-more = Tout lire
optional = (facultatif)
send = Envoyer
typing = Quelqu’un vous écrit…
fault-title = Cela n’a pas été envoyé.
fault-body = Écrivez ce pour quoi vous avez besoin d’aide, en 20 000 caractères au plus.
fault-email = Vérifiez l’adresse e-mail, ou laissez le champ vide.
fault-field = Vérifiez ce que vous avez écrit dans le champ signalé.
fault-file-type = L’un des fichiers est d’un type que nous n’acceptons pas.
fault-file-mismatch = L’un des fichiers n’est pas ce que dit son nom.
fault-file-large = Un fichier est trop volumineux.
fault-files-many = Il y a trop de fichiers.
fault-busy = Il y a trop d’activité en ce moment. Renvoyez votre demande dans un instant.
fault-state = Cela n’est plus possible pour cette demande.
fault-full = Cette demande est pleine. Envoyez le reste dans une nouvelle demande.
fault-site = Votre navigateur n’a pas indiqué qu’il venait de cette page. Renvoyez votre demande d’ici.
fault-other = Quelque chose n’a pas fonctionné. Veuillez réessayer.
fault-files = Veuillez choisir vos fichiers de nouveau.
size-kb = { $size } Ko
size-mb = { $size } Mo
earlier-messages = Messages précédents
latest-messages = Aux messages les plus récents
ask-again = Poser une autre question
nothing-title = Il n’y a rien ici
nothing-text = Veuillez vérifier l’adresse.
trouble-title = Cela ne fonctionne pas pour le moment
people-from = Notre équipe revient : { $moment }. Ce que nous savons déjà reçoit une réponse tout de suite.
people-until = Notre équipe est là jusqu’à : { $moment }.
people-always = Notre équipe est là jour et nuit.
wait-now = Si une personne doit répondre, cela prend actuellement environ { $minutes } min, rarement plus de { $most } min.
wait-now-hours = Si une personne doit répondre, cela prend actuellement environ { $hours } h, rarement plus de { $most } h.
day-and-time = { $weekday } { $day } { $month }, { $time }
moment = { $day } { $month } { $year }, { $time }
weekday = { $number ->
    [0] lundi
    [1] mardi
    [2] mercredi
    [3] jeudi
    [4] vendredi
    [5] samedi
   *[6] dimanche
}
month = { $number ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
}
