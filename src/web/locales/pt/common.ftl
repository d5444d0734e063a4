# The texts that all pages share: the frame, dates, levels, and the words behind codes.

# Frame
skip-to-content = Saltar para o conteúdo
site-family = Portal de Serviços em Linha de Guangdong
site-name = Pearlbridge
site-line = Identidade e certificação cruzada de Guangdong
language-switch = Idioma
menu = Menu principal
menu-verify = Verificar certificado
menu-trust = Lista de confiança
menu-account = Minha conta
demonstration-tag = Demonstração
demonstration-text = As autoridades, as pessoas e os certificados aqui apresentados são fictícios e não têm efeito legal.
footer-about = Um só início de sessão, com qualquer certificado reconhecido, abre todos os balcões da província.
footer-help = Precisa de ajuda? Ligue 12345. Se a página mostrar um número de incidente, indique-o.
sign-in = Iniciar sessão
sign-out = Terminar sessão
kiosk-text = Terminal partilhado: a sessão termina após cinco minutos sem uso.
kiosk-leave = Terminar e sair
signed-in-as = Sessão iniciada como
continue = Continuar
another-way = Tentar outra forma de iniciar sessão
begin-again = Recomeçar
to-front-page = Ir para a página inicial
back-to-account = Voltar à minha conta
what-to-do = O que fazer
technical = Motivo técnico
incident = Número de incidente
title-problem = Erro:
copy = Copiar
copied = Copiado
problems-title = Há um problema

# Dates and times
month-1 = janeiro
month-2 = fevereiro
month-3 = março
month-4 = abril
month-5 = maio
month-6 = junho
month-7 = julho
month-8 = agosto
month-9 = setembro
month-10 = outubro
month-11 = novembro
month-12 = dezembro
date = { $day } de { $month } de { $year }
date-time = { $date }, { $clock }
period = { $from } a { $until }
since = desde { $date }
until = até { $date }
duration-seconds =
    { $n ->
        [one] 1 segundo
       *[other] { $n } segundos
    }
duration-minutes =
    { $n ->
        [one] 1 minuto
       *[other] { $n } minutos
    }
duration-hours =
    { $n ->
        [one] 1 hora
       *[other] { $n } horas
    }

# Levels of assurance
level-2 = Nível 2
level-2-meaning = Indica-nos quem é; só se verifica a forma.
level-3 = Nível 3
level-3-meaning = O nome e o número do documento coincidem com um registo oficial.
level-4 = Nível 4
level-4-meaning = Pessoa, nome e documento confirmados em conjunto, como com um certificado reconhecido.
level-5 = Nível 5
level-5-meaning = A prova mais forte, como um certificado em dispositivo após verificação presencial.

# Regions
region-GD = Guangdong
region-CN = Interior da China, fora de Guangdong
region-HK = Hong Kong
region-MO = Macau
region-ZZ = Outra região

# Subjects and documents
subject-person = Pessoa singular
subject-company = Empresa ou organização
document-resident_id = Bilhete de identidade de residente do Interior da China
document-hkid = Bilhete de identidade de Hong Kong
document-macao_id = Bilhete de identidade de residente de Macau
document-home_return_permit = Salvo-conduto para o Interior da China
document-residence_permit = Título de residência do Interior da China
document-passport = Passaporte
document-uscc = Código unificado de crédito social
document-hk_br = Registo comercial de Hong Kong
document-subscriber_reference = Referência do subscritor
document-other = Outro documento
script-zh-Hans = chinês simplificado
script-zh-Hant = chinês tradicional
script-Latn = letras latinas

# Ways of proof
method-certificate = Certificado
method-challenge = Desafio assinado com certificado
method-passkey = Chave de acesso
method-password_totp = Palavra-passe e código temporário
method-recovery_code = Palavra-passe e código de recuperação
method-phone = Telemóvel
method-password = Palavra-passe
method-window = Verificação presencial
method-library = Comparação com um registo oficial
method-self = Declaração própria

# Claims that a hall may read
claim-name = Nome
claim-region = Região
claim-document_kind = Tipo de documento
claim-document_number_masked = Número do documento, parcialmente oculto
claim-subject_kind = Pessoa ou empresa
claim-acr = Nível de garantia
claim-verified_by = Verificado por
claim-verified_how = Forma de verificação
claim-verified_at = Data da verificação
claim-org = A empresa em nome da qual atua
claim-email = Endereço de correio eletrónico
claim-phone_number = Número de telefone
claim-sub = Identificador exclusivo deste balcão

# Certificates
certificate-holder = Titular
certificate-issuer = Emitido por
certificate-period = Validade
certificate-names = Outros nomes
certificate-serial = Número de série
certificate-algorithm = Algoritmo de assinatura
certificate-subject = Nome do titular
certificate-issuer-name = Nome do emissor

# Trust list
status-granted = Concedido
status-suspended = Suspenso
status-withdrawn = Retirado
scheme-provincial = Autoridade provincial
scheme-licensed = Licenciada ao abrigo da Lei da Assinatura Eletrónica
scheme-hk_recognised = Reconhecimento Guangdong–Hong Kong
scheme-mo_recognised = Reconhecimento Guangdong–Macau

