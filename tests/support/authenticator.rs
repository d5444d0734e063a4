//! An authenticator without a device (W3C Web Authentication Level 3 §6): one key, which obeys the test.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use pearlbridge::id::{base64url, from_base64url, sha256};
use serde_json::{Value, json};

/// §6.1: user present, user verified, attested credential data follows.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// The device, and what it says of itself.
pub(crate) struct Authenticator {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    /// The user handle that it was given.
    pub(crate) handle: Vec<u8>,
    /// The signature counter; zero for none.
    pub(crate) counter: u32,
    /// Whether it verifies its user.
    pub(crate) verifies: bool,
    /// Where its browser is.
    pub(crate) origin: String,
}

impl Authenticator {
    pub(crate) fn new(origin: &str) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key can be made"),
            id: pearlbridge::rng::bytes::<16>().to_vec(),
            handle: Vec::new(),
            counter: 0,
            verifies: true,
            origin: origin.to_owned(),
        }
    }

    /// Answers `navigator.credentials.create`.
    pub(crate) fn create(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options are JSON");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        self.handle = bytes(&options["user"]["id"]);
        let data = [self.data(&options["rp"]["id"], ATTESTED), self.attested()].concat();
        // {"fmt": "none", "attStmt": {}, "authData": …} (§6.5.4), in CBOR.
        let length = u8::try_from(data.len()).expect("short");
        let object = [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".as_slice(), &[length], &data].concat();
        let client = self.client_data("webauthn.create", &options["challenge"]);
        self.answer(&json!({"attestationObject": base64url(&object), "clientDataJSON": base64url(client.as_bytes())}))
    }

    /// Answers `navigator.credentials.get`.
    pub(crate) fn get(&self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options are JSON");
        let data = self.data(&options["rpId"], 0);
        let client = self.client_data("webauthn.get", &options["challenge"]);
        let signed = [data.as_slice(), &sha256(client.as_bytes())].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("it can be signed");
        self.answer(&json!({
            "authenticatorData": base64url(&data),
            "clientDataJSON": base64url(client.as_bytes()),
            "signature": base64url(signature.as_ref()),
            "userHandle": base64url(&self.handle),
        }))
    }

    fn answer(&self, response: &Value) -> String {
        let id = base64url(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "response": response}).to_string()
    }

    fn data(&self, party: &Value, more: u8) -> Vec<u8> {
        let flags = PRESENT | more | if self.verifies { VERIFIED } else { 0 };
        let party = sha256(party.as_str().expect("a relying party").as_bytes());
        [party.as_slice(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// No model, the key's name, and the key in COSE (§6.5.1).
    fn attested(&self) -> Vec<u8> {
        let length = u16::try_from(self.id.len()).expect("short").to_be_bytes();
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        let cose = [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice(), x, b"\x22\x58\x20", y].concat();
        [[0; 16].as_slice(), &length, &self.id, &cose].concat()
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> String {
        json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false}).to_string()
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    value.as_str().and_then(from_base64url).expect("base64url")
}
