"""The language of an answer: what the caller prefers, of those we speak."""

from __future__ import annotations

from flask import request

LANGUAGES = ("en", "nl")


def preferred_language() -> str:
    """The first language of Accept-Language that we speak (`nl-BE` is Dutch), English where there is none."""
    for tag, quality in request.accept_languages:
        language = tag.partition("-")[0].lower()
        if language in LANGUAGES and quality > 0:
            return language
    return LANGUAGES[0]
