# The front page.

home-title = One login opens every hall
home-lead = Sign in with a certificate from a recognised authority of the Mainland, Hong Kong or Macao, and check anyone’s certificate in seconds.
home-sign-in = Sign in to my account
home-verify = Check a certificate
home-halls = Start at a hall
home-halls-text = Sign in at one; the others let you straight in.
home-more = What else is here
home-verify-text = Who holds it, who vouches for it, and whether it is valid.
home-trust-text =
    { $n ->
        [one] Certificates of one authority are recognised today.
       *[other] Certificates of { $n } authorities are recognised today.
    }
home-account-text = See your logins, devices and certificates, and who read what about you.
