//! Documents as models write them, made from a fixed seed so that every run measures the same bytes.

use serde_json::{Value, json};

/// A document of one shape.
pub(super) struct Document {
    pub(super) shape: &'static str,
    pub(super) bytes: Vec<u8>,
}

const WORDS: &[&str] = &[
    "tax",
    "rate",
    "invoice",
    "consumer",
    "service",
    "country",
    "digital",
    "rule",
    "amount",
    "reverse",
    "charge",
    "threshold",
    "registration",
    "supply",
    "exempt",
    "standard",
];
const FOREIGN_WORDS: &[&str] = &[
    "Mehrwertsteuer",
    "größer",
    "où",
    "déjà",
    "消費税",
    "税率",
    "ضريبة",
    "القيمة",
    "αξία",
    "ставка",
    "E\u{301}tat",
    "🧾",
];

/// A linear congruential generator (Knuth's MMIX): the bytes need to be the same, not unforeseeable.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound
    }

    fn sentence(&mut self, words: &[&str], count: usize) -> String {
        (0..count).map(|_| words[self.below(words.len())]).collect::<Vec<_>>().join(" ")
    }
}

pub(super) fn documents() -> Vec<Document> {
    let mut draw = Draw(1);
    vec![
        document("short strings", &short_strings(&mut draw, 8)),
        document("short strings", &short_strings(&mut draw, 250)),
        document("numbers", &numbers(&mut draw, 1_200)),
        document("long texts, escapes, many scripts", &long_texts(&mut draw, 24)),
        document("deep nesting", &deep(&mut draw, 60)),
        Document { shape: "wide object, unsorted keys", bytes: wide(&mut draw, 800) },
    ]
}

/// Texts as models write them: one with nothing to mend, one with line ends, trailing spaces and combining marks.
pub(super) fn texts() -> Vec<Document> {
    let mut draw = Draw(2);
    let plain = (0..120).map(|_| draw.sentence(WORDS, 14)).collect::<Vec<_>>().join("\n");
    let mixed = (0..120).map(|_| draw.sentence(FOREIGN_WORDS, 14)).collect::<Vec<_>>().join(" \r\n");
    vec![
        Document { shape: "ASCII text", bytes: plain.into_bytes() },
        Document { shape: "text of many scripts", bytes: mixed.into_bytes() },
    ]
}

fn document(shape: &'static str, value: &Value) -> Document {
    // Indented, as models like to answer.
    let bytes = serde_json::to_vec_pretty(value).expect("a value made here can be written");
    Document { shape, bytes }
}

fn short_strings(draw: &mut Draw, count: usize) -> Value {
    let item = |draw: &mut Draw| {
        json!({
            "name": draw.sentence(WORDS, 2),
            "country": draw.sentence(WORDS, 1),
            "answer": draw.sentence(WORDS, 6),
            "applies": draw.below(2) == 0,
            "source": format!("https://example.org/{}", draw.below(100_000)),
        })
    };
    json!({ "items": (0..count).map(|_| item(draw)).collect::<Vec<_>>() })
}

fn numbers(draw: &mut Draw, count: usize) -> Value {
    let literal = |draw: &mut Draw| {
        let (whole, part) = (draw.below(1_000_000), draw.below(10_000));
        let text = match draw.below(4) {
            0 => whole.to_string(),
            1 => format!("{whole}.{part:04}"),
            2 => format!("-0.{part:04}"),
            _ => format!("{part}.5e{}", draw.below(12)),
        };
        serde_json::from_str::<Value>(&text).expect("a literal made here can be read")
    };
    json!({ "series": (0..count).map(|_| literal(draw)).collect::<Vec<_>>() })
}

fn long_texts(draw: &mut Draw, count: usize) -> Value {
    let paragraph = |draw: &mut Draw| {
        let (native, foreign) = (draw.sentence(WORDS, 60), draw.sentence(FOREIGN_WORDS, 60));
        format!("\"{native}\"\n\t{foreign} \\ \u{1}")
    };
    json!({ "paragraphs": (0..count).map(|_| paragraph(draw)).collect::<Vec<_>>() })
}

fn deep(draw: &mut Draw, levels: usize) -> Value {
    (0..levels).fold(
        json!(draw.sentence(WORDS, 3)),
        |inner, level| json!({ "level": level, "note": draw.sentence(WORDS, 3), "inner": [inner] }),
    )
}

/// Written by hand: an object of the library here would sort its keys.
fn wide(draw: &mut Draw, count: usize) -> Vec<u8> {
    let member = |ordinal: usize| {
        let key = format!("{:06x}_{}_{ordinal}", draw.below(1 << 24), draw.sentence(WORDS, 1));
        format!("  \"{key}\": \"{}\"", draw.sentence(WORDS, 3))
    };
    let members: Vec<String> = (0..count).map(member).collect();
    format!("{{\n{}\n}}", members.join(",\n")).into_bytes()
}
