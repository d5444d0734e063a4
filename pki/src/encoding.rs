//! Reading DER with the `der` crate, and writing it: the two halves that every structure of this crate is made of.
//!
//! Reading is strict: definite, minimal lengths, nothing left over. Nearly all elements are read by [`usual`], directly.
//! Writing cannot fail.

mod usual;

use std::ops::Range;

use der::asn1::{AnyRef, BitStringRef};
use der::{Decode, Reader, SliceReader, Tag, TagNumber};

use self::usual::Usual;
use crate::{Oid, Time};

/// Why bytes are not the structure that they should be, in words for an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asn1Error(pub(crate) String);

pub(crate) type Asn1Result<T> = Result<T, Asn1Error>;

impl From<der::Error> for Asn1Error {
    fn from(error: der::Error) -> Self {
        Self(error.to_string())
    }
}

pub(crate) fn refuse<T>(why: impl Into<String>) -> Asn1Result<T> {
    Err(Asn1Error(why.into()))
}

/// A context-specific tag, `[number]`.
pub(crate) const fn context(number: u32, constructed: bool) -> Tag {
    Tag::ContextSpecific { constructed, number: TagNumber(number) }
}

/// A cursor over DER: what is left to read.
pub(crate) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Asn1Result<Self> {
        let fits = u32::try_from(bytes.len()).is_ok();
        if fits { Ok(Self(bytes)) } else { refuse("more than 4 GiB") }
    }

    /// Reads all of `bytes` with `read`; anything left over is an error.
    pub(crate) fn all<T>(bytes: &'a [u8], read: impl FnOnce(&mut Self) -> Asn1Result<T>) -> Asn1Result<T> {
        let mut input = Self::new(bytes)?;
        let value = read(&mut input)?;
        input.finish()?;
        Ok(value)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn finish(self) -> Asn1Result<()> {
        if self.is_empty() { Ok(()) } else { refuse("bytes after the end of the structure") }
    }

    /// The next element, whatever it is.
    pub(crate) fn any(&mut self) -> Asn1Result<AnyRef<'a>> {
        self.by_der(AnyRef::decode)
    }

    /// What is not usual, and what is wrong, as the `der` crate has it.
    fn by_der<T>(&mut self, read: impl FnOnce(&mut SliceReader<'a>) -> der::Result<T>) -> Asn1Result<T> {
        let mut reader = SliceReader::new(self.0)?;
        let value = read(&mut reader)?;
        self.0 = &self.0[usize::try_from(reader.position())?..];
        Ok(value)
    }

    /// The next element whole: tag, length and content.
    pub(crate) fn raw(&mut self) -> Asn1Result<&'a [u8]> {
        let Some(Usual { rest, .. }) = Usual::split(self.0) else { return self.by_der(SliceReader::tlv_bytes) };
        let (whole, rest) = self.0.split_at(self.0.len() - rest.len());
        self.0 = rest;
        Ok(whole)
    }

    /// Identifier octet and content of the next element. Unlike [`Input::any`] it knows UniversalString, which the
    /// `der` crate does not.
    pub(crate) fn string(&mut self) -> Asn1Result<(u8, &'a [u8])> {
        if let Some(Usual { tag, content, rest }) = Usual::split(self.0) {
            self.0 = rest;
            return Ok((tag, content));
        }
        if self.0.first() != Some(&UNIVERSAL_STRING) {
            let any = self.any()?;
            return Ok((tag_octet(der::Tagged::tag(&any)), any.value()));
        }
        self.by_der(|reader| {
            reader.read_byte()?;
            let length = der::Length::decode(reader)?;
            Ok((UNIVERSAL_STRING, reader.read_slice(length)?))
        })
    }

    pub(crate) fn next_is(&self, tag: Tag) -> bool {
        self.0.first() == Some(&tag_octet(tag))
    }

    /// The content of the next element, which must have this tag.
    pub(crate) fn expect(&mut self, tag: Tag) -> Asn1Result<&'a [u8]> {
        if let Some(Usual { tag: found, content, rest }) = Usual::split(self.0)
            && found == tag_octet(tag)
        {
            self.0 = rest;
            return Ok(content);
        }
        let any = self.any()?;
        match der::Tagged::tag(&any) {
            found if found == tag => Ok(any.value()),
            found => refuse(format!("{found} where {tag} was expected")),
        }
    }

    pub(crate) fn optional(&mut self, tag: Tag) -> Asn1Result<Option<&'a [u8]>> {
        if self.next_is(tag) { self.expect(tag).map(Some) } else { Ok(None) }
    }

    /// NULL or nothing: the parameters of a digest.
    pub(crate) fn null_or_nothing(&mut self) -> Asn1Result<()> {
        match self.optional(Tag::Null)? {
            None | Some([]) => Ok(()),
            Some(_) => refuse("a NULL that holds something"),
        }
    }

    pub(crate) fn sequence(&mut self) -> Asn1Result<Input<'a>> {
        Input::new(self.expect(Tag::Sequence)?)
    }

    /// Reads a SEQUENCE whole with `read`.
    pub(crate) fn in_sequence<T>(&mut self, read: impl FnOnce(&mut Input<'a>) -> Asn1Result<T>) -> Asn1Result<T> {
        Input::all(self.expect(Tag::Sequence)?, read)
    }

    /// Reads a SEQUENCE OF with `read` for each element.
    pub(crate) fn sequence_of<T>(&mut self, read: impl FnMut(&mut Input<'a>) -> Asn1Result<T>) -> Asn1Result<Vec<T>> {
        self.sequence()?.each(read)
    }

    /// Reads elements with `read` until nothing is left.
    pub(crate) fn each<T>(mut self, mut read: impl FnMut(&mut Input<'a>) -> Asn1Result<T>) -> Asn1Result<Vec<T>> {
        let mut values = Vec::new();
        while !self.is_empty() {
            values.push(read(&mut self)?);
        }
        Ok(values)
    }

    pub(crate) fn oid(&mut self) -> Asn1Result<Oid> {
        read_oid(self.expect(Tag::ObjectIdentifier)?)
    }

    /// A BOOLEAN DEFAULT FALSE. An explicit FALSE is not DER, but so common that it is read.
    pub(crate) fn flag(&mut self) -> Asn1Result<bool> {
        match self.optional(Tag::Boolean)? {
            None | Some([0]) => Ok(false),
            Some([0xff]) => Ok(true),
            Some(_) => refuse("a BOOLEAN that is neither TRUE nor FALSE"),
        }
    }

    pub(crate) fn bit_string(&mut self) -> Asn1Result<BitStringRef<'a>> {
        // "The initial octet shall encode … the number of unused bits in the final subsequent octet." (X.690 §8.6.2.2)
        match self.expect(Tag::BitString)? {
            [unused, octets @ ..] => Ok(BitStringRef::new(*unused, octets)?),
            [] => refuse("a BIT STRING without content"),
        }
    }

    /// A BIT STRING of whole octets: a key or a signature.
    pub(crate) fn octets_in_bit_string(&mut self) -> Asn1Result<&'a [u8]> {
        self.bit_string()?.as_bytes().ok_or_else(|| Asn1Error("a BIT STRING with unused bits".into()))
    }

    /// The content octets of an INTEGER, checked to be minimal.
    pub(crate) fn integer(&mut self) -> Asn1Result<&'a [u8]> {
        minimal_integer(self.expect(Tag::Integer)?)
    }

    /// Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime } (RFC 5280 §4.1.2.5)
    pub(crate) fn time(&mut self) -> Asn1Result<Time> {
        match self.optional(Tag::UtcTime)? {
            Some(text) => Time::from_utc_time(text),
            None => self.generalized_time(),
        }
    }

    /// GeneralizedTime as RFC 5280 §4.1.2.5.2 has it: to the second, Zulu.
    pub(crate) fn generalized_time(&mut self) -> Asn1Result<Time> {
        Time::from_generalized_time(self.expect(Tag::GeneralizedTime)?)
    }
}

