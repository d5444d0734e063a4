//! Every object identifier that the engine knows, with the standard that assigns it.

use crate::Oid;

macro_rules! oids {
    ($($(#[$doc:meta])* $name:ident = $value:literal;)*) => { $($(#[$doc])* pub const $name: Oid = Oid::new_unwrap($value);)* };
}

oids! {
    /// subjectKeyIdentifier (RFC 5280 §4.2.1.2)
    SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    /// keyUsage (RFC 5280 §4.2.1.3)
    KEY_USAGE = "2.5.29.15";
    /// subjectAltName (RFC 5280 §4.2.1.6)
    SUBJECT_ALT_NAME = "2.5.29.17";
    /// issuerAltName (RFC 5280 §4.2.1.7)
    ISSUER_ALT_NAME = "2.5.29.18";
    /// basicConstraints (RFC 5280 §4.2.1.9)
    BASIC_CONSTRAINTS = "2.5.29.19";
    /// cRLNumber (RFC 5280 §5.2.3)
    CRL_NUMBER = "2.5.29.20";
    /// reasonCode (RFC 5280 §5.3.1)
    CRL_REASON = "2.5.29.21";
    /// invalidityDate (RFC 5280 §5.3.2)
    INVALIDITY_DATE = "2.5.29.24";
    /// deltaCRLIndicator (RFC 5280 §5.2.4)
    DELTA_CRL_INDICATOR = "2.5.29.27";
    /// issuingDistributionPoint (RFC 5280 §5.2.5)
    ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
    /// certificateIssuer (RFC 5280 §5.3.3)
    CERTIFICATE_ISSUER = "2.5.29.29";
    /// nameConstraints (RFC 5280 §4.2.1.10)
    NAME_CONSTRAINTS = "2.5.29.30";
    /// cRLDistributionPoints (RFC 5280 §4.2.1.13)
    CRL_DISTRIBUTION_POINTS = "2.5.29.31";
    /// certificatePolicies (RFC 5280 §4.2.1.4)
    CERTIFICATE_POLICIES = "2.5.29.32";
    /// anyPolicy (RFC 5280 §4.2.1.4)
    ANY_POLICY = "2.5.29.32.0";
    /// policyMappings (RFC 5280 §4.2.1.5)
    POLICY_MAPPINGS = "2.5.29.33";
    /// authorityKeyIdentifier (RFC 5280 §4.2.1.1)
    AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    /// policyConstraints (RFC 5280 §4.2.1.11)
    POLICY_CONSTRAINTS = "2.5.29.36";
    /// extKeyUsage (RFC 5280 §4.2.1.12)
    EXTENDED_KEY_USAGE = "2.5.29.37";
    /// anyExtendedKeyUsage (RFC 5280 §4.2.1.12)
    ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";
    /// freshestCRL (RFC 5280 §4.2.1.15)
    FRESHEST_CRL = "2.5.29.46";
    /// inhibitAnyPolicy (RFC 5280 §4.2.1.14)
    INHIBIT_ANY_POLICY = "2.5.29.54";
    /// noRevAvail (RFC 9608 §2)
    NO_REV_AVAIL = "2.5.29.56";
    /// expiredCertsOnCRL (X.509 §9.5.2.8)
    EXPIRED_CERTS_ON_CRL = "2.5.29.60";
    /// id-pe-authorityInfoAccess (RFC 5280 §4.2.2.1)
    AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1";
    /// id-pe-subjectInfoAccess (RFC 5280 §4.2.2.2)
    SUBJECT_INFO_ACCESS = "1.3.6.1.5.5.7.1.11";
    /// id-qt-cps (RFC 5280 §4.2.1.4)
    QUALIFIER_CPS = "1.3.6.1.5.5.7.2.1";
    /// id-qt-unotice (RFC 5280 §4.2.1.4)
    QUALIFIER_USER_NOTICE = "1.3.6.1.5.5.7.2.2";
    /// id-kp-serverAuth (RFC 5280 §4.2.1.12)
    SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    /// id-kp-clientAuth (RFC 5280 §4.2.1.12)
    CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    /// id-kp-codeSigning (RFC 5280 §4.2.1.12)
    CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
    /// id-kp-emailProtection (RFC 5280 §4.2.1.12)
    EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4";
    /// id-kp-timeStamping (RFC 5280 §4.2.1.12)
    TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
    /// id-kp-OCSPSigning (RFC 5280 §4.2.1.12)
    OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";
    /// id-kp-documentSigning (RFC 9336)
    DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36";
    /// id-on-dnsSRV (RFC 4985)
    SRV_NAME = "1.3.6.1.5.5.7.8.7";
    /// id-on-SmtpUTF8Mailbox (RFC 9598)
    SMTP_UTF8_MAILBOX = "1.3.6.1.5.5.7.8.9";
    /// id-ad-ocsp (RFC 5280 §4.2.2.1)
    OCSP = "1.3.6.1.5.5.7.48.1";
    /// id-pkix-ocsp-basic (RFC 6960 §4.2.1)
    OCSP_BASIC = "1.3.6.1.5.5.7.48.1.1";
    /// id-pkix-ocsp-nonce (RFC 9654)
    OCSP_NONCE = "1.3.6.1.5.5.7.48.1.2";
    /// id-pkix-ocsp-crl (RFC 6960 §4.4.2)
    OCSP_CRL = "1.3.6.1.5.5.7.48.1.3";
    /// id-pkix-ocsp-response, AcceptableResponses (RFC 6960 §4.4.3)
    OCSP_RESPONSE = "1.3.6.1.5.5.7.48.1.4";
    /// id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1)
    OCSP_NOCHECK = "1.3.6.1.5.5.7.48.1.5";
    /// id-pkix-ocsp-archive-cutoff (RFC 6960 §4.4.4)
    OCSP_ARCHIVE_CUTOFF = "1.3.6.1.5.5.7.48.1.6";
    /// id-pkix-ocsp-service-locator (RFC 6960 §4.4.6)
    OCSP_SERVICE_LOCATOR = "1.3.6.1.5.5.7.48.1.7";
    /// id-pkix-ocsp-pref-sig-algs (RFC 6960 §4.4.7)
    OCSP_PREFERRED_ALGORITHMS = "1.3.6.1.5.5.7.48.1.8";
    /// id-pkix-ocsp-extended-revoke (RFC 6960 §4.4.8)
    OCSP_EXTENDED_REVOKE = "1.3.6.1.5.5.7.48.1.9";
    /// id-ad-caIssuers (RFC 5280 §4.2.2.1)
    CA_ISSUERS = "1.3.6.1.5.5.7.48.2";
    /// id-ad-caRepository (RFC 5280 §4.2.2.2)
    CA_REPOSITORY = "1.3.6.1.5.5.7.48.5";

    /// rsaEncryption (RFC 8017)
    RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
    /// sha1WithRSAEncryption (RFC 3279)
    SHA1_WITH_RSA = "1.2.840.113549.1.1.5";
    /// id-mgf1 (RFC 8017)
    MGF1 = "1.2.840.113549.1.1.8";
    /// id-RSASSA-PSS (RFC 4055)
    RSA_PSS = "1.2.840.113549.1.1.10";
    /// sha256WithRSAEncryption (RFC 4055)
    SHA256_WITH_RSA = "1.2.840.113549.1.1.11";
    /// sha384WithRSAEncryption (RFC 4055)
    SHA384_WITH_RSA = "1.2.840.113549.1.1.12";
    /// sha512WithRSAEncryption (RFC 4055)
    SHA512_WITH_RSA = "1.2.840.113549.1.1.13";
    /// sha224WithRSAEncryption (RFC 4055)
    SHA224_WITH_RSA = "1.2.840.113549.1.1.14";
    /// id-ecPublicKey (RFC 5480)
    EC_PUBLIC_KEY = "1.2.840.10045.2.1";
    /// secp256r1, P-256 (RFC 5480)
    P256 = "1.2.840.10045.3.1.7";
    /// secp384r1, P-384 (RFC 5480)
    P384 = "1.3.132.0.34";
    /// secp521r1, P-521 (RFC 5480)
    P521 = "1.3.132.0.35";
    /// ecdsa-with-SHA1 (RFC 3279)
    ECDSA_WITH_SHA1 = "1.2.840.10045.4.1";
    /// ecdsa-with-SHA224 (RFC 5758)
    ECDSA_WITH_SHA224 = "1.2.840.10045.4.3.1";
    /// ecdsa-with-SHA256 (RFC 5758)
    ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    /// ecdsa-with-SHA384 (RFC 5758)
    ECDSA_WITH_SHA384 = "1.2.840.10045.4.3.3";
    /// ecdsa-with-SHA512 (RFC 5758)
    ECDSA_WITH_SHA512 = "1.2.840.10045.4.3.4";
    /// id-Ed25519 (RFC 8410)
    ED25519 = "1.3.101.112";
    /// id-Ed448 (RFC 8410)
    ED448 = "1.3.101.113";
    /// id-ml-dsa-44 (RFC 9881)
    ML_DSA_44 = "2.16.840.1.101.3.4.3.17";
    /// id-ml-dsa-65 (RFC 9881)
    ML_DSA_65 = "2.16.840.1.101.3.4.3.18";
    /// id-ml-dsa-87 (RFC 9881)
    ML_DSA_87 = "2.16.840.1.101.3.4.3.19";
    /// The SM2 curve (GB/T 33560, GM/T 0006)
    SM2 = "1.2.156.10197.1.301";
    /// SM3 (GB/T 33560, GM/T 0006)
    SM3 = "1.2.156.10197.1.401";
    /// SM2 with SM3 (GB/T 33560, GM/T 0006)
    SM2_WITH_SM3 = "1.2.156.10197.1.501";
    /// id-dsa (RFC 3279)
    DSA = "1.2.840.10040.4.1";
    /// id-dsa-with-sha1 (RFC 3279)
    DSA_WITH_SHA1 = "1.2.840.10040.4.3";
    /// id-dsa-with-sha224 (RFC 5758)
    DSA_WITH_SHA224 = "2.16.840.1.101.3.4.3.1";
    /// id-dsa-with-sha256 (RFC 5758)
    DSA_WITH_SHA256 = "2.16.840.1.101.3.4.3.2";
    /// id-sha1 (RFC 4055)
    SHA1 = "1.3.14.3.2.26";
    /// id-sha224 (RFC 4055)
    SHA224 = "2.16.840.1.101.3.4.2.4";
    /// id-sha256 (RFC 4055)
    SHA256 = "2.16.840.1.101.3.4.2.1";
    /// id-sha384 (RFC 4055)
    SHA384 = "2.16.840.1.101.3.4.2.2";
    /// id-sha512 (RFC 4055)
    SHA512 = "2.16.840.1.101.3.4.2.3";
    /// id-data (RFC 5652 §4)
    DATA = "1.2.840.113549.1.7.1";
    /// id-signedData (RFC 5652 §5.1)
    SIGNED_DATA = "1.2.840.113549.1.7.2";
    /// extensionRequest, a PKCS#10 attribute (RFC 2985 §5.4.2)
    EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

    /// commonName (X.520)
    COMMON_NAME = "2.5.4.3";
    /// surname (X.520)
    SURNAME = "2.5.4.4";
    /// serialNumber (X.520)
    SERIAL_NUMBER = "2.5.4.5";
    /// countryName (X.520)
    COUNTRY = "2.5.4.6";
    /// localityName (X.520)
    LOCALITY = "2.5.4.7";
    /// stateOrProvinceName (X.520)
    STATE_OR_PROVINCE = "2.5.4.8";
    /// streetAddress (X.520)
    STREET = "2.5.4.9";
    /// organizationName (X.520)
    ORGANIZATION = "2.5.4.10";
    /// organizationalUnitName (X.520)
    ORGANIZATIONAL_UNIT = "2.5.4.11";
    /// title (X.520)
    TITLE = "2.5.4.12";
    /// name (X.520)
    NAME = "2.5.4.41";
    /// givenName (X.520)
    GIVEN_NAME = "2.5.4.42";
    /// initials (X.520)
    INITIALS = "2.5.4.43";
    /// generationQualifier (X.520)
    GENERATION_QUALIFIER = "2.5.4.44";
    /// dnQualifier (X.520)
    DN_QUALIFIER = "2.5.4.46";
    /// pseudonym (X.520)
    PSEUDONYM = "2.5.4.65";
    /// organizationIdentifier (X.520)
    ORGANIZATION_IDENTIFIER = "2.5.4.97";
    /// userId (RFC 4519)
    USER_ID = "0.9.2342.19200300.100.1.1";
    /// domainComponent (RFC 4519)
    DOMAIN_COMPONENT = "0.9.2342.19200300.100.1.25";
    /// emailAddress (PKCS#9, RFC 2985)
    EMAIL_ADDRESS = "1.2.840.113549.1.9.1";
}
