//! Certificates and CRLs in a SignedData that nobody has signed (RFC 5652 §5, RFC 8551 §3.2.2).

use der::Tag;

use super::ber::{self, expect, finish, optional};
use crate::encoding::{self, Asn1Result, context, refuse, tlv};
use crate::{Certificate, CertificateList, Error, Oid, oid};

/// How many certificates and CRLs a message may hold: the biggest bridges publish a few hundred.
const MOST: usize = 4_096;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const OBJECT_IDENTIFIER: u8 = 0x06;
/// `[0]` and `[1]`, constructed.
const CONTEXT_0: u8 = 0xa0;
const CONTEXT_1: u8 = 0xa1;

/// What a certs-only message holds, in its order, undecoded: of a message with one bad certificate the others are good.
///
/// ```text
/// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY DEFINED BY contentType }
///
/// SignedData ::= SEQUENCE {
///      version CMSVersion,
///      digestAlgorithms SET OF DigestAlgorithmIdentifier,
///      encapContentInfo SEQUENCE { eContentType OBJECT IDENTIFIER, eContent [0] EXPLICIT OCTET STRING OPTIONAL },
///      certificates [0] IMPLICIT SET OF CertificateChoices OPTIONAL,
///      crls [1] IMPLICIT SET OF RevocationInfoChoice OPTIONAL,
///      signerInfos SET OF SignerInfo }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CertsOnly<'a> {
    certificates: Vec<&'a [u8]>,
    crls: Vec<&'a [u8]>,
}

impl<'a> CertsOnly<'a> {
    /// Whether the bytes begin like a ContentInfo, whatever is in it. A certificate or a CRL begins with another SEQUENCE.
    pub fn is_content_info(bytes: &[u8]) -> bool {
        let mut rest = bytes;
        let content = ber::next(&mut rest).ok().filter(|element| element.tag == SEQUENCE);
        content.is_some_and(|element| element.content.first() == Some(&OBJECT_IDENTIFIER))
    }

    /// Reads a message, DER or BER. One that holds content, or that somebody has signed, is refused: what the signature is
    /// worth would have to be judged first.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::read_content_info(bytes).map_err(|why| Error::malformed("CMS message", why))
    }

    fn read_content_info(mut bytes: &'a [u8]) -> Asn1Result<Self> {
        let mut info = expect(&mut bytes, SEQUENCE, "a ContentInfo")?;
        finish(bytes)?;
        let kind = read_oid(&mut info, "a content type")?;
        if kind != oid::SIGNED_DATA {
            return refuse(format!("content of the type {kind}, and not SignedData (RFC 5652 §5)"));
        }
        let mut explicit = expect(&mut info, CONTEXT_0, "the content")?;
        finish(info)?;
        let signed = expect(&mut explicit, SEQUENCE, "a SignedData")?;
        finish(explicit)?;
        Self::read_signed_data(signed)
    }

    fn read_signed_data(mut signed: &'a [u8]) -> Asn1Result<Self> {
        // §5.1: 1 where there are X.509 certificates and their CRLs alone; 3 to 5 where there are others beside them.
        match expect(&mut signed, INTEGER, "a version")? {
            [1 | 3..=5] => {}
            _ => return refuse("a version of SignedData that RFC 5652 §5.1 does not know"),
        }
        expect(&mut signed, SET, "the digest algorithms")?;
        let content = expect(&mut signed, SEQUENCE, "the encapsulated content")?;
        let certificates = optional(&mut signed, CONTEXT_0)?.unwrap_or_default();
        let crls = optional(&mut signed, CONTEXT_1)?.unwrap_or_default();
        if !expect(&mut signed, SET, "the signers")?.is_empty() {
            return refuse("somebody has signed it, so that it is no certs-only message (RFC 8551 §3.2.2)");
        }
        finish(signed)?;
        check_content(content)?;
        Ok(Self { certificates: members(certificates)?, crls: members(crls)? })
    }

    /// The certificates, DER if they are what they should be.
    pub fn certificate_ders(&self) -> &[&'a [u8]] {
        &self.certificates
    }

    /// The CRLs, likewise.
    pub fn crl_ders(&self) -> &[&'a [u8]] {
        &self.crls
    }

    /// The certificates, each read or refused by itself.
    pub fn certificates(&self) -> impl Iterator<Item = Result<Certificate, Error>> {
        self.certificates.iter().map(|der| Certificate::from_der(der))
    }

    /// The CRLs, likewise.
    pub fn crls(&self) -> impl Iterator<Item = Result<CertificateList, Error>> {
        self.crls.iter().map(|der| CertificateList::from_der(der))
    }

    /// Writes a message in DER: each certificate and CRL once, in the order of their encodings.
    pub fn write<'c>(
        certificates: impl IntoIterator<Item = &'c Certificate>,
        crls: impl IntoIterator<Item = &'c CertificateList>,
    ) -> Vec<u8> {
        let none = tlv(Tag::Set, &[]);
        let certificates = set(0, certificates.into_iter().map(Certificate::der).collect());
        let crls = set(1, crls.into_iter().map(CertificateList::der).collect());
        let content = encoding::sequence(&[&encoding::oid(&oid::DATA)]);
        let signed = encoding::sequence(&[&encoding::unsigned(1), &none, &content, &certificates, &crls, &none]);
        encoding::sequence(&[&encoding::oid(&oid::SIGNED_DATA), &tlv(context(0, true), &signed)])
    }
}

