# The front page.

home-title = 一次登入，通辦各廳
home-lead = 內地、香港、澳門認可機構簽發的證書，都可以在這裡登入、簽署、核實。
home-sign-in = 登入我的帳戶
home-verify = 核實一張證書
home-halls = 由此開始辦事
home-halls-text = 登入一次，其他窗口和分廳直接進入。
home-more = 平台服務
home-verify-text = 持有人、簽發機構、是否有效，一目了然。
home-trust-text = 現時共有 { $n } 間認證機構的證書獲得認可。
home-account-text = 查看登入紀錄，管理裝置和證書，了解誰讀取了您的資料。
