# The trust list.

trust-title = Lista de confiança
trust-lead = Os certificados destas autoridades servem para entrar e assinar em todos os balcões. Conta o estado da autoridade no momento da assinatura.
trust-records = Registos
trust-anchors = Âncoras de confiança
trust-number = Número da lista
trust-issued = Última mudança de estado
trust-next = próxima atualização até { $time }
trust-none = Não há registos, pelo que de momento nenhum certificado dá acesso. Volte mais tarde.
trust-ca = Autoridade
trust-scheme = Regime
trust-status = Estado
trust-json = Descarregar a lista para máquinas (JSON)
record-title = O registo
record-id = Número do registo
record-period = Reconhecida
record-basis = Base legal
record-policies = Políticas reconhecidas
record-mapped = Correspondente à política provincial
record-keys = Certificados
record-root = Raiz
record-ca = Autoridade emissora
record-cross = Certificado cruzado
record-no-cross = nenhum em vigor
record-history = Histórico
record-history-text = Uma assinatura antiga é avaliada pelo estado da sua época.
record-back = Voltar à lista de confiança
