//! A batch: cases in, results out, a line each, in order, one at a time, so that memory stays flat.

use std::io::{self, BufRead, Write};

use pki::Time;
use serde_json::Value;

use super::case::Case;
use super::outcome::Outcome;

/// Judges every line of `input`. A line that cannot be read has its result too, and the batch goes on.
pub(super) fn run(mut input: impl BufRead, mut output: impl Write, now: Time) -> io::Result<()> {
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        if !line.trim_ascii().is_empty() {
            writeln!(output, "{}", judge(&line, now).to_json())?;
        }
        line.clear();
    }
    output.flush()
}

fn judge(line: &[u8], now: Time) -> Outcome {
    let value: Value = match serde_json::from_slice(line) {
        Ok(value) => value,
        Err(why) => return Outcome::unreadable_line(None, &why.to_string()),
    };
    // Even a case that cannot be read should be known by its name.
    let id = value.get("id").cloned();
    match serde_json::from_value::<Case>(value).map_err(|why| why.to_string()).and_then(|case| case.into_question(now))
    {
        Ok(question) => question.judge(),
        Err(why) => Outcome::unreadable_line(id, &why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(input: &[u8]) -> Vec<Value> {
        let mut output = Vec::new();
        run(input, &mut output, Time(0)).unwrap();
        output
            .split(|octet| *octet == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }

    #[test]
    fn lines_that_cannot_be_read_have_results_in_order() {
        let input = b"{\"id\":\"a\",\"leaf\":\"*\",\"anchors\":[]}\nnonsense\xff\n\n{\"id\":7,\"leaf\":\"MAA=\",\"anchors\":[]}";
        let found = results(input);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0]["id"], "a");
        assert_eq!(found[0]["error"]["code"], "malformed_input");
        assert_eq!(found[1]["id"], Value::Null);
        assert_eq!(found[1]["error"]["code"], "malformed_input");
        assert_eq!(found[2]["id"], 7);
        assert_eq!(found[2]["error"]["code"], "malformed_certificate");
        assert!(found.iter().all(|result| result["valid"] == false));
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let found = results(b"{\"id\":1,\"leaf\":\"MAA=\",\"anchors\":[],\"revocation\":\"maybe\"}");
        let message = found[0]["error"]["message"].as_str().unwrap();
        assert!(message.contains("revocation") && message.contains("maybe"), "{message}");
    }
}
