# 企业授权。

mandate-give-title = 授权他人代表本企业
mandate-give-lead = 我们会给您一个链接。把它交给您要授权的人，对方用自己的账户接受。
mandate-until = 最后一天
mandate-until-hint = 三年以内。您随时可以提前撤回。
mandate-items = 事项
mandate-items-hint = 事项代码，用逗号分开；留空表示全部事项。
mandate-give-go = 生成授权链接
mandate-give-note = 不必把企业的 USB Key 借给任何人。
mandate-given-title = 把这个链接交给对方
mandate-given-lead = 链接只显示这一次，七天内有效，只能由一个人接受。
mandate-link = 授权链接
mandate-given-note = 只交给您要授权的人本人。对方接受后，您会在账户中看到姓名。
offer-title = “{ $company }”授权您代表它办理
offer-lead = 接受后，登录需要企业身份的厅时，您可以选择代表它。该企业会看到您的姓名。
offer-what = 授权内容
offer-company = 企业
offer-take = 接受授权
offer-leave = 不接受
offer-taken = 您已接受授权
offer-taken-next = 需要企业身份的厅会在登录后问您代表谁。您和企业都可以随时撤回。
offer-over = 这项授权不能接受
offer-over-next = 链接已过期、已被接受或已撤回，或者您正以企业账户登录。请向企业索取新的链接，并用个人账户打开。
