# 允許另一部裝置登入。

device-title = 授權裝置登入
device-lead = 自助終端機或其他裝置上會顯示一組代碼。在這裏輸入代碼，便可在該裝置上登入。
field-user-code = 裝置上顯示的代碼
field-user-code-hint = 八個字母，例如 WDJB‑MJHT。不分大小寫，連字號可省略。
device-warning = 只有在您本人發起，並且能看見該裝置時，才繼續操作。職員不會透過電話或短訊向您索取此代碼。
device-confirm-title = 這是您的裝置嗎？
device-confirm-lead = 該裝置將以您的身分登入「{ $hall }」。
device-compare = 裝置上顯示的代碼是
device-as = 登入身分
device-reads = 可以讀取
device-reads-number = 在該處代表您的編號
device-reads-profile = 您的姓名和地區
device-reads-identity = 您的姓名、地區以及身分核實方式；證件號碼已遮蓋
device-uses = 它還可以使用
device-allow = 是，允許登入
device-refuse = 不是，拒絕
device-allowed-title = 裝置已登入
device-allowed-text = 請回到裝置上繼續辦理。您在這裏登出，或在帳戶中結束這次登入後，裝置也會登出。
device-refused-title = 已拒絕該裝置
device-refused-text = 裝置上沒有人登入。如果有人向您索取過代碼，您剛剛阻止了對方。
problem-user-code-wrong = 沒有裝置在等待此代碼。請逐個字母核對；代碼十分鐘內有效。
problem-user-code-throttled = 輸錯次數過多。請等候{ $wait }後再試。
