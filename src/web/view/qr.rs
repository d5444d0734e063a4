//! A QR code as a drawing that a page holds: black modules as one path, on white, whatever the theme.

use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around it (ISO/IEC 18004 §6.3.8).
const QUIET: usize = 4;

/// A QR code.
#[derive(Clone, Debug)]
pub struct Qr {
    /// Modules on a side, with the white around.
    pub size: usize,
    /// The black modules, an SVG path.
    pub path: String,
}

impl Qr {
    /// The code of a text; `None` when that is too long for one.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
        let path = dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET)).collect();
        Some(Self { size: width + 2 * QUIET, path })
    }
}