/// §5.2: where there are no signers, "the content type … MUST be id-data …, and the content field of the
/// EncapsulatedContentInfo value MUST be omitted."
fn check_content(mut content: &[u8]) -> Asn1Result<()> {
    let kind = read_oid(&mut content, "a content type")?;
    match kind == oid::DATA && content.is_empty() {
        true => Ok(()),
        false => refuse("it holds content beside the certificates (RFC 5652 §5.2)"),
    }
}

fn read_oid(input: &mut &[u8], what: &str) -> Asn1Result<Oid> {
    encoding::read_oid(expect(input, OBJECT_IDENTIFIER, what)?)
}

/// ```text
/// CertificateChoices ::= CHOICE { certificate Certificate, extendedCertificate [0] …, v1AttrCert [1] …,
///      v2AttrCert [2] …, other [3] … }
/// RevocationInfoChoice ::= CHOICE { crl CertificateList, other [1] … }
/// ```
/// What is neither certificate nor CRL is passed over.
fn members(mut set: &[u8]) -> Asn1Result<Vec<&[u8]>> {
    let mut members = Vec::new();
    let mut seen = 0;
    while !set.is_empty() {
        seen += 1;
        if seen > MOST {
            return refuse(format!("more than {MOST} certificates or CRLs"));
        }
        let element = ber::next(&mut set)?;
        if element.tag == SEQUENCE {
            members.push(element.whole);
        }
    }
    Ok(members)
}

