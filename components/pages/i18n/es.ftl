ask-title = ¿En qué podemos ayudarle?
ask-lead = Describa el problema con sus propias palabras. Si conocemos la respuesta, la recibirá al momento; si no, verá su puesto en la cola.
field-body = Su pregunta
field-subject = Asunto
field-name = Su nombre
field-email = Su correo electrónico
field-files = Archivos
field-reply = Su mensaje
files-hint = hasta { $count }, de { $size } cada uno
optional = (opcional)
send = Enviar
fault-title = No se ha enviado.
fault-body = Escriba en qué necesita ayuda, con 20 000 caracteres como máximo.
fault-email = Revise la dirección de correo o déjela en blanco.
fault-field = Revise lo que escribió en el campo marcado.
fault-file-type = Uno de los archivos es de un tipo que no aceptamos.
fault-file-mismatch = Uno de los archivos no es lo que dice su nombre.
fault-file-large = Un archivo es demasiado grande.
fault-files-many = Son demasiados archivos.
fault-busy = Ahora mismo hay mucha actividad. Vuelva a enviarlo en un momento.
fault-state = Esto ya no es posible en esta solicitud.
fault-site = Su navegador no indicó que venía de esta página. Envíelo de nuevo desde aquí.
fault-other = Algo ha fallado. Inténtelo de nuevo.
fault-files = Vuelva a elegir los archivos.
ticket-title = Su solicitud
state-answered = Tenemos una respuesta para usted.
state-queued = Su solicitud está en la cola.
state-claimed = Alguien está trabajando en su solicitud.
state-waiting = Hemos respondido y esperamos su respuesta.
state-solved = Creemos que está resuelto.
state-closed = Esta solicitud está cerrada.
place = Es usted el número { $position }.
place-about = Tiene por delante unas { $position } solicitudes.
forecast = Suele tardar unos { $minutes } min; nueve de cada diez veces, no más de { $most } min.
forecast-hours = Suele tardar unas { $hours } h; nueve de cada diez veces, no más de { $most } h.
forecast-none = Todavía no podemos decir cuánto tardará.
thread = Conversación
by-you = Usted
by-desk = { $desk }
by-automatic = { $desk } (respuesta automática)
size-kb = { $size } kB
size-mb = { $size } MB
outcome-title = ¿Se ha resuelto su problema?
outcome-yes = Sí, está resuelto
outcome-no = No, no me ha servido
reply-title = Escríbanos
rating-title = Su opinión
rating-question = ¿Qué le ha parecido nuestra ayuda?
rating-like = Buena
rating-dislike = No tan buena
rating-comment = En pocas palabras
rating-send = Enviar opinión
rating-thanks = Gracias por su opinión. Puede cambiarla.
keep-link = Guarde el enlace a esta página: es el camino de vuelta a su solicitud.
refresh = Actualizar
ask-again = Preguntar otra cosa
lost-title = No se puede abrir esta página
lost-text = Ábrala con el enlace que recibió. Puede que esté incompleto o que lo sustituya otro más reciente.
nothing-title = Aquí no hay nada
nothing-text = Compruebe la dirección.
trouble-title = Ahora mismo no funciona
people-from = Nuestro equipo vuelve el { $moment }. Lo que ya sabemos se responde al momento.
wait-now = Si hace falta una persona, ahora se tarda unos { $minutes } min, rara vez más de { $most } min.
wait-now-hours = Si hace falta una persona, ahora se tarda unas { $hours } h, rara vez más de { $most } h.
closed-until = Ahora está cerrado; seguimos el { $moment }. Conserva su puesto.
package-within = Su paquete «{ $name }»: solicitud { $used } de { $of } este mes.
package-over = Lo que cubre su paquete «{ $name }» este mes ({ $of }) ya se ha usado. Le ayudamos igualmente, como a todos; el paquete vuelve a contar el { $moment }.
nobody-until = Ahora no hay nadie que pueda atender su solicitud; habrá alguien desde el { $moment }. Conserva su puesto.
nobody-here = Ahora no hay nadie que pueda atender su solicitud. Conserva su puesto.
clocks = Las horas son las de { $zone }.
day-and-time = { $weekday }, { $day } de { $month }, { $time }
moment = { $day } de { $month } de { $year }, { $time }
weekday = { $number ->
    [0] lunes
    [1] martes
    [2] miércoles
    [3] jueves
    [4] viernes
    [5] sábado
   *[6] domingo
}
month = { $number ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
}
