//! The usual element, taken apart without the generality of the `der` crate: a tag of one octet, a definite length of
//! one to three (X.690 §8.1.2.2, §8.1.3, §10.1). What is none of these is left to that crate, to read or to refuse; so
//! is what it does not know.

/// An element: identifier octet, content, and what comes after it.
pub(super) struct Usual<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    pub(super) rest: &'a [u8],
}

impl<'a> Usual<'a> {
    /// The first element of `der`. `None` says nothing of it but that it is not usual.
    #[inline]
    pub(super) fn split(der: &'a [u8]) -> Option<Self> {
        let (tag, length, rest) = match der {
            [tag, length @ ..=0x7f, rest @ ..] => (*tag, usize::from(*length), rest),
            [tag, 0x81, length @ 0x80..=0xff, rest @ ..] => (*tag, usize::from(*length), rest),
            [tag, 0x82, high @ 1..=0xff, low, rest @ ..] => (*tag, usize::from(*high) << 8 | usize::from(*low), rest),
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        is_usual(tag).then_some(Self { tag, content, rest })
    }
}

/// X.690 §8.1.2.2: of the universal class those that the `der` crate knows, of the others the numbers under 31.
#[inline]
fn is_usual(tag: u8) -> bool {
    match tag {
        0..=0x3f => UNIVERSAL >> tag & 1 == 1,
        _ => tag & 0x1f != 0x1f,
    }
}

/// Bit n is identifier octet n. What is constructed in DER is SEQUENCE and SET (§8.9.1, §8.11.1); all else is primitive
/// (§10.2).
const UNIVERSAL: u64 = {
    let known: [u8; 22] = [1, 2, 3, 4, 5, 6, 9, 10, 12, 13, 18, 19, 20, 21, 22, 23, 24, 26, 27, 30, 0x30, 0x31];
    let (mut set, mut at) = (0, 0);
    while at < known.len() {
        set |= 1 << known[at];
        at += 1;
    }
    set
};

#[cfg(test)]
mod tests {
    use der::asn1::AnyRef;
    use der::{Decode as _, Reader as _, SliceReader};

    use super::*;
    use crate::encoding::tag_octet;

    /// Content and rest of the first element, by the `der` crate.
    fn by_der(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
        let mut reader = SliceReader::new(der).ok()?;
        let any = AnyRef::decode(&mut reader).ok()?;
        let rest = &der[usize::try_from(reader.position()).unwrap()..];
        Some((tag_octet(der::Tagged::tag(&any)), any.value(), rest))
    }

    /// Every tag, with every first three octets of a length that matter, with too little, enough, and too much behind.
    #[test]
    fn what_is_read_directly_is_read_the_same_and_nothing_else_is_read() {
        let lengths: [&[u8]; 14] = [
            &[0],
            &[1],
            &[0x7f],
            &[0x80],
            &[0x81, 0x7f],
            &[0x81, 0x80],
            &[0x81, 0xff],
            &[0x82, 0, 0xff],
            &[0x82, 1, 0],
            &[0x82, 1, 0xff],
            &[0x83, 0, 1, 0],
            &[0x83, 1, 0, 0],
            &[0x84, 0, 0, 0, 1],
            &[0xff],
        ];
        let mut read = 0;
        for (tag, length) in (0..=255).flat_map(|tag: u8| lengths.map(|length| (tag, length))) {
            for behind in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x200] {
                let der = [&[tag], length, &vec![5; behind]].concat();
                let Some(Usual { tag: found, content, rest }) = Usual::split(&der) else { continue };
                assert_eq!(Some((found, content, rest)), by_der(&der), "{:02x?}", &der[..der.len().min(6)]);
                read += 1;
            }
        }
        // 22 universal tags, three classes of 62: of each all lengths but five of them, where they are not cut off.
        assert_eq!(read, (22 + 3 * 62) * (7 + 6 + 5 + 4 + 3 + 2 + 1));
    }

    #[test]
    fn what_is_usual_is_not_left_to_others() {
        for tag in 0..=255 {
            let der = [tag, 1, 7];
            let known = by_der(&der).is_some();
            assert_eq!(Usual::split(&der).is_some(), known, "{tag:02x}");
        }
    }
}
