"""The official values of RFC 4226 and RFC 6238, and what of a code is accepted."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.desk_code.totp import ALGORITHMS, hotp, house_key, matched, otpauth, step_at, step_start
from rewards.sdk import Secret

# RFC 6238, Appendix B: the seed is as long as the hash.
SEEDS = {
    "sha1": b"12345678901234567890",
    "sha256": b"12345678901234567890123456789012",
    "sha512": b"1234567890123456789012345678901234567890123456789012345678901234",
}
TIMES = (59, 1_111_111_109, 1_111_111_111, 1_234_567_890, 2_000_000_000, 20_000_000_000)
CODES = {
    "sha1": ("94287082", "07081804", "14050471", "89005924", "69279037", "65353130"),
    "sha256": ("46119246", "68084774", "67062674", "91819424", "90698825", "77737706"),
    "sha512": ("90693936", "25091201", "99943326", "93441116", "38618901", "47863826"),
}
VECTORS = [(algorithm, at, code) for algorithm in ALGORITHMS for at, code in zip(TIMES, CODES[algorithm], strict=True)]
# RFC 4226, Appendix D.
COUNTED = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489")


def at(seconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


@pytest.mark.parametrize(("algorithm", "seconds", "code"), VECTORS)
def test_the_eighteen_codes_of_rfc_6238(algorithm: str, seconds: int, code: str) -> None:
    step = step_at(at(seconds), 30)
    assert hotp(SEEDS[algorithm], step, digits=8, algorithm=algorithm) == code
    assert hotp(SEEDS[algorithm], step, algorithm=algorithm) == code[-6:]


@pytest.mark.parametrize(("counter", "code"), list(enumerate(COUNTED)))
def test_the_ten_codes_of_rfc_4226(counter: int, code: str) -> None:
    assert hotp(SEEDS["sha1"], counter) == code


@given(st.integers(min_value=0, max_value=2**33), st.sampled_from((15, 30, 120)))
def test_an_instant_lies_within_its_step(seconds: int, step_s: int) -> None:
    step = step_at(at(seconds), step_s)
    assert step_start(step, step_s) <= at(seconds) < step_start(step + 1, step_s)


@pytest.mark.parametrize(("away", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_good_in_its_step_and_in_those_beside_it(away: int, taken: bool) -> None:
    key, now = house_key(Secret("a secret"), "harbour", "sha1"), at(1_800_000_000)
    step = step_at(now, 30) + away
    assert (matched([key], hotp(key, step), now, 30, "sha1") == step) is taken


def test_either_key_opens_while_one_is_replaced_and_no_other() -> None:
    now = at(1_800_000_000)
    new, old, other = (house_key(Secret(text), "harbour", "sha1") for text in ("new", "old", "other"))
    step = step_at(now, 30)
    assert matched([new, old], hotp(old, step), now, 30, "sha1") == step
    assert matched([new, old], hotp(new, step), now, 30, "sha1") == step
    assert matched([new, old], hotp(other, step), now, 30, "sha1") is None


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_house_has_a_key_of_its_own_as_long_as_the_hash(algorithm: str) -> None:
    harbour, seaside = (house_key(Secret("a secret"), name, algorithm) for name in ("harbour", "seaside"))
    assert harbour != seaside
    assert len(harbour) == hashlib.new(algorithm).digest_size


def test_an_authenticator_reads_the_key_with_name_and_period() -> None:
    found = urlsplit(otpauth(SEEDS["sha1"], "Harbour Hotel", "harbour", 30, "sha1"))
    assert (found.scheme, found.netloc, found.path) == ("otpauth", "totp", "/Harbour%20Hotel%3Aharbour")
    assert parse_qs(found.query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": ["Harbour Hotel"], "algorithm": ["SHA1"],
        "digits": ["6"], "period": ["30"],
    }  # fmt: skip
