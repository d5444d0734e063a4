# The texts that all pages share: the frame, dates, levels, and the words behind codes.

# Frame
skip-to-content = 跳到正文
site-family = 广东省网上办事大厅
site-name = 省交叉认证平台
site-line = 统一身份认证
language-switch = 语言
menu = 主菜单
menu-verify = 查验证书
menu-trust = 信任列表
menu-account = 我的账户
demonstration-tag = 演示
demonstration-text = 这里的机构、人员和证书均为虚构，不具法律效力。
footer-about = 省交叉认证平台让任何一张认可的证书，一次登录，通办各厅。
footer-help = 需要帮助？请拨打 12345；页面上如有事件编号，请一并告知。
sign-in = 登录
sign-out = 退出登录
kiosk-text = 公用终端：五分钟不操作将自动退出。
kiosk-leave = 办完离开
signed-in-as = 已登录
continue = 继续
another-way = 换一种方式登录
begin-again = 重新开始
to-front-page = 返回首页
back-to-account = 返回我的账户
what-to-do = 下一步怎么办
technical = 技术说明
incident = 事件编号
title-problem = 有误：
copy = 复制
copied = 已复制
problems-title = 请先改正以下问题

# Dates and times
month-1 = 1月
month-2 = 2月
month-3 = 3月
month-4 = 4月
month-5 = 5月
month-6 = 6月
month-7 = 7月
month-8 = 8月
month-9 = 9月
month-10 = 10月
month-11 = 11月
month-12 = 12月
date = { $year }年{ $month }{ $day }日
date-time = { $date } { $clock }
period = { $from }至{ $until }
since = 自{ $date }起
until = 至{ $date }
duration-seconds = { $n } 秒
duration-minutes = { $n } 分钟
duration-hours = { $n } 小时

# Levels of assurance
level-2 = 二级
level-2-meaning = 本人自报，仅核对格式。
level-3 = 三级
level-3-meaning = 姓名与证件号码已核对一致。
level-4 = 四级
level-4-meaning = 人、名、证三者一致，例如使用认可的数字证书。
level-5 = 五级
level-5-meaning = 最高等级，例如窗口当面核验并使用硬件证书。

# Regions
region-GD = 广东
region-CN = 内地其他省区
region-HK = 香港
region-MO = 澳门
region-ZZ = 其他地区

# Subjects and documents
subject-person = 个人
subject-company = 企业或其他组织
document-resident_id = 居民身份证
document-hkid = 香港身份证
document-macao_id = 澳门居民身份证
document-home_return_permit = 港澳居民来往内地通行证
document-residence_permit = 港澳台居民居住证
document-passport = 护照
document-uscc = 统一社会信用代码
document-hk_br = 香港商业登记
document-subscriber_reference = 证书用户编号
document-other = 其他证件
script-zh-Hans = 简体
script-zh-Hant = 繁体
script-Latn = 拉丁字母

# Ways of proof
method-certificate = 证书
method-challenge = 用证书签署挑战码
method-passkey = 通行密钥
method-password_totp = 密码和动态验证码
method-recovery_code = 密码和恢复代码
method-phone = 手机扫码
method-password = 密码
method-window = 窗口当面核验
method-library = 与人口库或法人库核对
method-self = 本人自报

# Claims that a hall may read
claim-name = 姓名或名称
claim-region = 地区
claim-document_kind = 证件类型
claim-document_number_masked = 证件号码（部分隐藏）
claim-subject_kind = 个人或企业
claim-acr = 身份可信等级
claim-verified_by = 核验机构
claim-verified_how = 核验方式
claim-verified_at = 核验时间
claim-org = 代表的企业
claim-email = 电子邮箱
claim-phone_number = 电话号码
claim-sub = 本厅专用的用户编号

# Certificates
certificate-holder = 持有人
certificate-issuer = 签发机构
certificate-period = 有效期
certificate-names = 其他名称
certificate-serial = 序列号
certificate-algorithm = 签名算法
certificate-subject = 主题名称
certificate-issuer-name = 签发者名称

# Trust list
status-granted = 有效
status-suspended = 暂停
status-withdrawn = 撤销
scheme-provincial = 省级自建
scheme-licensed = 依《电子签名法》许可
scheme-hk_recognised = 粤港互认
scheme-mo_recognised = 粤澳互认

