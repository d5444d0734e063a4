# The texts that all pages share: the frame, dates, levels, and the words behind codes.

# Frame
skip-to-content = Skip to the main content
site-family = Guangdong Online Service Hall
site-name = Pearlbridge
site-line = Guangdong identity and cross-certification
language-switch = Language
menu = Main menu
menu-verify = Check a certificate
menu-trust = Trust list
menu-account = My account
demonstration-tag = Demonstration
demonstration-text = The authorities, people and certificates here are made up and have no legal effect.
footer-about = One login with any recognised certificate opens every hall of the province.
footer-help = Need help? Call 12345. If the page shows an incident number, quote it.
sign-in = Sign in
sign-out = Sign out
kiosk-text = Shared terminal: you are signed out after five minutes without use.
kiosk-leave = Finish and leave
signed-in-as = Signed in as
continue = Continue
another-way = Try another way to sign in
begin-again = Begin again
to-front-page = Go to the front page
back-to-account = Back to my account
what-to-do = What to do
technical = Technical reason
incident = Incident number
title-problem = Error:
copy = Copy
copied = Copied
problems-title = There is a problem

# Dates and times
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
date = { $day } { $month } { $year }
date-time = { $date }, { $clock }
period = { $from } to { $until }
since = since { $date }
until = until { $date }
duration-seconds =
    { $n ->
        [one] 1 second
       *[other] { $n } seconds
    }
duration-minutes =
    { $n ->
        [one] 1 minute
       *[other] { $n } minutes
    }
duration-hours =
    { $n ->
        [one] 1 hour
       *[other] { $n } hours
    }

# Levels of assurance
level-2 = Level 2
level-2-meaning = You tell us who you are; only the form is checked.
level-3 = Level 3
level-3-meaning = Name and document number match an official record.
level-4 = Level 4
level-4-meaning = Person, name and document are confirmed together, as with a recognised certificate.
level-5 = Level 5
level-5-meaning = The strongest proof, such as a certificate on a device after a check at a counter.

# Regions
region-GD = Guangdong
region-CN = Mainland, outside Guangdong
region-HK = Hong Kong
region-MO = Macao
region-ZZ = Elsewhere

# Subjects and documents
subject-person = Person
subject-company = Company or organisation
document-resident_id = Mainland resident identity card
document-hkid = Hong Kong identity card
document-macao_id = Macao resident identity card
document-home_return_permit = Mainland travel permit
document-residence_permit = Mainland residence permit
document-passport = Passport
document-uscc = Unified social credit code
document-hk_br = Hong Kong business registration
document-subscriber_reference = Subscriber reference
document-other = Other document
script-zh-Hans = simplified Chinese
script-zh-Hant = traditional Chinese
script-Latn = Latin letters

# Ways of proof
method-certificate = Certificate
method-challenge = Challenge signed with a certificate
method-passkey = Passkey
method-password_totp = Password and one-time code
method-recovery_code = Password and recovery code
method-phone = Phone
method-password = Password
method-window = Checked at a counter
method-library = Compared with an official record
method-self = Own statement

# Claims that a hall may read
claim-name = Name
claim-region = Region
claim-document_kind = Kind of document
claim-document_number_masked = Document number, partly hidden
claim-subject_kind = Person or company
claim-acr = Level of assurance
claim-verified_by = Verified by
claim-verified_how = How verified
claim-verified_at = When verified
claim-org = The company that you act for
claim-email = E-mail address
claim-phone_number = Telephone number
claim-sub = An identifier for this hall alone

# Certificates
certificate-holder = Holder
certificate-issuer = Issued by
certificate-period = Valid
certificate-names = Other names
certificate-serial = Serial number
certificate-algorithm = Signature algorithm
certificate-subject = Subject name
certificate-issuer-name = Issuer name

# Trust list
status-granted = Granted
status-suspended = Suspended
status-withdrawn = Withdrawn
scheme-provincial = Provincial authority
scheme-licensed = Licensed under the Electronic Signature Law
scheme-hk_recognised = Guangdong–Hong Kong recognition
scheme-mo_recognised = Guangdong–Macao recognition

