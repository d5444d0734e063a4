# The texts that all pages share: the frame, dates, levels, and the words behind codes.

# Frame
skip-to-content = 跳至正文
site-family = 廣東省網上辦事大廳
site-name = 省交叉認證平台
site-line = 統一身份認證
language-switch = 語言
menu = 主目錄
menu-verify = 核實證書
menu-trust = 信任名單
menu-account = 我的帳戶
demonstration-tag = 示範
demonstration-text = 這裡的機構、人士和證書均屬虛構，不具法律效力。
footer-about = 省交叉認證平台讓任何一張認可的證書，一次登入，通辦各廳。
footer-help = 需要協助？請致電 12345；頁面上如有事件編號，請一併提供。
sign-in = 登入
sign-out = 登出
kiosk-text = 公用終端：五分鐘不操作將自動登出。
kiosk-leave = 辦妥離開
signed-in-as = 已登入
continue = 繼續
another-way = 以其他方式登入
begin-again = 重新開始
to-front-page = 返回主頁
back-to-account = 返回我的帳戶
what-to-do = 您可以怎樣做
technical = 技術說明
incident = 事件編號
title-problem = 有誤：
copy = 複製
copied = 已複製
problems-title = 請先更正以下問題

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
since = 由{ $date }起
until = 至{ $date }
duration-seconds = { $n } 秒
duration-minutes = { $n } 分鐘
duration-hours = { $n } 小時

# Levels of assurance
level-2 = 二級
level-2-meaning = 由本人申報，只核對格式。
level-3 = 三級
level-3-meaning = 姓名與證件號碼已核對相符。
level-4 = 四級
level-4-meaning = 人、名、證三者相符，例如使用認可的數碼證書。
level-5 = 五級
level-5-meaning = 最高等級，例如經櫃位當面核實並使用硬件證書。

# Regions
region-GD = 廣東
region-CN = 內地其他省區
region-HK = 香港
region-MO = 澳門
region-ZZ = 其他地區

# Subjects and documents
subject-person = 個人
subject-company = 公司或其他機構
document-resident_id = 內地居民身份證
document-hkid = 香港身份證
document-macao_id = 澳門居民身份證
document-home_return_permit = 港澳居民來往內地通行證
document-residence_permit = 港澳台居民居住證
document-passport = 護照
document-uscc = 統一社會信用代碼
document-hk_br = 香港商業登記
document-subscriber_reference = 證書登記人編號
document-other = 其他證件
script-zh-Hans = 簡體
script-zh-Hant = 繁體
script-Latn = 拉丁字母

# Ways of proof
method-certificate = 證書
method-challenge = 以證書簽署驗證資料
method-passkey = 通行密鑰
method-password_totp = 密碼及一次性驗證碼
method-recovery_code = 密碼及恢復碼
method-phone = 手機掃碼
method-password = 密碼
method-window = 櫃位當面核實
method-library = 與人口庫或法人庫核對
method-self = 本人申報

# Claims that a hall may read
claim-name = 姓名或名稱
claim-region = 地區
claim-document_kind = 證件類別
claim-document_number_masked = 證件號碼（部分隱藏）
claim-subject_kind = 個人或公司
claim-acr = 身份可信等級
claim-verified_by = 核實機構
claim-verified_how = 核實方式
claim-verified_at = 核實時間
claim-org = 代表的企業
claim-email = 電郵地址
claim-phone_number = 電話號碼
claim-sub = 本廳專用的用戶編號

# Certificates
certificate-holder = 持有人
certificate-issuer = 簽發機構
certificate-period = 有效期
certificate-names = 其他名稱
certificate-serial = 序號
certificate-algorithm = 簽署演算法
certificate-subject = 主體名稱
certificate-issuer-name = 簽發者名稱

# Trust list
status-granted = 有效
status-suspended = 暫停
status-withdrawn = 撤銷
scheme-provincial = 省級自設
scheme-licensed = 按《電子簽名法》許可
scheme-hk_recognised = 粵港互認
scheme-mo_recognised = 粵澳互認

