"""Who signed is let in, and a byte off is not; whatever a stranger writes is a refusal and nothing else."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.sdk import (
    RawMessage,
    Refused,
    Secret,
    basic_auth,
    bearer,
    check_hmac,
    check_secret,
    check_stamped_hmac,
    check_standard_webhook,
    hmac_base64,
    hmac_hex,
    same,
    sign_standard_webhook,
    timestamp,
)

AT = datetime.fromtimestamp(1_614_265_330, UTC)
SECRET = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
OTHER = Secret("whsec_" + base64.b64encode(b"of another house, 24 by.").decode())
# From the specification's own library (standard-webhooks, MIT).
SIGNED = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
BODY = b'{"test": 2432232314}'


def message(headers: dict[str, str], body: bytes = BODY, at: datetime = AT) -> RawMessage:
    return RawMessage("POST", "", {}, headers, body, at)


def test_the_official_vector_is_proved_and_made() -> None:
    assert check_standard_webhook(message(SIGNED), [SECRET]) == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert sign_standard_webhook(SECRET, SIGNED["webhook-id"], AT, BODY) == SIGNED
    older = {name.replace("webhook", "svix"): value for name, value in SIGNED.items()}
    assert check_standard_webhook(message(older), [SECRET], prefix="svix") == SIGNED["webhook-id"]


def test_while_a_secret_is_replaced_both_are_accepted() -> None:
    assert check_standard_webhook(message(SIGNED), [OTHER, SECRET])
    several = {**SIGNED, "webhook-signature": "v1a,xyz v1,AAAA " + SIGNED["webhook-signature"]}
    assert check_standard_webhook(message(several), [SECRET])


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA="},
        {"webhook-signature": "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        {"webhook-signature": "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        {"webhook-signature": "v1,\udcff"},
        {"webhook-signature": ""},
        {"webhook-timestamp": "1614265331"},
        {"webhook-timestamp": "1614265330.0"},
        {"webhook-timestamp": "1.614265330e9"},
        {"webhook-timestamp": "٣"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": ""},
        {"webhook-id": ""},
        {"webhook-id": "msg_other"},
    ],
)
def test_a_message_that_differs_anywhere_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(Refused):
        check_standard_webhook(message({**SIGNED, **change}), [SECRET])


@pytest.mark.parametrize(("seconds", "good"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_five_minutes_either_way_and_no_more(seconds: int, good: bool) -> None:
    late = replace(message(SIGNED), received_at=AT + timedelta(seconds=seconds))
    if good:
        assert check_standard_webhook(late, [SECRET])
    else:
        with pytest.raises(Refused):
            check_standard_webhook(late, [SECRET])


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64!", "é"])
def test_a_secret_that_is_none_proves_nothing(secret: str) -> None:
    empty = sign_standard_webhook(Secret(""), "msg_1", AT, BODY)
    with pytest.raises(Refused):
        check_standard_webhook(message(empty), [Secret(secret)])
    with pytest.raises(Refused):
        check_standard_webhook(message(empty), [])


def test_an_hmac_in_hex_and_base64_under_any_of_the_secrets() -> None:
    # RFC 4231, test case 2.
    jefe = Secret("Jefe")
    body = b"what do ya want for nothing?"
    digest = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert hmac_hex(jefe, body) == digest
    check_hmac(digest.upper(), [Secret("old"), jefe], body)
    check_hmac(hmac_base64(jefe, body), [jefe], body, encoding="base64")
    for wrong in (digest[:-1] + "2", "", digest[:-1], digest + "0", "\udcff" * 64):
        with pytest.raises(Refused):
            check_hmac(wrong, [jefe], body)
    with pytest.raises(Refused):
        check_hmac(hmac_hex("", body), [Secret("")], body)


def test_secrets_tell_nothing_and_are_not_compared_by_chance() -> None:
    secret = Secret("harbour")
    assert "harbour" not in f"{secret} {secret!r} {[secret]}"
    with pytest.raises(TypeError):
        assert secret == "harbour"
    assert same("harbour", secret)
    assert not same("harbou", secret)
    assert not same("", Secret(""))
    check_secret("harbour", [Secret("seaside"), secret])
    with pytest.raises(Refused):
        check_secret("", [Secret("")])


def test_a_message_does_not_show_its_body_in_a_trace() -> None:
    assert repr(message({"authorization": "Bearer hush"}, b"hush")) == "RawMessage(POST /, 4 bytes)"


def test_basic_and_bearer() -> None:
    code = base64.b64encode(b"apaleo:pass:word").decode()
    assert basic_auth(message({"authorization": f"Basic {code}"})) == ("apaleo", "pass:word")
    assert bearer(message({"authorization": "Bearer abc"})) == "abc"
    assert bearer(message({"authorization": f"Basic {code}"})) == ""


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.binary(max_size=60))
def test_a_stranger_is_refused_whatever_they_write(first: str, second: str, third: str, body: bytes) -> None:
    headers = {"webhook-id": first, "webhook-timestamp": second, "webhook-signature": third, "authorization": first}
    heard = message(headers, body)
    for check in (
        lambda: check_standard_webhook(heard, [SECRET]),
        lambda: check_hmac(first, [SECRET], body),
        lambda: basic_auth(heard),
    ):
        with pytest.raises(Refused):
            check()


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1 ", "1_0", "0x1", "1e3", "²", "1" * 13])
def test_a_timestamp_is_digits(text: str) -> None:
    with pytest.raises(Refused):
        timestamp(text)


# From the tests of Stripe's own library (stripe-python, MIT), signed by that library.
STRIPE = Secret("whsec_test_secret")
STRIPE_BODY = (
    b'{\n  "id": "evt_test_webhook",\n  "object": "event",\n'
    b'  "data": { "object": { "id": "rdr_123", "object": "terminal.reader" } }\n}'
)
STRIPE_ONE = "t=12345,v1=07b1ede164afb7b5de91267ffa656f568c65d6e0783ce0ac55ee094643578eda"
STRIPE_TWO = "t=1700000000,v1=3bfab77baf5f7b6991a46c9b53b6547d7afc56148b10468fcad9f35c1992ffbd,v1=bad_signature"


def stamped(given: str, seconds: int, body: bytes = STRIPE_BODY, secrets: tuple[Secret, ...] = (STRIPE,)) -> datetime:
    at = datetime.fromtimestamp(seconds, UTC)
    return check_stamped_hmac(given, message({}, body, at), secrets)


def test_a_stamped_signature_is_proved_by_any_of_its_first_version() -> None:
    assert stamped(STRIPE_ONE, 12_345) == datetime.fromtimestamp(12_345, UTC)
    assert stamped(STRIPE_ONE, 12_645)
    assert stamped(STRIPE_TWO, 1_700_000_000)
    assert stamped(STRIPE_ONE, 12_345, secrets=(OTHER, STRIPE))
    assert stamped(STRIPE_ONE + ",v0=" + "0" * 64, 12_345)


@pytest.mark.parametrize(
    "given",
    [
        "", "i'm not even a real signature header", "t=12345", "v1=" + STRIPE_ONE[11:], STRIPE_ONE + ",t=12345",
        STRIPE_ONE.replace("v1", "v0"), STRIPE_ONE.replace("12345", "12346"), STRIPE_ONE[:-1], STRIPE_ONE + "0",
        STRIPE_ONE.replace("t=12345", "t=1e4"), STRIPE_ONE.replace("t=12345", "t=-12345"), "t=12345,v1=", "t=,v1=,",
    ],
)  # fmt: skip
def test_a_stamped_signature_that_proves_nothing_is_refused(given: str) -> None:
    with pytest.raises(Refused):
        stamped(given, 12_345)


def test_a_stamped_signature_is_over_the_body_the_secret_and_five_minutes() -> None:
    for call in (
        lambda: stamped(STRIPE_ONE, 12_345, STRIPE_BODY + b" "),
        lambda: stamped(STRIPE_ONE, 12_345, secrets=(OTHER,)),
        lambda: stamped(STRIPE_ONE, 12_345, secrets=(Secret(""),)),
        lambda: stamped(STRIPE_ONE, 12_345, secrets=()),
        lambda: stamped(STRIPE_ONE, 12_646),
        lambda: stamped(STRIPE_ONE, 12_044),
    ):
        with pytest.raises(Refused):
            call()
