# The front page.

home-title = Um só início de sessão para todos os balcões
home-lead = Inicie sessão com um certificado de uma autoridade reconhecida do Interior da China, de Hong Kong ou de Macau, e verifique qualquer certificado em segundos.
home-sign-in = Entrar na minha conta
home-verify = Verificar um certificado
home-halls = Começar num balcão
home-halls-text = Inicie sessão num deles; os outros deixam-no entrar diretamente.
home-more = Outros serviços
home-verify-text = Quem é o titular, quem o garante e se é válido.
home-trust-text =
    { $n ->
        [one] Hoje são reconhecidos os certificados de uma autoridade.
       *[other] Hoje são reconhecidos os certificados de { $n } autoridades.
    }
home-account-text = Veja os seus acessos, dispositivos e certificados, e quem leu os seus dados.
