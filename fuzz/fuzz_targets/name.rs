//! Distinguished names: as DER and as RFC 4514 text, printed, read again, compared.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pearlbridge_fuzz::within_limits;
use pki::Name;

fuzz_target!(|bytes: &[u8]| within_limits(|| {
    if let Ok(name) = Name::from_der(bytes) {
        assert_eq!(name.der(), bytes, "it is kept as it came");
        assert!(name.matches(&name) && name.is_within(&name), "a name is like itself");
        let _ = (name.to_string(), name.attributes().count());
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(name) = Name::parse(text) {
        let again = Name::parse(&name.to_string()).expect("what was printed can be read");
        assert!(again.matches(&name), "{text:?} is printed as {name}, which is another name");
    }
}));