# What can be wrong with a form
problem-already-linked = Este certificado já abre outra conta. Inicie sessão nessa conta ou use outro certificado.
problem-another-person = Este certificado é de outra pessoa que não o titular desta conta. Use um certificado seu; se mudou de nome, dirija-se a um balcão de atendimento.
problem-authenticator-expired = A configuração demorou demasiado. Leia de novo o código desta página e introduza o que a aplicação mostra.
problem-certificate-missing = Carregue um ficheiro de certificado ou cole o certificado.
problem-certificate-several = Há aqui vários certificados e não se sabe qual deve ser verificado. Carregue esse, com ou sem os seus emissores.
problem-certificate-too-large = O ficheiro é demasiado grande para ser um certificado. Escolha um até 100 KB.
problem-certificate-unreadable = Não é possível ler isto como certificado. Carregue um ficheiro .cer, .crt, .der, .pem ou .p7c.
problem-chain-missing = Cole o seu certificado.
problem-chain-unreadable = Não é possível ler o certificado. Cole-o por inteiro, com as linhas BEGIN CERTIFICATE e END CERTIFICATE.
problem-challenge-expired = Este desafio já expirou. Descarregue o novo e assine-o.
problem-choice-missing = Escolha uma das duas opções.
problem-code-missing = Introduza os 6 algarismos que a sua aplicação de autenticação mostra.
problem-code-used = Este código já foi usado. Aguarde pelo seguinte e introduza-o.
problem-code-wrong = O código não está certo. Introduza o que aparece agora e confirme a hora do telemóvel.
problem-credentials-wrong = O nome de utilizador ou a palavra-passe não está certo. Verifique ambos e tente de novo, ou use um certificado.
problem-csr-key-refused = A chave é demasiado curta ou de um tipo que este perfil não permite. Faça um novo pedido com SM2, P-256 ou RSA de 2048 bits ou mais.
problem-csr-missing = Carregue ou cole um pedido de certificado (CSR).
problem-csr-signature-wrong = A assinatura do próprio pedido não confere; pode ter sido alterado. Faça o pedido de novo.
problem-csr-sm2-signature-wrong = A assinatura SM2 do pedido não confere. Com openssl, junte -sigopt distid:1234567812345678 e faça-o de novo, ou use pearlbridge request.
problem-csr-unreadable = Não é possível ler o pedido. Cole-o por inteiro, com a linha BEGIN CERTIFICATE REQUEST.
problem-date-in-future = A data é futura e ninguém pode saber se o certificado ainda será válido nesse dia. Escolha hoje ou uma data anterior.
problem-date-unreadable = Não é possível ler a data. Escreva ano-mês-dia, por exemplo 2026-03-05.
problem-field-invalid = Verifique «{ $field }»: o que está escrito não é válido.
problem-field-missing = Preencha «{ $field }».
problem-field-unchosen = Escolha uma resposta a «{ $field }».
problem-form-expired = Esta página esteve aberta demasiado tempo e nada foi enviado. Envie de novo.
problem-not-a-company = Este certificado não é de uma empresa, ou a empresa ainda não tem conta. Escolha o da empresa; se nunca cá esteve, inicie primeiro sessão com ele uma vez.
problem-company-unproved = Este certificado, ou o que se sabe da empresa, prova demasiado pouco para dar um mandato. Escolha um certificado de nível superior.
problem-mandate-terms = O último dia tem de ser futuro e dentro de três anos; no máximo cinquenta códigos, só com letras, algarismos e - _ . : /.
problem-mandate-until = Escolha o último dia do mandato.
problem-passkey-copied = O contador desta chave de acesso recuou; alguém pode ter uma cópia, por isso foi bloqueada. Inicie sessão de outra forma, remova-a na sua conta e adicione uma nova.
problem-passkey-expired = A página esteve aberta demasiado tempo. Use a chave de acesso mais uma vez.
problem-passkey-name-missing = Dê um nome à chave de acesso, por exemplo o do dispositivo.
problem-passkey-not-made = O dispositivo não criou uma chave de acesso utilizável aqui. Tente de novo e confirme com impressão digital, rosto ou PIN quando ele pedir.
problem-passkey-refused = Não foi possível verificar a chave de acesso desta vez. Tente de novo ou inicie sessão de outra forma.
problem-passkey-taken = Esta chave de acesso já foi adicionada. Já pode iniciar sessão com ela.
problem-passkey-unknown = Esta chave de acesso não abre nenhuma conta; pode ter sido removida. Inicie sessão de outra forma e apague-a no seu dispositivo.
problem-password-missing = Introduza a sua palavra-passe.
problem-profile-refused = O seu nível não permite este tipo de certificado. Escolha outro ou inicie sessão com um nível mais alto.
problem-recovery-code-missing = Introduza um dos seus códigos de recuperação.
problem-recovery-code-throttled = Demasiados códigos errados. Aguarde { $wait } ou inicie sessão de outra forma.
problem-recovery-code-wrong = O código de recuperação não está certo ou já foi usado. Cada um serve uma vez: tente outro.
problem-signature-missing = Cole a assinatura.
problem-signature-unreadable = Não é possível ler a assinatura. Cole apenas o texto em base64.
problem-signature-wrong = A assinatura não corresponde a este certificado e a este desafio. Assine o desafio desta página com a chave deste certificado.
problem-throttled = Demasiadas tentativas. Aguarde { $wait } e tente de novo, ou use um certificado.
problem-too-many-passkeys = A conta já tem o máximo de chaves de acesso. Remova primeiro uma que não use.
problem-username-missing = Introduza o seu nome de utilizador.

# Fields that several forms have
field-username = Nome de utilizador
field-password = Palavra-passe
field-code = Código temporário
field-code-hint = Os 6 algarismos que a sua aplicação de autenticação mostra.
