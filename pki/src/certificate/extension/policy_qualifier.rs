//! Policy qualifiers (RFC 5280 §4.2.1.4, RFC 6818 §3): what the issuer wants said along with a policy.
//!
//! They are read when somebody asks for them, not while a path is judged: none of them makes a certificate better or
//! worse, but for one that cannot be interpreted in an extension that is critical. What is not of the form that its type
//! has is [`PolicyQualifier::Other`].

use der::Tag;

use crate::encoding::{Asn1Result, Input, counter, refuse};
use crate::name::string_value;
use crate::{Oid, oid};

/// ```text
/// PolicyQualifierInfo ::= SEQUENCE { policyQualifierId OBJECT IDENTIFIER, qualifier ANY DEFINED BY policyQualifierId }
/// Qualifier ::= CHOICE { cPSuri IA5String, userNotice UserNotice }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyQualifier {
    /// id-qt-cps: where the certification practice statement stands.
    Cps(String),
    /// id-qt-unotice: what is to be shown to who relies on the certificate.
    UserNotice(UserNotice),
    /// Of another type, or not of the form of its type: the type, and the DER of the value.
    Other(Oid, Vec<u8>),
}

/// What somebody is to read. Either part may be missing.
///
/// ```text
/// UserNotice ::= SEQUENCE { noticeRef NoticeReference OPTIONAL, explicitText DisplayText OPTIONAL }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserNotice {
    /// noticeRef
    pub reference: Option<NoticeReference>,
    /// explicitText, of any string type and, as RFC 6818 §3 asks of who reads it, of any length.
    pub explicit_text: Option<String>,
}

/// Statements of an organization, by their numbers.
///
/// ```text
/// NoticeReference ::= SEQUENCE { organization DisplayText, noticeNumbers SEQUENCE OF INTEGER }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeReference {
    /// Whose.
    pub organization: String,
    /// Which.
    pub numbers: Vec<u32>,
}

impl PolicyQualifier {
    /// Reads the value (DER) of a qualifier of this type.
    pub fn read(kind: &Oid, value: &[u8]) -> Self {
        Self::interpret(kind, value).unwrap_or_else(|_| Self::Other(*kind, value.to_vec()))
    }

    /// Whether it is of a type that RFC 5280 knows, and of its form.
    pub(super) fn can_be_read(kind: &Oid, value: &[u8]) -> bool {
        Self::interpret(kind, value).is_ok()
    }

    fn interpret(kind: &Oid, value: &[u8]) -> Asn1Result<Self> {
        match *kind {
            oid::QUALIFIER_CPS => Input::all(value, text).map(Self::Cps),
            oid::QUALIFIER_USER_NOTICE => Input::all(value, UserNotice::read).map(Self::UserNotice),
            _ => refuse("a type that is not known"),
        }
    }
}

impl UserNotice {
    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        input.in_sequence(|input| {
            let reference = if input.next_is(Tag::Sequence) { Some(NoticeReference::read(input)?) } else { None };
            let explicit_text = if input.is_empty() { None } else { Some(text(input)?) };
            Ok(Self { reference, explicit_text })
        })
    }
}

impl NoticeReference {
    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        input.in_sequence(|input| {
            let organization = text(input)?;
            let numbers = input.sequence_of(|input| counter(input.expect(Tag::Integer)?))?;
            Ok(Self { organization, numbers })
        })
    }
}

/// DisplayText ::= CHOICE { ia5String, visibleString, bmpString, utf8String }, and whatever else is a string.
fn text(input: &mut Input<'_>) -> Asn1Result<String> {
    let (tag, value) = input.string()?;
    string_value(tag, value).map_or_else(|| refuse("no text where one was expected"), |text| Ok(text.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::{element, sequence, tlv, unsigned};

    fn notice(parts: &[&[u8]]) -> PolicyQualifier {
        PolicyQualifier::read(&oid::QUALIFIER_USER_NOTICE, &sequence(parts))
    }

    #[test]
    fn a_notice_is_read_in_every_string_type_and_length() {
        let long = "長".repeat(300);
        let utf16: Vec<u8> = long.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let utf32: Vec<u8> = long.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        for (tag, value, read) in [
            (12, long.as_bytes(), long.as_str()),
            (22, b"Hello", "Hello"),
            (26, b"Hello", "Hello"),
            (20, b"Ol\xe1", "Olá"),
            (30, &utf16, long.as_str()),
            (28, &utf32, long.as_str()),
        ] {
            let wanted = UserNotice { reference: None, explicit_text: Some(read.into()) };
            assert_eq!(notice(&[&element(tag, value)]), PolicyQualifier::UserNotice(wanted), "{tag}");
        }
    }

    #[test]
    fn a_notice_may_refer_to_numbers_of_an_organization() {
        let organization = element(12, "Province".as_bytes());
        let reference = sequence(&[&organization, &sequence(&[&unsigned(1), &unsigned(300)])]);
        let read = NoticeReference { organization: "Province".into(), numbers: vec![1, 300] };
        let wanted = UserNotice { reference: Some(read), explicit_text: None };
        assert_eq!(notice(&[&reference]), PolicyQualifier::UserNotice(wanted));
        assert_eq!(notice(&[]), PolicyQualifier::UserNotice(UserNotice::default()));
    }

    #[test]
    fn what_is_not_of_its_types_form_is_kept_as_it_stands() {
        let number = tlv(Tag::Integer, &[1]);
        for kind in [oid::QUALIFIER_CPS, oid::QUALIFIER_USER_NOTICE, oid::DSA] {
            assert_eq!(PolicyQualifier::read(&kind, &number), PolicyQualifier::Other(kind, number.clone()));
        }
        let uri = element(22, b"https://example.org/cps");
        let cps = PolicyQualifier::read(&oid::QUALIFIER_CPS, &uri);
        assert_eq!(cps, PolicyQualifier::Cps("https://example.org/cps".into()));
    }
}
