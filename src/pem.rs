//! Certificates, CRLs and OCSP responses as people keep them: DER, or PEM with one or several in it, whatever text stands between.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The DER of every object with one of these PEM labels, or of the one that `bytes` are. Other labels (a key beside
/// its certificate, say) are passed over.
pub fn read(bytes: &[u8], labels: &[&str]) -> Result<Vec<Vec<u8>>, String> {
    // Every structure that is kept in a file alone is a SEQUENCE.
    if bytes.first() == Some(&0x30) {
        return Ok(vec![bytes.to_vec()]);
    }
    let blocks = pem::parse_many(bytes).map_err(|why| format!("neither DER nor PEM: {why}"))?;
    let wanted = blocks.into_iter().filter(|block| labels.contains(&block.tag()));
    let found: Vec<_> = wanted.map(pem::Pem::into_contents).collect();
    if found.is_empty() { Err(format!("no {} in it", labels.join(" or "))) } else { Ok(found) }
}

/// What stands in a JSON text: PEM, or base64 of DER.
pub fn read_text(text: &str, labels: &[&str]) -> Result<Vec<Vec<u8>>, String> {
    if text.contains("-----BEGIN") {
        return read(text.as_bytes(), labels);
    }
    let plain: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let der = STANDARD.decode(plain).map_err(|why| format!("neither PEM nor base64: {why}"))?;
    if der.is_empty() { Err("empty".into()) } else { Ok(vec![der]) }
}

/// Labels of a certificate.
pub const CERTIFICATE: &[&str] = &["CERTIFICATE", "X509 CERTIFICATE"];
/// Labels of a CRL.
pub const CRL: &[&str] = &["X509 CRL", "CRL"];
/// Labels of an OCSP response. No standard has one; it is mostly kept as DER.
pub const OCSP: &[&str] = &["OCSP RESPONSE"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_blocks_with_text_between_are_read_and_other_labels_passed_over() {
        let block = |label: &str| format!("-----BEGIN {label}-----\nMAA=\n-----END {label}-----\n");
        let text = format!("subject=x\n{}\n{}{}", block("CERTIFICATE"), block("PRIVATE KEY"), block("CERTIFICATE"));
        assert_eq!(read(text.as_bytes(), CERTIFICATE), Ok(vec![vec![0x30, 0]; 2]));
        assert!(read(text.as_bytes(), CRL).is_err());
        assert_eq!(read(&[0x30, 0], CRL), Ok(vec![vec![0x30, 0]]));
        assert!(read(b"nonsense", CRL).is_err());
    }

    #[test]
    fn json_texts_are_pem_or_base64() {
        assert_eq!(read_text("MA\nA=", CERTIFICATE), Ok(vec![vec![0x30, 0]]));
        assert!(read_text("MA*=", CERTIFICATE).is_err());
        assert!(read_text("", CERTIFICATE).is_err());
    }
}
