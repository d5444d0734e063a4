# Letting a device in that waits elsewhere.

device-title = Let a device in
device-lead = A kiosk or another device shows a code. Type it here to sign in there.
field-user-code = Code on the device
field-user-code-hint = Eight letters, such as WDJB‑MJHT. Capitals and hyphen do not matter.
device-warning = Go on only if you started this yourself, on a device that you can see. Nobody from an office asks you for this by telephone or message.
device-confirm-title = Is this your device?
device-confirm-lead = It will be signed in to “{ $hall }” in your name.
device-compare = The device shows this code
device-as = Signed in as
device-reads = It may read
device-reads-number = A number that stands for you there
device-reads-profile = Your name and region
device-reads-identity = Your name, region, and how your identity was proved; document numbers masked
device-uses = It may also use
device-allow = Yes, sign it in
device-refuse = No, refuse it
device-allowed-title = The device is signed in
device-allowed-text = Go on there. It is signed out when you sign out here, or end this login in your account.
device-refused-title = The device was refused
device-refused-text = Nobody is signed in on it. If somebody asked you for the code, you have just stopped them.
problem-user-code-wrong = No device is waiting with this code. Compare it letter by letter; a code counts for ten minutes.
problem-user-code-throttled = Too many codes were wrong. Wait { $wait }, then try again.
