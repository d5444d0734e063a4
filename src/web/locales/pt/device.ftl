# Autorizar um dispositivo que espera noutro lugar.

device-title = Autorizar um dispositivo
device-lead = Um quiosque ou outro dispositivo mostra um código. Escreva‑o aqui para iniciar sessão nesse dispositivo.
field-user-code = Código mostrado no dispositivo
field-user-code-hint = Oito letras, como WDJB‑MJHT. As maiúsculas e o hífen não contam.
device-warning = Continue apenas se foi você que iniciou este pedido, num dispositivo que está a ver. Nenhum serviço lhe pede isto por telefone ou mensagem.
device-confirm-title = Este dispositivo é seu?
device-confirm-lead = O dispositivo entrará em “{ $hall }” em seu nome.
device-compare = O dispositivo mostra este código
device-as = Sessão de
device-reads = Pode ler
device-reads-number = Um número que o representa nesse serviço
device-reads-profile = O seu nome e região
device-reads-identity = O seu nome, região e a forma como a identidade foi provada; números de documentos ocultados
device-uses = Também pode usar
device-allow = Sim, autorizar
device-refuse = Não, recusar
device-allowed-title = O dispositivo tem sessão iniciada
device-allowed-text = Continue no dispositivo. A sessão termina quando sair aqui, ou quando a terminar na sua conta.
device-refused-title = O dispositivo foi recusado
device-refused-text = Ninguém tem sessão nesse dispositivo. Se alguém lhe pediu o código, acabou de o impedir.
problem-user-code-wrong = Nenhum dispositivo espera com este código. Compare letra a letra; um código vale dez minutos.
problem-user-code-throttled = Demasiados códigos errados. Espere { $wait } e tente de novo.
