ask-title = Como podemos ajudar?
ask-lead = Descreva o problema com suas próprias palavras. Se soubermos a resposta, você a recebe na hora; se não, vê o seu lugar na fila.
field-body = Sua pergunta
field-subject = Assunto
field-name = Seu nome
field-email = Seu e-mail
field-files = Arquivos
field-reply = Sua mensagem
files-hint = até { $count }, de { $size } cada
optional = (opcional)
send = Enviar
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
fault-site = Seu navegador não indicou que vinha desta página. Envie de novo daqui.
fault-other = Algo deu errado. Tente de novo.
fault-files = Escolha os arquivos de novo.
ticket-title = Seu pedido
state-answered = Temos uma resposta para você.
state-queued = Seu pedido está na fila.
state-claimed = Alguém está cuidando do seu pedido.
state-waiting = Respondemos e aguardamos a sua resposta.
state-solved = Achamos que está resolvido.
state-closed = Este pedido está encerrado.
place = Você é o número { $position }.
place-about = Cerca de { $position } pedidos estão à sua frente.
forecast = Em geral leva cerca de { $minutes } min; nove em cada dez vezes, no máximo { $most } min.
forecast-hours = Em geral leva cerca de { $hours } h; nove em cada dez vezes, no máximo { $most } h.
forecast-none = Ainda não podemos dizer quanto tempo vai levar.
thread = Conversa
by-you = Você
by-desk = { $desk }
by-automatic = { $desk } (resposta automática)
size-kb = { $size } KB
size-mb = { $size } MB
outcome-title = Isso resolveu o seu problema?
outcome-yes = Sim, resolveu
outcome-no = Não, não ajudou
reply-title = Escreva para nós
rating-title = Sua opinião
rating-question = Como foi a nossa ajuda?
rating-like = Boa
rating-dislike = Não foi boa
rating-comment = Em poucas palavras
rating-send = Enviar opinião
rating-thanks = Obrigado pela sua opinião. Você pode mudá-la.
keep-link = Guarde o link desta página: é o caminho de volta ao seu pedido.
refresh = Atualizar
ask-again = Perguntar outra coisa
lost-title = Esta página não pode ser aberta
lost-text = Abra-a com o link que recebeu. Ele pode estar incompleto, ou um mais novo o substituiu.
nothing-title = Não há nada aqui
nothing-text = Verifique o endereço.
trouble-title = Isso não funciona neste momento
people-from = Nossa equipe volta: { $moment }. O que já sabemos é respondido na hora.
wait-now = Se uma pessoa precisar responder, agora leva cerca de { $minutes } min, raramente mais de { $most } min.
wait-now-hours = Se uma pessoa precisar responder, agora leva cerca de { $hours } h, raramente mais de { $most } h.
closed-until = Estamos fechados e voltamos: { $moment }. O seu lugar fica guardado.
package-within = Seu pacote “{ $name }”: pedido { $used } de { $of } neste mês.
package-over = O que o seu pacote “{ $name }” cobre neste mês ({ $of }) já foi usado. Ajudamos você mesmo assim, como a todos; ele volta a valer: { $moment }.
nobody-until = Neste momento não há ninguém que possa cuidar do seu pedido; haverá alguém: { $moment }. O seu lugar fica guardado.
nobody-here = Neste momento não há ninguém que possa cuidar do seu pedido. O seu lugar fica guardado.
clocks = Os horários são os de { $zone }.
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
