ask-title = ¿En qué podemos ayudarle?
ask-lead = Describa el problema con sus propias palabras. Si conocemos la respuesta, la recibirá al momento; si no, verá su puesto en la cola.
field-body = Su pregunta
field-name = Su nombre
field-email = Su correo electrónico
field-files = Archivos
files-hint = hasta { $count }, de { $size } cada uno
suggestions-title = Quizá esto ya le ayude:
suggestions-more = Leerlo todo
optional = (opcional)
send = Enviar
typing = Alguien le está escribiendo…
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
fault-full = En esta solicitud ya no cabe nada más. Envíe lo que falta en una nueva.
fault-site = Su navegador no indicó que venía de esta página. Envíelo de nuevo desde aquí.
fault-other = Algo ha fallado. Inténtelo de nuevo.
fault-files = Vuelva a elegir los archivos.
size-kb = { $size } kB
size-mb = { $size } MB
earlier-messages = Mensajes anteriores
latest-messages = A los mensajes más recientes
ask-again = Preguntar otra cosa
nothing-title = Aquí no hay nada
nothing-text = Compruebe la dirección.
trouble-title = Ahora mismo no funciona
people-from = Nuestro equipo vuelve el { $moment }. Lo que ya sabemos se responde al momento.
people-until = Nuestro equipo atiende hasta el { $moment }.
people-always = Nuestro equipo atiende las 24 horas.
wait-now = Si hace falta una persona, ahora se tarda unos { $minutes } min, rara vez más de { $most } min.
wait-now-hours = Si hace falta una persona, ahora se tarda unas { $hours } h, rara vez más de { $most } h.
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
