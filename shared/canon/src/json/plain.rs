//! What stands for itself in a string literal.

/// The length of the run of bytes that stand for themselves in a string: neither quote, backslash nor control.
pub(super) fn plain_run(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (chunks, rest) = bytes.as_chunks::<8>();
    for (index, chunk) in chunks.iter().enumerate() {
        // Subtracting sets the high bit of every byte that was too small; a borrow can only reach the bytes after it.
        let word = u64::from_le_bytes(*chunk);
        let quote = (word ^ (ONES * 0x22)).wrapping_sub(ONES);
        let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
        let control = word.wrapping_sub(ONES * 0x20);
        let special = (quote | backslash | control) & !word & HIGH;
        if special != 0 {
            return index * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let tail = rest.iter().position(|byte| *byte < 0x20 || *byte == b'"' || *byte == b'\\');
    chunks.len() * 8 + tail.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::plain_run;

    #[test]
    fn finds_every_special_byte_at_every_offset() {
        for byte in 0..=u8::MAX {
            let special = byte < 0x20 || byte == b'"' || byte == b'\\';
            for offset in 0..20 {
                for filler in [b'!', b'#', b']', b'[', 0x7f, 0x80, 0xff] {
                    let mut bytes = [filler; 24];
                    bytes[offset] = byte;
                    assert_eq!(
                        plain_run(&bytes),
                        if special { offset } else { 24 },
                        "{byte} {offset} {filler}"
                    );
                }
            }
        }
        assert_eq!(plain_run(b"\"!!!!!!!"), 0);
        assert_eq!(plain_run(b""), 0);
    }
}
