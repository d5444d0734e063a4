//! Lines of bounded length.

use std::io::{self, BufRead};

/// The longest line that is read. A CRL of a million entries has some 40 million octets, and a third more in base64.
pub(super) const LONGEST: usize = 64 << 20;

/// A line of the input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Without its end.
    Whole(Vec<u8>),
    /// Longer than [`LONGEST`]; what it held was thrown away.
    TooLong,
}

impl Line {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Whole(octets) => octets.len(),
            Self::TooLong => 0,
        }
    }
}

/// The next line that is not blank, and how many octets were read for it; `None` at the end of the input.
pub(super) fn next(input: &mut impl BufRead, longest: usize) -> io::Result<Option<(Line, u64)>> {
    let mut read = 0;
    loop {
        let mut line = Vec::new();
        let ended = read_one(input, &mut line, longest, &mut read)?;
        match line {
            line if line.len() > longest => return Ok(Some((Line::TooLong, read))),
            line if !line.trim_ascii().is_empty() => return Ok(Some((Line::Whole(line), read))),
            _ if ended => return Ok(None),
            _ => {}
        }
    }
}

/// Appends to `line` up to the next end of line, but no more than one octet over `longest`. Whether the input has ended.
fn read_one(input: &mut impl BufRead, line: &mut Vec<u8>, longest: usize, read: &mut u64) -> io::Result<bool> {
    loop {
        let buffer = match input.fill_buf() {
            Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
            buffer => buffer?,
        };
        if buffer.is_empty() {
            return Ok(true);
        }
        let end = buffer.iter().position(|octet| *octet == b'\n');
        let piece = &buffer[..end.unwrap_or(buffer.len())];
        let room = (longest + 1).saturating_sub(line.len());
        line.extend_from_slice(&piece[..piece.len().min(room)]);
        let used = piece.len() + usize::from(end.is_some());
        input.consume(used);
        *read += used as u64;
        if end.is_some() {
            return Ok(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(mut input: &[u8]) -> Vec<Line> {
        let mut found = Vec::new();
        while let Some((line, _)) = next(&mut input, 4).unwrap() {
            found.push(line);
        }
        found
    }

    #[test]
    fn blank_lines_are_passed_over_and_long_ones_cut_off() {
        let whole = |text: &str| Line::Whole(text.into());
        assert_eq!(lines(b"a\n\n \r\nabcd\nabcde\nb"), [whole("a"), whole("abcd"), Line::TooLong, whole("b")]);
        assert_eq!(lines(b"abcdefgh"), [Line::TooLong]);
        assert_eq!(lines(b"\n\n"), []);
    }
}
