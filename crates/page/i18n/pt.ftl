ask-title = Como podemos ajudar?
ask-lead = Descreva o problema com suas próprias palavras. Se soubermos a resposta, você a recebe na hora; se não, vê o seu lugar na fila.
field-body = Sua pergunta
field-name = Seu nome
field-email = Seu e-mail
field-files = Arquivos
files-hint = até { $count }, de { $size } cada
suggestions-title = Talvez isto já ajude:
suggestions-more = Ler tudo
optional = (opcional)
send = Enviar
typing = Alguém está escrevendo para você…
fault-title = Não foi enviado.
fault-body = Escreva em que precisa de ajuda, com no máximo 20.000 caracteres.
fault-email = Verifique o e-mail ou deixe o campo vazio.
fault-field = Verifique o que escreveu no campo marcado.
fault-file-type = Um dos arquivos é de um tipo que não aceitamos.
fault-file-mismatch = Um dos arquivos não é o que o nome diz.
fault-file-large = Um arquivo é grande demais.
fault-files-many = São arquivos demais.
fault-busy = Há atividade demais neste momento. Envie de novo daqui a pouco.
fault-state = Isso já não é possível neste pedido.
fault-full = Não cabe mais nada neste pedido. Envie o que falta em um novo.
fault-site = Seu navegador não indicou que vinha desta página. Envie de novo daqui.
fault-other = Algo deu errado. Tente de novo.
fault-files = Escolha os arquivos de novo.
size-kb = { $size } KB
size-mb = { $size } MB
earlier-messages = Mensagens anteriores
latest-messages = Para as mensagens mais recentes
ask-again = Perguntar outra coisa
nothing-title = Não há nada aqui
nothing-text = Verifique o endereço.
trouble-title = Isso não funciona neste momento
people-from = Nossa equipe volta: { $moment }. O que já sabemos é respondido na hora.
people-until = Nossa equipe atende até: { $moment }.
people-always = Nossa equipe atende 24 horas por dia.
wait-now = Se uma pessoa precisar responder, agora leva cerca de { $minutes } min, raramente mais de { $most } min.
wait-now-hours = Se uma pessoa precisar responder, agora leva cerca de { $hours } h, raramente mais de { $most } h.
day-and-time = { $weekday }, { $day } de { $month }, { $time }
moment = { $day } de { $month } de { $year }, { $time }
weekday = { $number ->
    [0] segunda-feira
    [1] terça-feira
    [2] quarta-feira
    [3] quinta-feira
    [4] sexta-feira
    [5] sábado
   *[6] domingo
}
month = { $number ->
    [1] janeiro
    [2] fevereiro
    [3] março
    [4] abril
    [5] maio
    [6] junho
    [7] julho
    [8] agosto
    [9] setembro
    [10] outubro
    [11] novembro
   *[12] dezembro
}
