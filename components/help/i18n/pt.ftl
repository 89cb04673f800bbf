language = Português
help-title = Ajuda
help-lead = Respostas ao que mais se pergunta. O que não está aqui, a nossa equipa responde.
search-label = Procurar nas páginas de ajuda
search = Procurar
found = { $count ->
    [0] Nada foi encontrado para “{ $query }”. Tente outras palavras ou pergunte-nos.
    [one] Uma página para “{ $query }”
   *[other] { $count } páginas para “{ $query }”
}
all-pages = Todas as páginas de ajuda
topics = Temas
related = Sobre o mesmo tema
elsewhere = Mais em { $language }
ask-title = Isto não ajuda?
ask-text = Escreva-nos. Se soubermos a resposta, recebe-a logo; se não, vê o seu lugar na fila.
ask-link = Perguntar
languages = Línguas
feed = Alterações em feed
nothing-title = Não há nada aqui
nothing-text = Esta página não existe, ou não nesta língua.
trouble-title = Isto não funciona neste momento
trouble-text = Tente novamente dentro de momentos.
none-yet = Ainda não há páginas de ajuda.
