//! Strings as canonical JSON spells them (RFC 8785 §3.2.2.2).

use super::plain::plain_run;

/// Appends `text` as a JSON string: the short escapes, other controls as `\u00xx`, everything else literal.
pub(crate) fn write_string(text: &str, bytes: &mut Vec<u8>) {
    bytes.reserve(text.len() + 2);
    bytes.push(b'"');
    let mut rest = text.as_bytes();
    loop {
        let (plain, special) = rest.split_at(plain_run(rest));
        bytes.extend_from_slice(plain);
        let Some((byte, after)) = special.split_first() else { break };
        write_escape(*byte, bytes);
        rest = after;
    }
    bytes.push(b'"');
}

fn write_escape(byte: u8, bytes: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0c => b'f',
        b'\r' => b'r',
        b'"' | b'\\' => byte,
        _ => {
            let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
            bytes.extend_from_slice(b"\\u00");
            bytes.extend_from_slice(&digits);
            return;
        }
    };
    bytes.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::write_string;

    #[test]
    fn escapes_only_what_must_be() {
        let mut bytes = Vec::new();
        write_string("\u{8}\t\n\u{c}\r\"\\/\u{0}\u{1f}\u{7f}\u{2028}é😀", &mut bytes);
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "\"\\b\\t\\n\\f\\r\\\"\\\\/\\u0000\\u001f\u{7f}\u{2028}é😀\""
        );
    }
}
