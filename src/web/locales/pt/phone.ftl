# Um telemóvel autoriza outro ecrã.

screen-title = Autorizar outro ecrã?
screen-lead = Iniciará sessão em «{ $hall }» em seu nome.
screen-who = Quem pede
screen-device = Navegador
screen-network = Rede
screen-same-network = A mesma rede deste telemóvel
screen-other-network = Outra rede que não a deste telemóvel
screen-other-network-text = É normal quando o telemóvel usa dados móveis. Se não tiver o ecrã à sua frente, recuse.
screen-time = Pedido em
screen-warning = Continue só se esse ecrã estiver à sua frente e quiser iniciar sessão nele. Nenhum serviço lhe envia um código para ler.
screen-which = Que número mostra o ecrã?
screen-refuse = Nenhum destes: recusar
screen-let_in = O ecrã tem sessão iniciada
screen-let_in-next = Continue lá. Quando acabar termine a sessão lá, ou termine-a na sua conta.
screen-refused = Recusado
screen-refused-next = Ninguém iniciou sessão. Se alguém lhe enviou o código, acabou de o impedir.
screen-wrong_number = Não era esse o número; foi recusado
screen-wrong_number-next = Se o ecrã está à sua frente, mostre lá um novo código e leia-o de novo.
screen-over = Este código já não conta
screen-over-next = Vale dois minutos e uma só vez. Mostre outro no ecrã.