# What can be wrong with a form
problem-already-linked = 此證書已連結至另一個帳戶。請以該帳戶登入，或改用另一張證書。
problem-another-person = 此證書上的人與本帳戶並非同一人。請使用您本人的證書；如您曾更改姓名，請到服務櫃位辦理。
problem-authenticator-expired = 設定時間太長了。請以驗證器應用程式重新掃描頁面上的二維碼，再輸入驗證碼。
problem-certificate-missing = 請上載證書檔案，或貼上證書內容。
problem-certificate-several = 其中有多份證書，無法判斷要查驗哪一份。請上載要查驗的那一份，可連同其上級證書。
problem-certificate-too-large = 檔案過大，不像是證書。請選擇不超過 100 KB 的檔案。
problem-certificate-unreadable = 無法讀取此證書。請上載 .cer、.crt、.der、.pem 或 .p7c 格式的檔案。
problem-chain-missing = 請貼上您的證書。
problem-chain-unreadable = 無法讀取證書。請貼上完整內容，包括 BEGIN CERTIFICATE 和 END CERTIFICATE 兩行。
problem-challenge-expired = 此驗證資料已失效。請下載新的驗證資料，再次簽署。
problem-choice-missing = 請選擇一項。
problem-code-missing = 請輸入驗證器應用程式顯示的 6 位數字。
problem-code-used = 此驗證碼已使用。請待下一個驗證碼出現後再輸入。
problem-code-wrong = 驗證碼不正確。請輸入目前顯示的驗證碼，並檢查手機時間是否準確。
problem-credentials-wrong = 用戶名稱或密碼不正確。請檢查後再試，或改用證書登入。
problem-csr-key-refused = 申請中的密鑰過短，或演算法不適用於此類證書。請以 SM2、P-256 或 RSA 2048 位以上的密鑰重新產生申請。
problem-csr-missing = 請上載或貼上證書申請（CSR）。
problem-csr-signature-wrong = 證書申請的簽署不正確，內容可能曾被改動。請重新產生申請。
problem-csr-sm2-signature-wrong = SM2 申請的簽署對不上。以 openssl 產生時，請加上 -sigopt distid:1234567812345678，再產生一次；亦可改用 pearlbridge request。
problem-csr-unreadable = 無法讀取證書申請。請貼上完整內容，包括 BEGIN CERTIFICATE REQUEST 一行。
problem-date-in-future = 所選日期尚未到來，屆時證書是否有效無從得知。請選擇今天或較早的日期。
problem-date-unreadable = 日期無法識別。請按「年-月-日」填寫，例如 2026-03-05。
problem-field-invalid = 「{ $field }」填寫不正確，請檢查。
problem-field-missing = 請填寫「{ $field }」。
problem-field-unchosen = 請選擇「{ $field }」。
problem-form-expired = 此頁面開啟時間過長，內容未有提交。請再次提交。
problem-not-a-company = 此證書不是企業證書，或企業尚未有帳戶。請選擇企業的證書；企業首次使用時，請先以它直接登入一次。
problem-company-unproved = 此證書或企業已核實的資料等級不足，不能授權他人。請選擇等級更高的證書。
problem-mandate-terms = 截止日期須在今天之後、三年以內；事項代碼最多五十個，只可用字母、數字和 - _ . : /。
problem-mandate-until = 請選擇授權的最後一天。
problem-passkey-copied = 此通行密鑰的計數器倒退了，可能有人複製了它，因此已停用。請以其他方式登入，在帳戶中移除它，再加入新的。
problem-passkey-expired = 頁面開啟太久了。請再使用一次通行密鑰。
problem-passkey-name-missing = 請為通行密鑰命名，例如裝置名稱。
problem-passkey-not-made = 此裝置沒有產生可用的通行密鑰。請再試一次，並按裝置提示以指紋、面容或 PIN 碼確認。
problem-passkey-refused = 這次通行密鑰驗證未能通過。請再試一次，或以其他方式登入。
problem-passkey-taken = 此通行密鑰已加入過，可直接用它登入。
problem-passkey-unknown = 此通行密鑰不屬於任何帳戶，可能已被移除。請以其他方式登入，並在裝置上刪除它。
problem-password-missing = 請輸入密碼。
problem-profile-refused = 以您目前的身份等級，不能申請此類證書。請選擇其他類別，或以較高等級的方式登入後再申請。
problem-recovery-code-missing = 請輸入一個恢復碼。
problem-recovery-code-throttled = 輸錯次數過多。請等待{ $wait }後再試，或以其他方式登入。
problem-recovery-code-wrong = 恢復碼不正確，或已用過。每個恢復碼只能用一次，請換一個。
problem-signature-missing = 請貼上簽署結果。
problem-signature-unreadable = 簽署內容無法讀取。請貼上 Base64 文字，不要有其他文字。
problem-signature-wrong = 簽署與證書或驗證資料不符。請以此證書的私人密鑰，簽署本頁的驗證資料。
problem-throttled = 嘗試次數過多。請等候 { $wait } 後再試，或改用證書登入。
problem-too-many-passkeys = 帳戶中的通行密鑰已達上限。請先移除一把不再使用的。
problem-username-missing = 請輸入用戶名稱。

# Fields that several forms have
field-username = 用戶名稱
field-password = 密碼
field-code = 一次性驗證碼
field-code-hint = 驗證器應用程式顯示的 6 位數字。
