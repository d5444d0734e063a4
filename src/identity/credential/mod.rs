//! The means by which a person proves who they are, one file each.

pub mod authenticator;
pub mod certificate;
pub mod challenge;
pub mod passkey;
pub mod password;
pub mod recovery_code;
pub mod totp;
