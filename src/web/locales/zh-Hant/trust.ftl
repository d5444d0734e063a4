# The trust list.

trust-title = 信任名單
trust-lead = 名單上的機構簽發的證書，可以在全省各廳登入和簽署。一個簽署是否有效，視乎簽署當時機構的狀態。
trust-records = 紀錄
trust-anchors = 信任錨
trust-number = 名單編號
trust-issued = 最近一次狀態變更
trust-next = 下次更新不遲於{ $time }
trust-none = 目前沒有任何紀錄，因此沒有證書可以登入。請稍後再來。
trust-ca = 認證機構
trust-scheme = 依據
trust-status = 狀態
trust-json = 下載機器可讀的名單（JSON）
record-title = 紀錄內容
record-id = 紀錄編號
record-period = 認可期間
record-basis = 法律依據
record-policies = 認可的證書政策
record-mapped = 對應的省級政策
record-keys = 證書
record-root = 根證書
record-ca = 簽發機構證書
record-cross = 交叉證書
record-no-cross = 沒有有效的交叉證書
record-history = 狀態歷史
record-history-text = 舊簽署按簽署當時的狀態判斷。
record-back = 返回信任名單
