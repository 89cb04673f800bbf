language = Français
help-title = Aide
help-lead = Les réponses aux questions les plus fréquentes. À ce qui n’est pas ici, notre équipe répond.
search-label = Chercher dans les pages d’aide
search = Chercher
found = { $count ->
    [0] Rien n’a été trouvé pour « { $query } ». Essayez d’autres mots, ou posez-nous la question.
    [one] Une page pour « { $query } »
   *[other] { $count } pages pour « { $query } »
}
all-pages = Toutes les pages d’aide
topics = Thèmes
related = Sur le même thème
elsewhere = Plus en { $language }
ask-title = Cela ne vous aide pas ?
ask-text = Écrivez-nous. Si nous connaissons la réponse, vous l’avez aussitôt ; sinon, vous voyez votre place dans la file.
ask-link = Poser une question
languages = Langues
feed = Les changements en flux
nothing-title = Il n’y a rien ici
nothing-text = Cette page n’existe pas, ou pas dans cette langue.
trouble-title = Cela ne fonctionne pas pour le moment
trouble-text = Veuillez réessayer dans un instant.
none-yet = Il n’y a pas encore de pages d’aide.
