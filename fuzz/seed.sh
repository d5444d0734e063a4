#!/usr/bin/env bash
# Seeds for the corpora: NIST PKITS, and what OpenSSL makes of each kind. `path` grows its worlds from nothing.
set -euo pipefail
cd "$(dirname "$0")"

../tests/support/fetch_pkits.sh ../target/pkits
for target in certificate cms crl key name ocsp path request trust_list; do mkdir -p "corpus/$target"; done
cp ../target/pkits/certs/*.crt corpus/certificate/
cp ../target/pkits/crls/*.crl corpus/crl/

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for kind in rsa:2048 ec:P-256 ec:P-384 ec:P-521 ed25519 ec:SM2; do
    file=${kind/:/-}
    case $kind in
        rsa:*) options=(-algorithm RSA -pkeyopt "rsa_keygen_bits:${kind#*:}") ;;
        ec:*) options=(-algorithm EC -pkeyopt "ec_paramgen_curve:${kind#*:}" -pkeyopt ec_param_enc:named_curve) ;;
        *) options=(-algorithm "$kind") ;;
    esac
    openssl genpkey "${options[@]}" -outform DER -out "corpus/key/$file.p8"
    openssl pkey -inform DER -in "corpus/key/$file.p8" -pubout -outform DER -out "corpus/key/$file.spki"
    openssl pkey -inform DER -in "corpus/key/$file.p8" -out "$work/key.pem"
    subject="/C=CN/O=例/CN=a.example.org"
    san="subjectAltName=DNS:a.example.org,email:a@example.org,IP:10.1.2.3,URI:http://a.example.org/,dirName:dir"
    openssl req -new -key "$work/key.pem" -utf8 -subj "$subject" -addext "${san%,dirName*}" \
        -outform DER -out "corpus/request/$file.csr"
    openssl req -x509 -new -key "$work/key.pem" -utf8 -subj "$subject" -addext "${san%,dirName*}" -days 30 \
        -out "$work/ca.pem"
    openssl x509 -in "$work/ca.pem" -outform DER -out "corpus/certificate/$file.crt"
    openssl crl2pkcs7 -nocrl -certfile "$work/ca.pem" -outform DER -out "corpus/cms/$file.p7c"
    openssl crl2pkcs7 -inform DER -in corpus/crl/GoodCACRL.crl -certfile "$work/ca.pem" -outform DER \
        -out "corpus/cms/$file-crl.p7c"
    openssl cms -sign -stream -nodetach -signer "$work/ca.pem" -inkey "$work/key.pem" -in "$work/ca.pem" -outform DER \
        -out "corpus/cms/$file-signed.p7s" 2>/dev/null || rm -f "corpus/cms/$file-signed.p7s"
    openssl ocsp -issuer "$work/ca.pem" -cert "$work/ca.pem" -reqout "corpus/ocsp/$file.req" >/dev/null
    printf 'V\t351231235959Z\t\t%s\tunknown\t/CN=a\n' \
        "$(openssl x509 -in "$work/ca.pem" -noout -serial | cut -d= -f2)" >"$work/index.txt"
    openssl ocsp -index "$work/index.txt" -CA "$work/ca.pem" -rsigner "$work/ca.pem" -rkey "$work/key.pem" \
        -reqin "corpus/ocsp/$file.req" -respout "corpus/ocsp/$file.resp" -ndays 30 2>/dev/null || true
done
printf 'CN=Chan\\, Tai Man+SERIALNUMBER=1,O=例,C=HK' >corpus/name/text
printf '1.2.3.4=#0c0161,CN=\\23\\0a\\ ,DC=example' >corpus/name/escapes
for file in corpus/certificate/ec-P-256.crt corpus/certificate/TrustAnchorRootCertificate.crt; do
    # The subject: the sixth field of the TBSCertificate (RFC 5280 §4.1), after the version, serial number and so on.
    offset=$(openssl asn1parse -inform DER -in "$file" | awk -F: '/d=2/ && /SEQUENCE/ {print $1+0}' | sed -n 4p)
    openssl asn1parse -inform DER -in "$file" -strparse "$offset" -noout -out "corpus/name/$(basename "$file").name"
done

# A list with a signature whose digests do not fit: what a signer does is not wanted before that.
dsig=http://www.w3.org/2000/09/xmldsig# exclusive=http://www.w3.org/2001/10/xml-exc-c14n#
algorithm() { printf '<ds:%s Algorithm="%s"/>' "$1" "$2"; }
service() {
    printf '<%s><ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/CA/PKC</ServiceTypeIdentifier>' "$1"
    printf '<ServiceName><Name xml:lang="en">CA</Name></ServiceName><ServiceDigitalIdentity><DigitalId><X509Certificate>%s' \
        "$(base64 -w 76 corpus/certificate/ec-P-256.crt)"
    printf '</X509Certificate></DigitalId></ServiceDigitalIdentity><ServiceStatus>%s%s</ServiceStatus>' \
        http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/ "$2"
    printf '<StatusStartingTime>%s</StatusStartingTime></%s>' "$3" "$1"
}
{
    printf '<?xml version="1.0"?><?a b?><!-- c --><TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" Id="l">'
    printf '<SchemeInformation><TSLSequenceNumber>1</TSLSequenceNumber><SchemeTerritory>CN</SchemeTerritory>'
    printf '<ListIssueDateTime>2026-01-01T00:00:00Z</ListIssueDateTime><NextUpdate><dateTime>2026-06-01T00:00:00Z</dateTime>'
    printf '</NextUpdate></SchemeInformation><TrustServiceProviderList><TrustServiceProvider><TSPServices><TSPService>'
    service ServiceInformation withdrawn 2024-01-01T00:00:00Z
    printf '<ServiceHistory>%s</ServiceHistory>' "$(service ServiceHistoryInstance granted 2016-07-01T00:00:00Z)"
    printf '</TSPService></TSPServices></TrustServiceProvider></TrustServiceProviderList><x:y xmlns:x="u" x:b="1" a="&#9;"/>'
    printf '<ds:Signature xmlns:ds="%s"><ds:SignedInfo>' "$dsig"
    algorithm CanonicalizationMethod "$exclusive"
    algorithm SignatureMethod http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256
    printf '<ds:Reference URI="#l"><ds:Transforms>'
    algorithm Transform "${dsig}enveloped-signature"
    printf '<ds:Transform Algorithm="%s"><e:InclusiveNamespaces xmlns:e="%s" PrefixList="x #default"/></ds:Transform>' \
        "$exclusive" "$exclusive"
    printf '</ds:Transforms>'
    algorithm DigestMethod http://www.w3.org/2001/04/xmlenc#sha256
    printf '<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>AAAA</ds:SignatureValue>'
    printf '</ds:Signature></TrustServiceStatusList>'
} >corpus/trust_list/list.xml
