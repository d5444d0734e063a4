# 用手机允许另一个屏幕登录。

screen-title = 允许另一个屏幕登录？
screen-lead = 它将以您的身份登录“{ $hall }”。
screen-who = 是谁在请求
screen-device = 浏览器
screen-network = 网络地址
screen-same-network = 与手机同一网络
screen-other-network = 与手机不同网络
screen-other-network-text = 手机用移动数据时，这是正常的。但如果那个屏幕不在您面前，请拒绝。
screen-time = 请求时间
screen-warning = 只有那个屏幕就在您面前，并且是您自己要登录时，才继续。工作人员不会请您扫描别人发来的二维码。
screen-which = 屏幕上显示哪个数字？
screen-refuse = 都不是，拒绝登录
screen-let_in = 屏幕已登录
screen-let_in-next = 请回到屏幕继续办理。办完后请在那里退出，或在“我的账户”中结束它的登录。
screen-refused = 已拒绝
screen-refused-next = 没有人登录。如果不是您自己要登录，您刚刚阻止了对方。
screen-wrong_number = 数字不对，已拒绝登录
screen-wrong_number-next = 如果屏幕就在您面前，请在那里显示新的二维码，再扫一次。
screen-over = 这个二维码已失效
screen-over-next = 它只在两分钟内有效，并且只能用一次。请在屏幕上显示新的二维码。
