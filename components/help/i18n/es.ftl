language = Español
help-title = Ayuda
help-lead = Respuestas a lo que más se pregunta. Lo que no esté aquí lo contesta nuestro equipo.
search-label = Buscar en las páginas de ayuda
search = Buscar
found = { $count ->
    [0] No hay nada sobre «{ $query }». Prueba con otras palabras o pregúntanos.
    [one] Una página sobre «{ $query }»
   *[other] { $count } páginas sobre «{ $query }»
}
all-pages = Todas las páginas de ayuda
topics = Temas
related = Sobre el mismo tema
elsewhere = Más en { $language }
ask-title = ¿No te sirve?
ask-text = Escríbenos. Si sabemos la respuesta, la tienes al momento; si no, ves tu lugar en la cola.
ask-link = Preguntar
languages = Idiomas
feed = Cambios como feed
nothing-title = Aquí no hay nada
nothing-text = Esta página no existe, o no en este idioma.
trouble-title = Ahora mismo no funciona
trouble-text = Inténtalo de nuevo en un momento.
none-yet = Todavía no hay páginas de ayuda.
