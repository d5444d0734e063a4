# Mandates of companies.

mandate-give-title = Let somebody act for this company
mandate-give-lead = You get a link. Hand it to the person you mean; they take it up with their own account.
mandate-until = Last day
mandate-until-hint = Within three years. You can withdraw it at any time before.
mandate-items = Items
mandate-items-hint = Codes of items, with commas between them; leave it empty for all.
mandate-give-go = Make the link
mandate-give-note = So nobody needs to borrow the company’s USB key.
mandate-given-title = Hand this link over
mandate-given-lead = It is shown this once, good for seven days, and for one person.
mandate-link = The link
mandate-given-note = Give it to that person alone. You see their name in the account once they have taken it up.
offer-title = “{ $company }” lets you act for it
offer-lead = Once you take it up you can choose to act for it in halls that ask. The company sees your name.
offer-what = The mandate
offer-company = Company
offer-take = Take it up
offer-leave = Leave it
offer-taken = You have taken it up
offer-taken-next = Halls that ask will let you choose after the login. You and the company can withdraw at any time.
offer-over = This mandate cannot be taken up
offer-over-next = The link has run out, was taken up or withdrawn, or you are signed in as a company. Ask the company for a new one and open it with an account of your own.
