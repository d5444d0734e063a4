# The trust list.

trust-title = Trust list
trust-lead = Certificates of these authorities sign in, and sign, in every hall. What counts is the authority’s status at the time of signing.
trust-records = Records
trust-anchors = Trust anchors
trust-number = List number
trust-issued = Last change of a status
trust-next = next update by { $time }
trust-none = There are no records, so no certificate can sign in at present. Come back later.
trust-ca = Authority
trust-scheme = Scheme
trust-status = Status
trust-json = Download the list for machines (JSON)
record-title = The record
record-id = Record number
record-period = Recognised
record-basis = Legal basis
record-policies = Recognised policies
record-mapped = Mapped to the provincial policy
record-keys = Certificates
record-root = Root
record-ca = Issuing authority
record-cross = Cross-certificate
record-no-cross = none in force
record-history = History
record-history-text = An old signature is judged by the status of its own time.
record-back = Back to the trust list
