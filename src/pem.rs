//! Certificates, CRLs and OCSP responses as people keep them: DER, or PEM with one or several in it, whatever text stands between.
//! Certificates and CRLs may also come in a certs-only CMS message (`.p7b`, `.p7c`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::cms::CertsOnly;

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

/// The DER of every certificate, those in certs-only CMS messages among them.
///
/// # Errors
/// There is none, or a message is not what it should be.
pub fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    unpack(read(bytes, WITH_CERTIFICATES)?, |message| message.certificate_ders())
}

/// The same of a JSON text.
///
/// # Errors
/// As of [`certificates`].
pub fn certificates_in_text(text: &str) -> Result<Vec<Vec<u8>>, String> {
    unpack(read_text(text, WITH_CERTIFICATES)?, |message| message.certificate_ders())
}

/// Whether there is a CMS message in it, whose members have no order.
pub fn has_message(bytes: &[u8]) -> bool {
    read(bytes, MESSAGE).is_ok_and(|objects| objects.iter().any(|object| CertsOnly::is_content_info(object)))
}

/// The DER of every CRL, those in certs-only CMS messages among them.
///
/// # Errors
/// As of [`certificates`].
pub fn crls(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    unpack(read(bytes, WITH_CRLS)?, |message| message.crl_ders())
}

/// The same of a JSON text.
///
/// # Errors
/// As of [`certificates`].
pub fn crls_in_text(text: &str) -> Result<Vec<Vec<u8>>, String> {
    unpack(read_text(text, WITH_CRLS)?, |message| message.crl_ders())
}

/// Replaces each CMS message by what it holds; nothing else that is kept in files begins like one.
fn unpack(
    objects: Vec<Vec<u8>>,
    members: impl for<'m, 'b> Fn(&'m CertsOnly<'b>) -> &'m [&'b [u8]],
) -> Result<Vec<Vec<u8>>, String> {
    let mut unpacked = Vec::with_capacity(objects.len());
    for object in objects {
        if !CertsOnly::is_content_info(&object) {
            unpacked.push(object);
            continue;
        }
        let message = CertsOnly::read(&object).map_err(|why| why.to_string())?;
        unpacked.extend(members(&message).iter().map(|der| der.to_vec()));
    }
    Ok(unpacked)
}

/// RFC 7468 §8 and §9.
const MESSAGE: &[&str] = &["PKCS7", "CMS"];
/// RFC 7468 §5, §8 and §9.
const WITH_CERTIFICATES: &[&str] = &["CERTIFICATE", "X509 CERTIFICATE", "PKCS7", "CMS"];
const WITH_CRLS: &[&str] = &["X509 CRL", "CRL", "PKCS7", "CMS"];

/// Labels of a certificate.
pub const CERTIFICATE: &[&str] = &["CERTIFICATE", "X509 CERTIFICATE"];
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
        assert!(crls(text.as_bytes()).is_err());
        assert_eq!(crls(&[0x30, 0]), Ok(vec![vec![0x30, 0]]));
        assert!(crls(b"nonsense").is_err());
    }

    /// A message without certificates, and one that is none.
    #[test]
    fn messages_are_replaced_by_what_they_hold() {
        let empty = CertsOnly::write([], []);
        assert_eq!(certificates(&empty), Ok(vec![]));
        let block = pem::encode(&pem::Pem::new("PKCS7", empty.as_slice()));
        assert_eq!(certificates_in_text(&block), Ok(vec![]));
        let both = format!("{block}-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
        assert_eq!(certificates(both.as_bytes()), Ok(vec![vec![0x30, 0]]));
        assert_eq!(crls_in_text(&both), Ok(vec![]));
        assert!(certificates(&[0x30, 3, 6, 1, 42]).unwrap_err().contains("not a CMS message"));
    }

    #[test]
    fn json_texts_are_pem_or_base64() {
        assert_eq!(read_text("MA\nA=", CERTIFICATE), Ok(vec![vec![0x30, 0]]));
        assert!(read_text("MA*=", CERTIFICATE).is_err());
        assert!(read_text("", CERTIFICATE).is_err());
    }
}
