"""From bytes to text: the encoding of a file, and what a name may hold."""

from __future__ import annotations

import codecs
import re
import unicodedata

from sim.inputs.reading.plain import Fault, File, NetworkFaults, Spot

BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SAMPLE = 200_000
WINDOWS = "cp1252"
OTHER_SCRIPTS = ["cp1251", "cp1253", "cp1255", "cp1256", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "koi8_r"]
ADVICE = "if letters look wrong, save the file as UTF-8 or name its encoding with --encoding"
DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}
"""Kinds of characters that no name is made of: controls, invisible ones, halves of characters."""
BLANKS = "\t\n\r\x85\u2028\u2029"
"""Signs that end a line or a cell; in a name they are spaces."""
JOINERS = "\u200c\u200d"
"""Invisible, but part of the spelling in Persian and Indian scripts."""
UNUSUAL = re.compile("[^ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0373\u0400-\u052f]")


def decoded(file: File, encoding: str = "") -> tuple[str, str]:
    """Return a file's text without byte order mark, and a note on its encoding unless it is UTF-8.

    Without a mark, bytes that are not UTF-8 are UTF-16 if every other one is zero, else another script if the text is
    written in one, else Windows-1252.  Raises NetworkFaults that name the line.
    """
    raw = file.content
    name = encoding or encoding_of(raw)
    try:
        text = raw.decode(name)
    except LookupError:
        raise file.fault(
            f"--encoding: {encoding!r} is not an encoding; examples are utf-8, cp1252 and utf-16"
        ) from None
    except (UnicodeDecodeError, UnicodeError) as fault:
        start = getattr(fault, "start", 0)
        line, byte = raw.count(b"\n", 0, start) + 1, raw[start] if start < len(raw) else 0
        message = f"byte 0x{byte:02x} is not {shown(name)}; save the file as UTF-8 (in Excel: 'CSV UTF-8')"
        raise NetworkFaults([Fault(Spot(file.name, unit="line"), line, message)]) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        message = "holds a zero byte; save the file as UTF-8 (in Excel: 'CSV UTF-8')"
        raise NetworkFaults([Fault(Spot(file.name, unit="line"), line, message)])
    note = "" if name.startswith("utf-8") or raw.isascii() else f"{file.short}: read as {shown(name)}"
    if note and not name.startswith("utf"):
        note += f"; {ADVICE}"
    return unicodedata.normalize("NFC", text.removeprefix("\ufeff")), note


def shown(encoding: str) -> str:
    """Return an encoding's usual name."""
    return {WINDOWS: "Windows-1252", "utf-8-sig": "UTF-8"}.get(encoding, encoding.upper().replace("CP12", "Windows-12"))


def encoding_of(raw: bytes) -> str:
    """Return the encoding of a file's bytes."""
    for mark, name in BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return name
    sample = raw[:SAMPLE]
    if b"\0" in sample:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if max(even, odd) > 0.3 * len(sample) / 2 and min(even, odd) < 0.1 * max(even, odd):
            return "utf-16-le" if odd > even else "utf-16-be"
        return "utf-8-sig"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "utf-8-sig" if mostly_utf8(raw) else older_encoding(sample)
    return "utf-8-sig"


def mostly_utf8(raw: bytes) -> bool:
    """Return whether a file is UTF-8 but for a few bytes, so that another encoding would garble it."""
    whole = len(re.findall(rb"[\xc3-\xf4][\x80-\xbf]+", raw))
    broken = raw.decode("utf-8", "replace").count("\ufffd")
    return whole > 2 * broken


def older_encoding(sample: bytes) -> str:
    """Return the encoding of text that is not UTF-8: another script only where most letters are written in it."""
    letters = sum(1 for byte in sample if chr(byte).isalpha() and byte < 128)
    high = sum(1 for byte in sample if byte >= 128)
    if high > letters / 2 and high >= 20:
        from charset_normalizer import from_bytes

        best = from_bytes(sample, cp_isolation=[*OTHER_SCRIPTS, WINDOWS]).best()
        if best is not None:
            return best.encoding
    try:
        sample.decode(WINDOWS)
    except UnicodeDecodeError:
        return "latin-1"
    return WINDOWS


def clean(text: str) -> str:
    """Return text without control and invisible characters, with single spaces, none at the ends."""
    if UNUSUAL.search(text):
        text = unicodedata.normalize("NFC", text)
        text = "".join(
            " " if one in BLANKS or unicodedata.category(one) == "Zs" else one
            for k, one in enumerate(text)
            if one in BLANKS or unicodedata.category(one) not in DROPPED or joins(text, k)
        )
    return " ".join(text.split())


def joins(text: str, k: int) -> bool:
    """Return whether a character is a joiner between two letters that are not Latin."""
    return text[k] in JOINERS and 0 < k < len(text) - 1 and ord(text[k - 1]) > 0x5FF and ord(text[k + 1]) > 0x5FF


def has_hidden(text: str) -> bool:
    """Return whether `clean` would drop a character that cannot be seen."""
    return bool(UNUSUAL.search(text)) and any(
        unicodedata.category(one) in DROPPED and one not in BLANKS and not joins(text, k) for k, one in enumerate(text)
    )


def folded(text: str) -> str:
    """Return a name for comparing: without case, accents kept, hyphens and spaces alike."""
    return " ".join(text.casefold().replace("\u2010", "-").replace("\u2011", "-").replace("\u2019", "'").split())


def heading_key(text: str) -> str:
    """Return a heading for looking up: without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", clean(text).casefold())
    plain = (
        "".join(one for one in plain if not unicodedata.combining(one)).replace("\u0142", "l").replace("\u00f8", "o")
    )
    return " ".join(re.sub(r"[^\w]+|_", " ", plain).split())
