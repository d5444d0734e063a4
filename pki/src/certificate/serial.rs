//! Serial numbers (RFC 5280 §4.1.2.2).

use std::fmt;

use crate::encoding;

/// CertificateSerialNumber ::= INTEGER. Kept as the content of the INTEGER, printed in upper hex without sign octet.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Serial(Box<[u8]>);

impl Serial {
    /// A positive number from its octets, the highest first.
    pub fn from_unsigned(octets: &[u8]) -> Self {
        Self(encoding::positive_content(octets).into())
    }

    /// A positive number in hex, of either case, colons allowed.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> =
            text.chars().filter(|c| *c != ':').map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
        let digits = digits.filter(|digits| !digits.is_empty())?;
        let padded = if digits.len() % 2 == 1 { [&[0], &digits[..]].concat() } else { digits };
        Some(Self::from_unsigned(&padded.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect::<Vec<_>>()))
    }

    pub(crate) fn from_content(content: &[u8]) -> Self {
        Self(content.into())
    }

    /// The content octets of the INTEGER, sign octet included.
    pub fn content(&self) -> &[u8] {
        &self.0
    }

    /// "The serial number MUST be a positive integer … not longer than 20 octets … Note: Non-conforming CAs may
    /// issue certificates with serial numbers that are negative or zero. Certificate users SHOULD be prepared to
    /// gracefully handle such": negative ones are borne, since they exist; zero and longer ones are not.
    pub fn is_acceptable(&self) -> bool {
        self.0.len() <= 20 && *self.0 != [0]
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unsigned = if self.0.len() > 1 { self.0.strip_prefix(&[0]).unwrap_or(&self.0) } else { &self.0 };
        unsigned.iter().try_for_each(|octet| write!(f, "{octet:02X}"))
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_comes_back_without_its_sign_octet() {
        for (text, printed) in [("80", "80"), ("0:1", "01"), ("abc", "0ABC"), ("00", "00")] {
            assert_eq!(Serial::from_hex(text).unwrap().to_string(), printed);
        }
        assert_eq!(Serial::from_hex("ff").unwrap().content(), [0, 0xff]);
        assert_eq!(Serial::from_hex("xyz"), None);
        assert!(!Serial::from_hex("0").unwrap().is_acceptable());
        assert!(!Serial::from_unsigned(&[0x80; 20]).is_acceptable());
        assert!(Serial::from_unsigned(&[0x7f; 20]).is_acceptable());
    }
}
