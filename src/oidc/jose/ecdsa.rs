//! The two forms of an ECDSA signature on P-256: JOSE's of fixed length, and the DER of everybody else.

/// Bytes of one scalar on P-256.
const P256: usize = 32;

/// r ‖ s (RFC 7518 §3.4) from SEQUENCE { r INTEGER, s INTEGER }.
pub(super) fn fixed_from_der(der: &[u8]) -> Option<Vec<u8>> {
    let [0x30, length, body @ ..] = der else { return None };
    if usize::from(*length) != body.len() {
        return None;
    }
    let (r, rest) = integer(body)?;
    let (s, rest) = integer(rest)?;
    rest.is_empty().then(|| [r, s].concat())
}

fn integer(input: &[u8]) -> Option<([u8; P256], &[u8])> {
    let [0x02, length, rest @ ..] = input else { return None };
    let (content, rest) = rest.split_at_checked(usize::from(*length))?;
    let significant = &content[content.iter().take_while(|octet| **octet == 0).count()..];
    let mut scalar = [0; P256];
    scalar.get_mut(P256.checked_sub(significant.len())?..)?.copy_from_slice(significant);
    Some((scalar, rest))
}

/// SEQUENCE { r INTEGER, s INTEGER } from r ‖ s.
pub(super) fn der_from_fixed(fixed: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = fixed.split_at_checked(P256).filter(|(_, s)| s.len() == P256)?;
    let body = [der_integer(r), der_integer(s)].concat();
    Some([&[0x30, u8::try_from(body.len()).ok()?], body.as_slice()].concat())
}

fn der_integer(scalar: &[u8]) -> Vec<u8> {
    let zeros = scalar.iter().take_while(|octet| **octet == 0).count().min(P256 - 1);
    let significant = &scalar[zeros..];
    let sign = if significant[0] & 0x80 == 0 { &[][..] } else { &[0][..] };
    let length = u8::try_from(sign.len() + significant.len()).expect("at most 33 octets");
    [&[0x02, length], sign, significant].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_scalars_are_padded() {
        let der = [0x30, 6, 2, 1, 1, 2, 1, 2];
        let fixed = fixed_from_der(&der).unwrap();
        assert_eq!((fixed.len(), fixed[31], fixed[63]), (64, 1, 2));
        assert_eq!(der_from_fixed(&fixed).unwrap(), der);
    }
}
