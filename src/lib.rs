//! Pearlbridge: the identity and cross-certification authority of Guangdong's online service hall.

pub mod cli;
pub mod pem;
