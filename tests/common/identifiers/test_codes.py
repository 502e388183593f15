import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from common.identifiers import (
    InvalidIdentifier,
    certificate_identifier,
    make_certificate_identifier,
    matter_code,
    type_code,
)

ROOT = "1.2.156.3005.2"
CAPITALS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize(
    ("code", "body", "level", "kind", "main", "sub", "item"),
    [
        ("11440100007482575H3440118009000", "11440100007482575H", "3", "01", "18009", "000", ""),
        ("11440000MB2D0164XH2440289876000", "11440000MB2D0164XH", "2", "02", "89876", "000", ""),
        ("12441500196720244T3442199806003", "12441500196720244T", "3", "21", "99806", "003", ""),
        ("114403006939513773344201505200802", "114403006939513773", "3", "20", "15052", "008", "02"),
        ("11440300MB2D0722464440127028001", "11440300MB2D072246", "4", "01", "27028", "001", ""),
        ("11440507MB2X00012R4440131001000", "11440507MB2X00012R", "4", "01", "31001", "000", ""),
        ("11440507MB2X00012R444013100100001", "11440507MB2X00012R", "4", "01", "31001", "000", "01"),
        ("11440507MB2X00012R4440511001001", "11440507MB2X00012R", "4", "05", "11001", "001", ""),
        ("11440507MB2X00012R4442014001000", "11440507MB2X00012R", "4", "20", "14001", "000", ""),
        ("440131001000", "", "", "01", "31001", "000", ""),
        ("44013100100Y", "", "", "01", "31001", "00Y", ""),
    ],
)
def test_published_matter_codes(
    code: str, body: str, level: str, kind: str, main: str, sub: str, item: str
) -> None:
    found = matter_code(code)
    parts = (
        found.text,
        found.body,
        found.level,
        found.catalogue,
        found.type,
        found.main,
        found.sub,
        found.item,
    )
    assert parts == (code, body, level, "44", kind, main, sub, item)
    assert found.base == "44" + kind + main + sub
    assert found.warnings == ()


def test_a_wrong_credit_code_inside_warns_and_is_not_refused() -> None:
    found = matter_code("11440000006939748T3440119003000")
    assert found.body == "11440000006939748T"
    assert len(found.warnings) == 1
    assert "11440000006939748T" in found.warnings[0]


@pytest.mark.parametrize(
    "code",
    [
        "11440100007482575H344011800900",
        "11440100007482575H0440118009000",
        "11440100007482575H8440118009000",
        "11440100007482575H3449918009000",
        "11440100007482575H34401180090A1",
        "11440100007482575H344011800900000",
        "11440100007482575h3440118009000",
        "11440100007482575H34401I8009000",
        "",
    ],
    ids=["30", "level 0", "level 8", "type 99", "sub 0A1", "item 00", "lower case", "letter I", "empty"],
)
def test_invalid_matter_codes(code: str) -> None:
    with pytest.raises(InvalidIdentifier) as caught:
        matter_code(code)
    assert caught.value.message.startswith("事项编码")


CERTIFICATES = [
    f"{ROOT}.11100000000013338W011.11430000006122244L.20230000403.001.U",
    f"{ROOT}.11100000000013338W032.11220000013544541J.2430599.001.F",
    f"{ROOT}.11440507MB2X00012R001.11440507MB2X00012R.LH202600000001.001.O",
    f"{ROOT}.11440507MB2X00012R002.11440507MB2X00012R.LH202600000002.001.5",
    f"{ROOT}.11440507MB2X00012R001.11440507MB2X00012R.LH202600000001.002.M",
]


@pytest.mark.parametrize("text", CERTIFICATES)
def test_published_certificate_identifiers(text: str) -> None:
    found = certificate_identifier(text)
    again = make_certificate_identifier(
        found.type_code, issuer=found.issuer, serial=found.serial, version=found.version
    )
    assert found.text == again == text


@pytest.mark.parametrize(
    "text",
    [
        f"{ROOT}.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M",
        f"{ROOT}.11100000000013338W011.11430000006122244L.20230000403.001.T",
        f"{ROOT}.11100000000013338W011.11430000006122244L.2023_0000403.001.U",
        f"{ROOT}.11100000000013338W011.11430000006122244L.2023-0000403.001.U",
        f"{ROOT}.11100000000013338W011.11430000006122244L.证20230000403.001.U",
        f"{ROOT}.11100000000013338W011.11430000006122244l.20230000403.001.U",
        f"{ROOT}.11100000000013338W011.11430000006122244L.20230000403.1.U",
        f"{ROOT}.11100000000013338W011.11430000006122244L.20230000403.000.U",
        "11100000000013338W011.11430000006122244L.20230000403.001.U",
        "",
    ],
)
def test_invalid_certificate_identifiers(text: str) -> None:
    with pytest.raises(InvalidIdentifier) as caught:
        certificate_identifier(text)
    assert "电子证照标识" in caught.value.message


def test_the_published_sample_with_a_wrong_check_should_end_in_d() -> None:
    text = f"{ROOT}.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.D"
    assert certificate_identifier(text).serial == "209FA4E88F9E4C878F3E9BED2CE7EA49"


def test_the_generic_vector() -> None:
    assert mod_37_36.calc_check_digit("A12425GABC1234002") == "M"


@given(st.text(CAPITALS, min_size=1, max_size=20), st.integers(1, 999))
def test_a_made_identifier_always_holds(serial: str, version: int) -> None:
    made = make_certificate_identifier(
        "11440507MB2X00012R001", issuer="11440507MB2X00012R", serial=serial, version=version
    )
    found = certificate_identifier(made)
    assert (found.serial, found.version) == (serial, version)


@given(st.sampled_from(CERTIFICATES), st.data())
def test_one_changed_character_is_caught(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(len(ROOT) + 1, len(text) - 1))
    changed = text[:place] + data.draw(st.sampled_from(CAPITALS)) + text[place + 1 :]
    if changed == text or text[place] == ".":
        return
    with pytest.raises(InvalidIdentifier):
        certificate_identifier(changed)


@pytest.mark.parametrize(
    ("serial", "version"), [("证001", 1), ("a", 1), ("", 1), ("A", 0), ("A", 1000), ("A_B", 1)]
)
def test_no_identifier_is_made_from_what_does_not_fit(serial: str, version: int) -> None:
    with pytest.raises(InvalidIdentifier):
        make_certificate_identifier(
            "11440507MB2X00012R001", issuer="11440507MB2X00012R", serial=serial, version=version
        )


def test_type_codes() -> None:
    assert type_code(" 11100000000013338W011 ") == "11100000000013338W011"
    for wrong in ("11100000000013338W01", "11100000000013338W01A", "11100000000013338I011", ""):
        with pytest.raises(InvalidIdentifier):
            type_code(wrong)


@given(serial=st.from_regex(r"[0-9A-Z]{1,40}", fullmatch=True), version=st.integers(1, 999))
def test_the_check_character_is_that_of_the_standard_library_of_numbers(serial: str, version: int) -> None:
    made = make_certificate_identifier(
        "11440507MB2X00012R901", issuer="11440507MB2X00012R", serial=serial, version=version
    )
    body = f"11440507MB2X00012R90111440507MB2X00012R{serial}{version:03d}"
    assert made.endswith(f".{mod_37_36.calc_check_digit(body)}")
    assert certificate_identifier(made).serial == serial
