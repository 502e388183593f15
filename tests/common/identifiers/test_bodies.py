import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.identifiers import InvalidIdentifier, credit_code, make_credit_code
from common.identifiers.bodies import CREDIT_CODE_CHARSET

PUBLISHED = [
    "91110000600037341L",
    "91350100M000100Y43",
    "9144030071526726XG",
    "121200004013590816",
    "12100000400002259P",
    "11440100007482575H",
    "114403006939513773",
    "11440000MB2D0164XH",
    "11100000000013338W",
    "11420503087246977F",
    "91440101MA5CJMYA97",
    "11440000006939748G",
]
SYNTHETIC = [
    "11440507MB2X00012R",
    "11440507MB2X00020L",
    "11440507MB2X00039H",
    "11445281MB2X000470",
    "12440507MB2X000554",
    "91440507MA5X000148",
    "92440507MA5X000220",
    "93440507MA5X00030P",
    "52440507MJX0000180",
]

made = st.builds(
    lambda prefix, division, sequence: make_credit_code(prefix, division=division, sequence=sequence),
    st.sampled_from(["92", "91", "93", "11", "12", "52", "N2"]),
    st.sampled_from(["440507", "445281", "110105"]),
    st.integers(0, 31**6 - 1),
)


@pytest.mark.parametrize("code", PUBLISHED + SYNTHETIC)
def test_published_valid_codes(code: str) -> None:
    assert credit_code(code) == code


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91110000600037341N", "check"),
        ("91350100M000100Y4Z", "characters"),
        ("A1110000600037341L", "check"),
        ("9111000060003IOZSV", "characters"),
        ("91110000600037341", "length"),
        ("11440000006939748T", "check"),
        ("94110000600037341L", "form"),
        ("91A10000600037341L", "form"),
        ("", "length"),
    ],
)
def test_published_invalid_codes(code: str, reason: str) -> None:
    with pytest.raises(InvalidIdentifier) as caught:
        credit_code(code)
    assert caught.value.reason == reason
    assert caught.value.message.startswith("统一社会信用代码")


def test_how_people_type_it() -> None:
    assert credit_code(" 9111 0000 6000 3734 1l ") == "91110000600037341L"


@given(made)
def test_a_made_code_always_holds(code: str) -> None:
    assert credit_code(code) == code


@given(made, st.integers(0, 17), st.sampled_from(CREDIT_CODE_CHARSET))
def test_one_changed_character_is_caught(code: str, place: int, char: str) -> None:
    changed = code[:place] + char + code[place + 1 :]
    if changed == code:
        return
    with pytest.raises(InvalidIdentifier):
        credit_code(changed)


@given(st.integers(0, 31**6 - 1), st.integers(0, 31**6 - 1))
def test_two_sequences_never_give_one_code(first: int, second: int) -> None:
    codes = {make_credit_code("92", division="440507", sequence=number) for number in (first, second)}
    assert len(codes) == len({first, second})


@pytest.mark.parametrize("sequence", [-1, 31**6])
def test_a_sequence_that_does_not_fit_is_refused(sequence: int) -> None:
    with pytest.raises(ValueError, match="sequence"):
        make_credit_code("92", division="440507", sequence=sequence)
