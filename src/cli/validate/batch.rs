//! A batch: cases in, results out, a line each, in order. All cores judge; what is under way is bounded, so that memory
//! stays flat however long the batch is.

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use pki::Time;

use super::lines::{self, LONGEST, Line};
use super::progress::Progress;
use super::window::Window;
use crate::trust::validation::{Case, Memory, Outcome, Unreadable};

/// Lines under way for each thread that judges: enough that none waits for another's slow line, few to keep in memory.
const LINES_EACH: usize = 64;

/// Judges every line of `input`. A line that cannot be read has its result too, and the batch goes on.
///
/// # Errors
/// The input cannot be read, or the output not written; that the reader of the output has had enough is none.
pub(super) fn run(input: impl BufRead, output: impl Write + Send, now: Time) -> io::Result<()> {
    let memory = Memory::default();
    let judge = |line: &Line| match line {
        Line::Whole(octets) => Case::answer(octets, now, &memory).to_json(),
        Line::TooLong => too_long().to_json(),
    };
    spread(input, output, &judge, Progress::on_terminal().as_ref())
}

/// RFC 8259 §9: "An implementation may set limits on the size of texts that it accepts."
fn too_long() -> Outcome {
    let message = format!("the line is longer than {LONGEST} octets");
    Outcome::unreadable(&Unreadable { message, rfc: "RFC 8259 §9" }).named(None)
}

/// Spreads the lines over all cores.
fn spread(
    mut input: impl BufRead,
    output: impl Write + Send,
    judge: &(impl Fn(&Line) -> String + Sync),
    progress: Option<&Progress>,
) -> io::Result<()> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let window = Window::new(threads * LINES_EACH, output);
    let read = thread::scope(|scope| {
        (0..threads).for_each(|_| drop(scope.spawn(|| work(&window, judge))));
        if let Some(progress) = progress {
            scope.spawn(|| progress.show(|| window.written()));
        }
        let read = feed(&mut input, &window, progress);
        window.end();
        // The line of progress is wiped before the last words.
        progress.inspect(|progress| progress.end());
        read
    });
    match window.close() {
        Err(why) if why.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        closed => read.and(closed),
    }
}

fn feed<W: Write>(input: &mut impl BufRead, window: &Window<W>, progress: Option<&Progress>) -> io::Result<()> {
    while let Some((line, octets)) = lines::next(input, LONGEST)? {
        progress.inspect(|progress| progress.read(octets));
        if !window.put(line) {
            break;
        }
    }
    Ok(())
}

/// A fault of ours must not end a batch of a million: it is that line's result.
fn work<W: Write>(window: &Window<W>, judge: &impl Fn(&Line) -> String) {
    while let Some((number, line)) = window.take() {
        let result = catch_unwind(AssertUnwindSafe(|| judge(&line)));
        window.finish(number, result.unwrap_or_else(|_| fault(&line).to_json()));
    }
}

fn fault(line: &Line) -> Outcome {
    match line {
        Line::Whole(octets) => Outcome::fault().named(Case::name_in(octets)),
        Line::TooLong => Outcome::fault().named(None),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use serde_json::Value;

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
        assert!(found.iter().all(|result| result["valid"] == false && result["error"]["rfc"].is_string()));
    }

    fn numbers(count: usize) -> Vec<u8> {
        (0..count).flat_map(|number| format!("{number}\n").into_bytes()).collect()
    }

    fn number(line: &Line) -> usize {
        let Line::Whole(octets) = line else { panic!("too long") };
        std::str::from_utf8(octets).unwrap().parse().unwrap()
    }

    #[test]
    fn order_is_kept_and_the_window_bounded_however_long_a_line_takes() {
        let (input, mut output, newest) = (numbers(2_000), Vec::new(), AtomicUsize::new(0));
        let window = LINES_EACH * thread::available_parallelism().map_or(1, usize::from);
        let judge = |line: &Line| {
            let number = number(line);
            newest.fetch_max(number, Ordering::SeqCst);
            if number == 10 {
                thread::sleep(std::time::Duration::from_millis(50));
                assert!(newest.load(Ordering::SeqCst) <= number + window);
            }
            number.to_string()
        };
        spread(&input[..], &mut output, &judge, None).unwrap();
        assert!(output == input);
    }

    #[test]
    fn a_panic_is_the_result_of_its_line_alone() {
        let mut output = Vec::new();
        let judge = |line: &Line| if number(line) == 1 { panic!("on purpose") } else { number(line).to_string() };
        spread(&numbers(3)[..], &mut output, &judge, None).unwrap();
        let text = String::from_utf8(output).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert!(
            lines.len() == 3 && (lines[0], lines[2]) == ("0", "2") && lines[1].contains("internal_error"),
            "{text}"
        );
    }

    /// Gives a line only when the answer to the one before has come.
    struct Patient {
        answers: mpsc::Receiver<()>,
        left: usize,
    }

    impl io::Read for Patient {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.left == 0 {
                return Ok(0);
            }
            self.answers.recv_timeout(std::time::Duration::from_secs(20)).expect("an answer comes");
            self.left -= 1;
            buffer[..2].copy_from_slice(b"1\n");
            Ok(2)
        }
    }

    /// Tells of each flush.
    struct Told(mpsc::Sender<()>);

    impl Write for Told {
        fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
            Ok(buffer.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            self.0.send(()).map_err(|_| io::ErrorKind::BrokenPipe.into())
        }
    }

    #[test]
    fn who_waits_for_each_answer_gets_it() {
        let (told, answers) = mpsc::channel();
        told.send(()).unwrap();
        let input = io::BufReader::new(Patient { answers, left: 50 });
        spread(input, Told(told), &|line: &Line| number(line).to_string(), None).unwrap();
    }

    /// Takes no result.
    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_had_enough_ends_the_batch_without_complaint() {
        let input = io::BufReader::new(Endless);
        spread(input, Closed, &|line: &Line| number(line).to_string(), None).unwrap();
    }

    /// The same line for ever.
    struct Endless;

    impl io::Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer[..2].copy_from_slice(b"1\n");
            Ok(2)
        }
    }
}