/// The content octets of an OBJECT IDENTIFIER.
pub(crate) fn read_oid(content: &[u8]) -> Asn1Result<Oid> {
    Ok(Oid::from_bytes(content).map_err(der::Error::from)?)
}

/// Where `part`, which was read from `whole`, lies in it.
pub(crate) fn position(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}

pub(crate) fn minimal_integer(content: &[u8]) -> Asn1Result<&[u8]> {
    match content {
        [] => refuse("an INTEGER without content"),
        [0, second, ..] if second & 0x80 == 0 => refuse("an INTEGER with a needless leading zero"),
        [0xff, second, ..] if second & 0x80 != 0 => refuse("an INTEGER with a needless leading octet"),
        _ => Ok(content),
    }
}

/// The digits of an INTEGER's content, without the octet for its sign; `None` if it is not above zero.
pub(crate) fn positive(content: &[u8]) -> Option<&[u8]> {
    match content {
        [0, digits @ ..] if !digits.is_empty() => Some(digits),
        [first, ..] if first & 0x80 == 0 && content != [0] => Some(content),
        _ => None,
    }
}

/// A non-negative INTEGER; beyond 32 bits it is as good as infinite for every counter that RFC 5280 has.
pub(crate) fn counter(content: &[u8]) -> Asn1Result<u32> {
    let content = minimal_integer(content)?;
    if content[0] & 0x80 != 0 {
        return refuse("a negative number");
    }
    let value = content.iter().try_fold(0u32, |sum, octet| sum.checked_mul(256).map(|sum| sum | u32::from(*octet)));
    Ok(value.unwrap_or(u32::MAX))
}

/// The identifier octet of UniversalString.
const UNIVERSAL_STRING: u8 = 28;

/// One element: tag, length, content.
pub(crate) fn tlv(tag: Tag, content: &[u8]) -> Vec<u8> {
    element(tag_octet(tag), content)
}