# What can be wrong with a form
problem-already-linked = 这张证书已关联到另一个账户。请用那个账户登录，或换一张证书。
problem-another-person = 这张证书上的人与本账户不是同一个人。请使用您本人的证书；如果您改过姓名，请到服务窗口办理。
problem-authenticator-expired = 设置时间太长了。请用验证器应用重新扫描页面上的二维码，再输入代码。
problem-certificate-missing = 请上传证书文件，或粘贴证书内容。
problem-certificate-several = 其中有多份证书，无法判断要查验哪一份。请上传要查验的那一份，可以连同其上级证书。
problem-certificate-too-large = 文件太大，不像是证书。请选择不超过 100 KB 的文件。
problem-certificate-unreadable = 无法读取这份证书。请上传 .cer、.crt、.der、.pem 或 .p7c 格式的文件。
problem-chain-missing = 请粘贴您的证书。
problem-chain-unreadable = 无法读取证书。请粘贴完整内容，包括 BEGIN CERTIFICATE 和 END CERTIFICATE 两行。
problem-challenge-expired = 这份挑战码已失效。请下载新的挑战码，重新签名。
problem-choice-missing = 请选择一项。
problem-code-missing = 请输入验证器应用显示的 6 位数字。
problem-code-used = 这个验证码已用过。请等待下一个验证码再输入。
problem-code-wrong = 验证码不对。请输入当前显示的验证码，并检查手机时间是否准确。
problem-credentials-wrong = 用户名或密码不对。请检查后重试，或改用证书登录。
problem-csr-key-refused = 申请中的密钥太短，或算法不适用于此类证书。请用 SM2、P-256 或 RSA 2048 位以上的密钥重新生成申请。
problem-csr-missing = 请上传或粘贴证书申请（CSR）。
problem-csr-signature-wrong = 证书申请的签名不对，内容可能已被改动。请重新生成申请。
problem-csr-sm2-signature-wrong = SM2 申请的签名对不上。用 openssl 生成时，请加上 -sigopt distid:1234567812345678，再生成一次；也可改用 pearlbridge request。
problem-csr-unreadable = 无法读取证书申请。请粘贴完整内容，包括 BEGIN CERTIFICATE REQUEST 一行。
problem-date-in-future = 所选日期还没有到，届时证书是否有效无从得知。请选择今天或更早的日期。
problem-date-unreadable = 日期无法识别。请按“年-月-日”填写，例如 2026-03-05。
problem-field-invalid = “{ $field }”填写不正确，请检查。
problem-field-missing = 请填写“{ $field }”。
problem-field-unchosen = 请选择“{ $field }”。
problem-form-expired = 这个页面打开时间太长，内容未提交。请再次提交。
problem-not-a-company = 这张证书不是企业证书，或企业还没有账户。请选择企业的证书；企业第一次使用时，请先用它直接登录一次。
problem-company-unproved = 这张证书或企业已核实的信息等级不够，不能授权他人。请选择等级更高的证书。
problem-mandate-terms = 截止日期须在今天之后、三年以内；事项代码最多五十个，只能用字母、数字和 - _ . : /。
problem-mandate-until = 请选择授权的最后一天。
problem-passkey-copied = 这把通行密钥的计数器倒退了，可能有人复制了它，因此已停用。请用其他方式登录，在账户中移除它，再添加一把新的。
problem-passkey-expired = 页面打开太久了。请再用一次通行密钥。
problem-passkey-name-missing = 请给通行密钥起个名字，例如设备名称。
problem-passkey-not-made = 这台设备没有生成可用的通行密钥。请再试一次，并按设备提示用指纹、面容或 PIN 码确认。
problem-passkey-refused = 这次的通行密钥验证没有通过。请再试一次，或换一种登录方式。
problem-passkey-taken = 这把通行密钥已经添加过了，可以直接用它登录。
problem-passkey-unknown = 这把通行密钥不属于任何账户，可能已被移除。请换一种方式登录，并在设备上删除它。
problem-password-missing = 请输入密码。
problem-profile-refused = 以您目前的身份等级，不能申请这类证书。请选择其他类型，或用更高等级的方式登录后再申请。
problem-recovery-code-missing = 请输入一个恢复代码。
problem-recovery-code-throttled = 输错次数过多。请等待{ $wait }后再试，或用其他方式登录。
problem-recovery-code-wrong = 恢复代码不正确，或已用过。每个代码只能用一次，请换一个。
problem-signature-missing = 请粘贴签名结果。
problem-signature-unreadable = 签名内容无法读取。请粘贴 Base64 文本，不要有其他文字。
problem-signature-wrong = 签名与证书或挑战码不符。请用这张证书的私钥，签署本页的挑战码。
problem-throttled = 尝试次数过多。请等待 { $wait } 后再试，或改用证书登录。
problem-too-many-passkeys = 账户中的通行密钥已达上限。请先移除一把不用的。
problem-username-missing = 请输入用户名。

# Fields that several forms have
field-username = 用户名
field-password = 密码
field-code = 动态验证码
field-code-hint = 验证器应用上显示的 6 位数字。
