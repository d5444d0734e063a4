# The front page.

home-title = 一次登录，通办各厅
home-lead = 内地、香港、澳门认可机构签发的证书，都可以在这里登录、签署、查验。
home-sign-in = 登录我的账户
home-verify = 查验一张证书
home-halls = 办事从这里开始
home-halls-text = 登录一次，其他窗口和分厅直接进入。
home-more = 平台服务
home-verify-text = 是谁、由谁签发、是否有效，一看便知。
home-trust-text = 目前共有 { $n } 家认证机构的证书获得认可。
home-account-text = 查看登录记录，管理设备和证书，了解谁读取了您的信息。
