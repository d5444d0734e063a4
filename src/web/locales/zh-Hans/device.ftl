# 允许另一台设备登录。

device-title = 授权设备登录
device-lead = 自助终端或其他设备上会显示一个代码。在这里输入代码，即可在那台设备上登录。
field-user-code = 设备上显示的代码
field-user-code-hint = 八个字母，例如 WDJB‑MJHT。不分大小写，可不输入连字符。
device-warning = 只有在您本人发起、并且能看到那台设备时，才继续操作。工作人员不会通过电话或短信向您索要此代码。
device-confirm-title = 这是您的设备吗？
device-confirm-lead = 该设备将以您的身份登录“{ $hall }”。
device-compare = 设备上显示的代码是
device-as = 登录身份
device-reads = 可以读取
device-reads-number = 在该处代表您的编号
device-reads-profile = 您的姓名和地区
device-reads-identity = 您的姓名、地区以及身份核验方式；证件号码已遮盖
device-uses = 它还可以使用
device-allow = 是，允许登录
device-refuse = 不是，拒绝
device-allowed-title = 设备已登录
device-allowed-text = 请回到设备上继续办理。您在这里退出，或在账户中结束本次登录后，设备也会退出。
device-refused-title = 已拒绝该设备
device-refused-text = 设备上没有人登录。如果有人向您索要过代码，您刚刚阻止了对方。
problem-user-code-wrong = 没有设备在等待此代码。请逐个字母核对；代码十分钟内有效。
problem-user-code-throttled = 输错次数过多。请等待{ $wait }后再试。
