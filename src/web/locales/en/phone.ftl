# A phone lets another screen in.

screen-title = Let another screen in?
screen-lead = It will be signed in to “{ $hall }” in your name.
screen-who = Who asks
screen-device = Browser
screen-network = Network
screen-same-network = Same network as this phone
screen-other-network = Another network than this phone
screen-other-network-text = That is usual when the phone is on mobile data. If you do not have the screen before you, refuse.
screen-time = Asked
screen-warning = Go on only if that screen is before you and you want to sign in there yourself. No office sends you a code to scan.
screen-which = Which number does the screen show?
screen-refuse = None of these: refuse
screen-let_in = The screen is signed in
screen-let_in-next = Go on there. Sign out there when you are done, or end its session in your account.
screen-refused = Refused
screen-refused-next = Nobody is signed in there. If somebody sent you the code, you have just stopped them.
screen-wrong_number = That was not its number, so it was refused
screen-wrong_number-next = If the screen is before you, show a new code there and scan it again.
screen-over = This code counts no longer
screen-over-next = It is good for two minutes, once. Show a new one on the screen.
