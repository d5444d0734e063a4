# 以手機允許另一個螢幕登入。

screen-title = 允許另一個螢幕登入？
screen-lead = 它將以您的身份登入「{ $hall }」。
screen-who = 是誰在請求
screen-device = 瀏覽器
screen-network = 網絡地址
screen-same-network = 與手機同一網絡
screen-other-network = 與手機不同網絡
screen-other-network-text = 手機使用流動數據時，這是正常的。但如果那個螢幕不在您面前，請拒絕。
screen-time = 請求時間
screen-warning = 只有那個螢幕就在您面前，並且是您自己要登入時，才繼續。工作人員不會請您掃描別人發來的二維碼。
screen-which = 螢幕上顯示哪個數字？
screen-refuse = 都不是，拒絕登入
screen-let_in = 螢幕已登入
screen-let_in-next = 請回到螢幕繼續辦理。辦妥後請在那裏登出，或在「我的帳戶」中結束它的登入。
screen-refused = 已拒絕
screen-refused-next = 沒有人登入。如果不是您自己要登入，您剛剛阻止了對方。
screen-wrong_number = 數字不對，已拒絕登入
screen-wrong_number-next = 如果螢幕就在您面前，請在那裏顯示新的二維碼，再掃一次。
screen-over = 此二維碼已失效
screen-over-next = 它只在兩分鐘內有效，並且只能用一次。請在螢幕上顯示新的二維碼。
