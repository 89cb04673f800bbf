ask-title = Comment pouvons-nous vous aider ?
ask-lead = Décrivez votre problème avec vos propres mots. Si nous connaissons la réponse, vous l’avez tout de suite ; sinon, vous voyez votre place dans la file.
field-body = Votre question
field-subject = Objet
field-name = Votre nom
field-email = Votre adresse e-mail
field-files = Fichiers
field-reply = Votre message
files-hint = jusqu’à { $count }, de { $size } chacun
optional = (facultatif)
send = Envoyer
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
fault-site = Votre navigateur n’a pas indiqué qu’il venait de cette page. Renvoyez votre demande d’ici.
fault-other = Quelque chose n’a pas fonctionné. Veuillez réessayer.
fault-files = Veuillez choisir vos fichiers de nouveau.
ticket-title = Votre demande
state-answered = Nous avons une réponse pour vous.
state-queued = Votre demande est dans la file.
state-claimed = Quelqu’un s’occupe de votre demande.
state-waiting = Nous avons répondu et attendons votre réponse.
state-solved = Nous pensons que c’est résolu.
state-closed = Cette demande est close.
place = Vous êtes numéro { $position }.
place-about = Environ { $position } demandes sont devant vous.
forecast = En général, cela prend environ { $minutes } min ; neuf fois sur dix, pas plus de { $most } min.
forecast-hours = En général, cela prend environ { $hours } h ; neuf fois sur dix, pas plus de { $most } h.
forecast-none = Nous ne pouvons pas encore dire combien de temps cela prendra.
thread = Conversation
by-you = Vous
by-desk = { $desk }
by-automatic = { $desk } (réponse automatique)
size-kb = { $size } Ko
size-mb = { $size } Mo
outcome-title = Votre problème est-il résolu ?
outcome-yes = Oui, c’est résolu
outcome-no = Non, cela n’a pas aidé
reply-title = Écrivez-nous
rating-title = Votre avis
rating-question = Comment était notre aide ?
rating-like = Bonne
rating-dislike = Pas bonne
rating-comment = En quelques mots
rating-send = Envoyer l’avis
rating-thanks = Merci de votre avis. Vous pouvez le modifier.
keep-link = Gardez le lien de cette page : il vous ramène à votre demande.
refresh = Actualiser
ask-again = Poser une autre question
lost-title = Cette page ne peut pas être ouverte
lost-text = Ouvrez-la avec le lien que vous avez reçu. Il est peut-être incomplet, ou un lien plus récent l’a remplacé.
nothing-title = Il n’y a rien ici
nothing-text = Veuillez vérifier l’adresse.
trouble-title = Cela ne fonctionne pas pour le moment
people-from = Notre équipe revient : { $moment }. Ce que nous savons déjà reçoit une réponse tout de suite.
wait-now = Si une personne doit répondre, cela prend actuellement environ { $minutes } min, rarement plus de { $most } min.
wait-now-hours = Si une personne doit répondre, cela prend actuellement environ { $hours } h, rarement plus de { $most } h.
closed-until = Nous sommes fermés et reprenons : { $moment }. Votre place est gardée.
package-within = Votre forfait « { $name } » : demande { $used } sur { $of } ce mois-ci.
package-over = Ce que votre forfait « { $name } » couvre ce mois-ci ({ $of }) est épuisé. Nous vous aidons quand même, comme tout le monde ; il compte de nouveau à partir de : { $moment }.
nobody-until = Personne ne peut s’occuper de votre demande en ce moment ; quelqu’un sera là : { $moment }. Votre place est gardée.
nobody-here = Personne ne peut s’occuper de votre demande en ce moment. Votre place est gardée.
clocks = Les heures sont celles de { $zone }.
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
