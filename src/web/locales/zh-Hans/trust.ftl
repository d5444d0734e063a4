# The trust list.

trust-title = 信任列表
trust-lead = 列表上的机构签发的证书，可以在全省各厅登录和签署。一个签名是否算数，看签署当时机构的状态。
trust-records = 记录
trust-anchors = 信任锚
trust-number = 列表编号
trust-issued = 最近一次状态变更
trust-next = 下次更新不迟于{ $time }
trust-none = 目前没有任何记录，因此没有证书可以登录。请稍后再来。
trust-ca = 认证机构
trust-scheme = 依据
trust-status = 状态
trust-json = 下载机器可读的列表（JSON）
record-title = 记录内容
record-id = 记录编号
record-period = 认可期间
record-basis = 法律依据
record-policies = 认可的证书策略
record-mapped = 对应的省级策略
record-keys = 证书
record-root = 根证书
record-ca = 签发机构证书
record-cross = 交叉证书
record-no-cross = 没有有效的交叉证书
record-history = 状态历史
record-history-text = 旧签名按签署当时的状态判断。
record-back = 返回信任列表