/// One element by its identifier octet.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    // No structure of this crate has a tag number over 30, the only case in which a tag has no one-octet form.
    out.push(tag);
    match content.len() {
        short @ 0..=0x7f => out.push(short as u8),
        long => {
            let octets = long.to_be_bytes();
            let octets = &octets[octets.iter().take_while(|octet| **octet == 0).count()..];
            out.push(0x80 | octets.len() as u8);
            out.extend_from_slice(octets);
        }
    }
    out.extend_from_slice(content);
    out
}

/// The identifier octet. No tag that this crate looks for has a number over 30.
#[inline]
fn tag_octet(tag: Tag) -> u8 {
    let (class, constructed, number) = (tag.class() as u8 & 0xc0, tag.is_constructed(), tag.number().0 as u8);
    class | u8::from(constructed) << 5 | number & 0x1f
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(Tag::Sequence, &parts.concat())
}

pub(crate) fn sequence_of(parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    tlv(Tag::Sequence, &parts.into_iter().collect::<Vec<_>>().concat())
}

pub(crate) fn oid(oid: &Oid) -> Vec<u8> {
    tlv(Tag::ObjectIdentifier, oid.as_bytes())
}

pub(crate) fn null() -> Vec<u8> {
    vec![5, 0]
}

pub(crate) fn boolean(value: bool) -> Vec<u8> {
    tlv(Tag::Boolean, &[if value { 0xff } else { 0 }])
}

/// The content octets of a non-negative INTEGER.
pub(crate) fn unsigned_content(value: u64) -> Vec<u8> {
    let octets = value.to_be_bytes();
    let start = octets.iter().take_while(|octet| **octet == 0).count().min(7);
    let sign = if octets[start] & 0x80 != 0 { vec![0] } else { vec![] };
    [&sign[..], &octets[start..]].concat()
}

pub(crate) fn unsigned(value: u64) -> Vec<u8> {
    tlv(Tag::Integer, &unsigned_content(value))
}

/// The content of a positive INTEGER, from its octets, the highest first.
pub(crate) fn positive_content(octets: &[u8]) -> Vec<u8> {
    let octets = &octets[octets.iter().take_while(|octet| **octet == 0).count()..];
    let sign = if octets.first().is_none_or(|octet| octet & 0x80 != 0) { &[0u8][..] } else { &[] };
    [sign, octets].concat()
}

pub(crate) fn octet_string(content: &[u8]) -> Vec<u8> {
    tlv(Tag::OctetString, content)
}

pub(crate) fn bit_string(content: &[u8]) -> Vec<u8> {
    tlv(Tag::BitString, &[&[0], content].concat())
}

/// A NamedBitList: trailing zero bits are left out (X.690 §11.2.2). Bit 0 is the lowest of `bits`.
pub(crate) fn named_bits_content(bits: u16) -> Vec<u8> {
    if bits == 0 {
        return vec![0];
    }
    let octets = bits.reverse_bits().to_be_bytes();
    let used = if octets[1] == 0 { &octets[..1] } else { &octets[..] };
    let unused = used[used.len() - 1].trailing_zeros() as u8;
    [&[unused], used].concat()
}

/// The bits of a NamedBitList, bit 0 lowest; bits past 15 are ignored.
pub(crate) fn named_bits(bits: BitStringRef<'_>) -> u16 {
    bits.bits().take(16).enumerate().filter(|(_, set)| *set).fold(0, |sum, (at, _)| sum | 1 << at)
}

/// RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on.
pub(crate) fn time(time: Time) -> Vec<u8> {
    let text = time.to_generalized_text();
    match text.as_bytes() {
        [b'1', b'9', short @ ..] if (1950..2000).contains(&time.year()) => tlv(Tag::UtcTime, short),
        [b'2', b'0', short @ ..] if (2000..2050).contains(&time.year()) => tlv(Tag::UtcTime, short),
        whole => tlv(Tag::GeneralizedTime, whole),
    }
}

/// GeneralizedTime for any year, as OCSP wants it.
pub(crate) fn generalized_time(time: Time) -> Vec<u8> {
    tlv(Tag::GeneralizedTime, time.to_generalized_text().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_bits_lose_their_trailing_zeros() {
        assert_eq!(named_bits_content(0b1), [7, 0x80]);
        assert_eq!(named_bits_content(0b110_0000), [1, 0x06]);
        assert_eq!(named_bits_content(1 << 8), [7, 0, 0x80]);
        let bits = BitStringRef::new(1, &[0x06]).unwrap();
        assert_eq!(named_bits(bits), 0b110_0000);
    }

    #[test]
    fn lengths_and_integers_are_minimal() {
        assert_eq!(tlv(Tag::OctetString, &[0; 200])[..3], [4, 0x81, 200]);
        assert_eq!(unsigned(0), [2, 1, 0]);
        assert_eq!(unsigned(128), [2, 2, 0, 128]);
        assert!(minimal_integer(&[0, 1]).is_err());
        assert_eq!(counter(&[1, 0, 0, 0, 0]), Ok(u32::MAX));
    }

    #[test]
    fn what_is_left_over_is_refused() {
        assert!(Input::all(&[5, 0, 0], |input| input.raw()).is_err());
        assert!(Input::all(&[4, 0x81, 1, 0], |input| input.raw()).is_err());
    }
}