/// X.690 §11.6: the elements of a SET OF stand in the order of their encodings. An empty one is left out.
fn set(number: u32, mut members: Vec<&[u8]>) -> Vec<u8> {
    members.sort_unstable();
    members.dedup();
    if members.is_empty() { Vec::new() } else { tlv(context(number, true), &members.concat()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &[u8] = &[0x31, 0];

    /// A message of DER parts: version, encapsulated content, whatever stands before the signers, the signers.
    fn message(version: u8, content: &[u8], between: &[u8], signers: &[u8]) -> Vec<u8> {
        let signed = encoding::sequence(&[&encoding::unsigned(version.into()), EMPTY, content, between, signers]);
        encoding::sequence(&[&encoding::oid(&oid::SIGNED_DATA), &tlv(context(0, true), &signed)])
    }

    fn data() -> Vec<u8> {
        encoding::sequence(&[&encoding::oid(&oid::DATA)])
    }

    fn why(bytes: &[u8]) -> String {
        CertsOnly::read(bytes).unwrap_err().to_string()
    }

    #[test]
    fn members_of_other_kinds_are_passed_over() {
        let one = encoding::sequence(&[&encoding::null()]);
        let attribute = tlv(context(2, true), &encoding::null());
        let certificates = tlv(context(0, true), &[&attribute[..], &one].concat());
        let crls = tlv(context(1, true), &[&one[..], &tlv(context(1, true), &one)].concat());
        for version in [1, 3, 4, 5] {
            let message = message(version, &data(), &[certificates.clone(), crls.clone()].concat(), EMPTY);
            let read = CertsOnly::read(&message).unwrap();
            assert_eq!((read.certificate_ders(), read.crl_ders()), (&[&one[..]][..], &[&one[..]][..]));
            assert!(read.certificates().all(|certificate| certificate.is_err()));
        }
        let empty = message(1, &data(), &[], EMPTY);
        assert_eq!(CertsOnly::read(&empty), Ok(CertsOnly::default()));
        assert_eq!(CertsOnly::write([], []), empty);
    }

    #[test]
    fn what_is_signed_or_holds_content_is_refused_with_the_reason() {
        let signers = tlv(Tag::Set, &encoding::sequence(&[]));
        assert!(why(&message(1, &data(), &[], &signers)).contains("signed"));
        let content = tlv(context(0, true), &encoding::octet_string(b"text"));
        let with_content = encoding::sequence(&[&encoding::oid(&oid::DATA), &content]);
        assert!(why(&message(1, &with_content, &[], EMPTY)).contains("content beside"));
        let other = encoding::sequence(&[&encoding::oid(&oid::SIGNED_DATA)]);
        assert!(why(&message(1, &other, &[], EMPTY)).contains("content beside"));
        assert!(why(&message(2, &data(), &[], EMPTY)).contains("version"));
        let enveloped = encoding::sequence(&[&encoding::oid(&oid::DATA), &tlv(context(0, true), &[])]);
        assert!(why(&enveloped).contains("1.2.840.113549.1.7.1"));
        assert!(CertsOnly::is_content_info(&enveloped));
    }

    #[test]
    fn what_is_cut_off_left_over_or_too_much_is_refused() {
        let whole = message(1, &data(), &[], EMPTY);
        assert!((0..whole.len()).all(|end| CertsOnly::read(&whole[..end]).is_err()));
        assert!(CertsOnly::read(&[&whole[..], &[0]].concat()).is_err());
        let many = encoding::sequence(&[]).repeat(MOST + 1);
        let [enough, too_many] = [&many[..2 * MOST], &many].map(|list| tlv(context(0, true), list));
        assert_eq!(CertsOnly::read(&message(1, &data(), &enough, EMPTY)).unwrap().certificate_ders().len(), MOST);
        assert!(why(&message(1, &data(), &too_many, EMPTY)).contains("more than"));
    }

    /// As BouncyCastle writes it by default.
    #[test]
    fn a_message_of_indefinite_length_is_read_as_one_of_definite_length() {
        let indefinite = |tag: u8, content: &[u8]| [&[tag, 0x80], content, &[0, 0]].concat();
        let one = encoding::sequence(&[&encoding::null()]);
        let signed = [
            &encoding::unsigned(1)[..],
            EMPTY,
            &indefinite(SEQUENCE, &encoding::oid(&oid::DATA)),
            &indefinite(CONTEXT_0, &[&one[..], &indefinite(SEQUENCE, &[])].concat()),
            EMPTY,
        ]
        .concat();
        let explicit = indefinite(CONTEXT_0, &indefinite(SEQUENCE, &signed));
        let message = indefinite(SEQUENCE, &[&encoding::oid(&oid::SIGNED_DATA)[..], &explicit].concat());
        assert!(CertsOnly::is_content_info(&message));
        let read = CertsOnly::read(&message).unwrap();
        assert_eq!(read.certificate_ders(), [&one[..], &[0x30, 0x80, 0, 0]]);
        assert!((0..message.len()).all(|end| CertsOnly::read(&message[..end]).is_err()));
        assert!(CertsOnly::read(&indefinite(SEQUENCE, &[]).repeat(100_000)).is_err());
        assert!(CertsOnly::read(&[SEQUENCE, 0x80].repeat(100_000)).is_err());
    }
}