# What can be wrong with a form
problem-already-linked = This certificate opens another account already. Sign in to that account, or use a different certificate.
problem-another-person = This certificate shows somebody else than this account does. Use a certificate of your own; if your name has changed, go to a service counter.
problem-authenticator-expired = Setting up took too long. Scan the code on this page anew and enter what the app shows.
problem-certificate-missing = Upload a certificate file, or paste the certificate.
problem-certificate-several = This holds several certificates, and it cannot be told which is to be checked. Upload that one, with or without its issuers.
problem-certificate-too-large = The file is too large to be a certificate. Choose one of up to 100 KB.
problem-certificate-unreadable = This cannot be read as a certificate. Upload a .cer, .crt, .der, .pem or .p7c file.
problem-chain-missing = Paste your certificate.
problem-chain-unreadable = The certificate cannot be read. Paste all of it, with the lines BEGIN CERTIFICATE and END CERTIFICATE.
problem-challenge-expired = This challenge has run out. Download the new one and sign that.
problem-choice-missing = Choose one of the two.
problem-code-missing = Enter the 6 digits that your authenticator app shows.
problem-code-used = This code was used already. Wait for the next one and enter it.
problem-code-wrong = The code is not right. Enter the one shown now, and check that your phone’s clock is right.
problem-credentials-wrong = The username or the password is not right. Check both and try again, or sign in with a certificate.
problem-csr-key-refused = The key is too short, or of a kind that this profile does not allow. Make a new request with SM2, P-256, or RSA of 2048 bits or more.
problem-csr-missing = Upload or paste a certificate request (CSR).
problem-csr-signature-wrong = The request’s own signature does not fit, so it may have been changed. Make the request again.
problem-csr-sm2-signature-wrong = The request’s SM2 signature does not match. With openssl, add -sigopt distid:1234567812345678 and make it again, or use pearlbridge request.
problem-csr-unreadable = The request cannot be read. Paste all of it, with the line BEGIN CERTIFICATE REQUEST.
problem-date-in-future = The day lies in the future, and nobody can know whether the certificate will still be valid then. Choose today or an earlier day.
problem-date-unreadable = The date cannot be read. Write it as year-month-day, such as 2026-03-05.
problem-field-invalid = Check “{ $field }”: what is written there does not fit.
problem-field-missing = Fill in “{ $field }”.
problem-field-unchosen = Choose an answer: “{ $field }”
problem-form-expired = This page was open too long, so nothing was sent. Send it again.
problem-not-a-company = This is no company’s certificate, or the company has no account yet. Choose the company’s; if it was never here, sign in with it once first.
problem-company-unproved = This certificate, or what is known of the company, proves too little to give a mandate. Choose a certificate of a higher level.
problem-mandate-terms = The last day must lie ahead, within three years; at most fifty codes, of letters, digits and - _ . : / alone.
problem-mandate-until = Choose the last day of the mandate.
problem-passkey-copied = This passkey’s counter went back, so somebody may have a copy of it, and it is blocked. Sign in another way, remove it in your account and add a new one.
problem-passkey-expired = The page was open too long. Use the passkey once more.
problem-passkey-name-missing = Give the passkey a name, such as that of the device.
problem-passkey-not-made = The device did not make a passkey that can be used here. Try again, and confirm with fingerprint, face or PIN when it asks.
problem-passkey-refused = The passkey could not be checked this time. Try again, or sign in another way.
problem-passkey-taken = This passkey was added before. You can sign in with it already.
problem-passkey-unknown = This passkey opens no account; it may have been removed. Sign in another way, and delete it on your device.
problem-password-missing = Enter your password.
problem-profile-refused = Your level does not allow this kind of certificate. Choose another kind, or sign in at a higher level first.
problem-recovery-code-missing = Enter one of your recovery codes.
problem-recovery-code-throttled = Too many codes were wrong. Wait { $wait }, or sign in another way.
problem-recovery-code-wrong = The recovery code is not right, or was used before. Each is good once: try another.
problem-signature-missing = Paste the signature.
problem-signature-unreadable = The signature cannot be read. Paste the base64 text and nothing else.
problem-signature-wrong = The signature does not fit this certificate and this challenge. Sign the challenge of this page with this certificate’s key.
problem-throttled = Too many attempts. Wait { $wait } and try again, or sign in with a certificate.
problem-too-many-passkeys = The account has as many passkeys as it may. Remove one that you do not use first.
problem-username-missing = Enter your username.

# Fields that several forms have
field-username = Username
field-password = Password
field-code = One-time code
field-code-hint = The 6 digits that your authenticator app shows.
