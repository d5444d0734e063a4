# Mandatos de empresas.

mandate-give-title = Autorizar alguém a atuar pela empresa
mandate-give-lead = Recebe uma ligação. Entregue-a à pessoa em causa, que a aceita com a sua própria conta.
mandate-until = Último dia
mandate-until-hint = Dentro de três anos. Pode retirá-lo a qualquer momento.
mandate-items = Assuntos
mandate-items-hint = Códigos dos assuntos, separados por vírgulas; deixe vazio para todos.
mandate-give-go = Criar a ligação
mandate-give-note = Assim ninguém precisa do dispositivo USB da empresa.
mandate-given-title = Entregue esta ligação
mandate-given-lead = É mostrada só desta vez, vale sete dias e serve uma pessoa.
mandate-link = A ligação
mandate-given-note = Dê-a só a essa pessoa. Verá o nome dela na conta depois de aceitar.
offer-title = «{ $company }» autoriza-o a atuar em seu nome
offer-lead = Depois de aceitar pode atuar por ela nos balcões que o perguntam. A empresa vê o seu nome.
offer-what = O mandato
offer-company = Empresa
offer-take = Aceitar
offer-leave = Não aceitar
offer-taken = Aceitou o mandato
offer-taken-next = Os balcões que o perguntam deixam escolher após o início de sessão. Ambos podem retirar a qualquer momento.
offer-over = Este mandato não pode ser aceite
offer-over-next = A ligação expirou, já foi aceite ou retirada, ou tem sessão iniciada como empresa. Peça outra à empresa e abra-a com a sua própria conta.
