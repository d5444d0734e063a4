//! Identity documents: which numbers are well formed, and how much of one may be shown.

/// Whether `number` can be a number of a document of `kind`: its form and, where there is one, its check digit.
pub fn is_well_formed(kind: &str, number: &str) -> bool {
    match kind {
        "resident_id" => is_resident_id(number),
        "uscc" => is_credit_code(number),
        _ => !number.is_empty() && number.len() <= 64,
    }
}

/// The number with its middle hidden: at most a quarter stays visible at either end.
pub fn mask(number: &str) -> String {
    let letters: Vec<char> = number.chars().collect();
    let shown = (letters.len() / 4).min(4);
    let hidden = letters.len() - 2 * shown;
    let (head, tail) = (&letters[..shown], &letters[shown + hidden..]);
    head.iter().chain(std::iter::repeat_n(&'*', hidden)).chain(tail).collect()
}

/// GB 11643: seventeen digits of which eight are a date that exists, and a check digit by ISO 7064 MOD 11-2.
fn is_resident_id(number: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: &[u8; 11] = b"10X98765432";
    let bytes = number.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let number = |from: usize, to: usize| number[from..to].parse::<u32>().unwrap_or(0);
    let date = pki::Time::from_calendar(i64::from(number(6, 10)), number(10, 12), number(12, 14), 0, 0, 0);
    bytes[17] == CHECK[sum as usize % 11] && date.is_some()
}

/// GB 32100: eighteen characters of an alphabet without I, O, S, V and Z, the last a check by powers of 3 modulo 31.
fn is_credit_code(code: &str) -> bool {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let values: Option<Vec<usize>> = code.chars().map(|letter| ALPHABET.find(letter)).collect();
    let Some(values) = values.filter(|values| values.len() == 18) else {
        return false;
    };
    let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % 31));
    let sum: usize = values[..17].iter().zip(weights).map(|(value, weight)| value * weight).sum();
    values[17] == (31 - sum % 31) % 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_ids_need_a_right_check_digit_and_a_date_that_exists() {
        for good in ["110101199003070011", "440100199001010015", "440300198512310024", "810000199003070015"] {
            assert!(is_well_formed("resident_id", good), "{good}");
        }
        for bad in ["441881197002290053", "110101199003070012", "11010119900307001", "11010119900307001x", "十"] {
            assert!(!is_well_formed("resident_id", bad), "{bad}");
        }
    }

    #[test]
    fn credit_codes_need_a_right_check_character() {
        for good in ["91440000MA5XXXX065", "91440300123456788M", "11440000007000003U", "12440100455000015G"] {
            assert!(is_well_formed("uscc", good), "{good}");
        }
        for bad in ["91440000MA5XXXX066", "91440300123456788", "91440300I23456788M"] {
            assert!(!is_well_formed("uscc", bad), "{bad}");
        }
    }

    #[test]
    fn a_mask_shows_a_quarter_at_either_end_at_most() {
        assert_eq!(mask("440100199001010015"), "4401**********0015");
        assert_eq!(mask("1234567890"), "12******90");
        assert_eq!(mask("123"), "***");
    }
}
