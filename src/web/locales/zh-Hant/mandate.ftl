# 企業授權。

mandate-give-title = 授權他人代表本企業
mandate-give-lead = 我們會給您一個連結。把它交給您要授權的人，對方以自己的帳戶接受。
mandate-until = 最後一天
mandate-until-hint = 三年以內。您隨時可以提前撤回。
mandate-items = 事項
mandate-items-hint = 事項代碼，以逗號分隔；留空表示全部事項。
mandate-give-go = 產生授權連結
mandate-give-note = 毋須把企業的證書匙借給任何人。
mandate-given-title = 把此連結交給對方
mandate-given-lead = 連結只顯示這一次，七天內有效，只能由一人接受。
mandate-link = 授權連結
mandate-given-note = 只交給您要授權的人本人。對方接受後，您會在帳戶中看到姓名。
offer-title = 「{ $company }」授權您代表它辦理
offer-lead = 接受後，登入需要企業身份的廳時，您可以選擇代表它。該企業會看到您的姓名。
offer-what = 授權內容
offer-company = 企業
offer-take = 接受授權
offer-leave = 不接受
offer-taken = 您已接受授權
offer-taken-next = 需要企業身份的廳會在登入後問您代表誰。您和企業都可以隨時撤回。
offer-over = 此項授權不能接受
offer-over-next = 連結已過期、已被接受或已撤回，或者您正以企業帳戶登入。請向企業索取新的連結，並以個人帳戶開啟。
