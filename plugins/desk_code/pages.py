"""The pages: the screen in the lobby, the form behind its QR code, and what the form is answered. No file is loaded."""

from __future__ import annotations

import base64
import hashlib
from html import escape

import segno

from rewards.sdk import Answer

from .words import word

_STYLE = """
:root{color-scheme:light dark;font:1.125rem/1.5 system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center}
main{padding:1rem;text-align:center;max-width:32rem}
h1{font-size:1.5rem;margin:0 0 1rem}
.qr svg{width:min(60vmin,24rem);height:auto;background:#fff}
.code{font:700 3rem/1.2 ui-monospace,monospace;margin:.5rem 0}
.stale{display:none}
[data-stale] .qr,[data-stale] .code,[data-stale] .scan{display:none}
[data-stale] .stale{display:block}
form{display:grid;gap:.75rem;text-align:left}
label{display:grid;gap:.25rem}
input,button,a.button{font:inherit;padding:.6rem .75rem;min-height:2.75rem;box-sizing:border-box}
"""
_SCRIPT = """
(function(){
var main=document.querySelector("main");
function wait(seconds){setTimeout(look,seconds*1000+300)}
function look(){
fetch(location.href,{cache:"no-store"}).then(function(answer){if(!answer.ok)throw answer.status;return answer.text()})
.then(function(text){
var fresh=new DOMParser().parseFromString(text,"text/html").querySelector("main");
if(fresh.dataset.next){location.replace(fresh.dataset.next);return}
main.replaceWith(fresh);main=fresh;wait(+fresh.dataset.left)})
.catch(function(){main.dataset.stale="1";wait(5)})}
wait(+main.dataset.left)})();
"""


def _hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_POLICY = f"default-src 'none'; style-src {_hashed(_STYLE)}; base-uri 'none'; form-action 'self'"
_SCREEN_POLICY = f"{_POLICY}; script-src {_hashed(_SCRIPT)}; connect-src 'self'"
_FORM_POLICY = f"{_POLICY}; frame-ancestors 'none'"


def qr_svg(link: str, label: str) -> str:
    """A QR code on white as inline SVG, with a quiet zone of four modules and a name for those who do not see it."""
    made = segno.make(link, error="m", micro=False)
    drawn = made.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, title=label)
    return str(drawn).replace("<svg ", '<svg role="img" ', 1)


def screen(house: str, code: str, link: str, left_s: int, onward: str, language: str) -> Answer:
    """The lobby's screen: it asks for itself again when the code is over, with JavaScript or without.

    `onward` is the address it moves to, "" to stay: the one it has ends with the secret that is being replaced.
    """
    title = escape(word("title", language, house=house))
    moved = f' data-next="{escape(onward)}"' if onward else ""
    target = f";url={escape(onward)}" if onward else ""
    body = (
        f'<main data-left="{left_s}"{moved}><h1>{title}</h1>'
        f'<div class="qr">{qr_svg(link, word("qr", language))}</div>'
        f'<p class="code">{code[:3]} {code[3:]}</p><p class="scan">{escape(word("scan", language))}</p>'
        f'<p class="stale" role="status">{escape(word("stale", language))}</p></main><script>{_SCRIPT}</script>'
    )
    again = f'<noscript><meta http-equiv="refresh" content="{left_s + 1}{target}"></noscript>'
    return _page(title, body, language, 200, _SCREEN_POLICY, again)


def form(house: str, code: str, own_page: str, language: str, *, typed: bool, action: str) -> Answer:
    """The page behind the QR code or a tag: a card's number and the code, or the way to the guest's own page."""
    title = escape(word("title", language, house=house))
    parts = [f"<main><h1>{title}</h1>"]
    if own_page:
        parts.append(f'<p><a class="button" href="{escape(own_page)}">{escape(word("own_page", language))}</a></p>')
    if typed:
        parts.append(
            f'<form method="post" action="{escape(action)}">'
            f'<label>{escape(word("card", language))}<input name="guest" required maxlength="100" '
            f'autocomplete="off"></label><label>{escape(word("code", language))}<input name="code" required '
            f'maxlength="20" inputmode="numeric" autocomplete="one-time-code" value="{escape(code)}"></label>'
            f"<button>{escape(word('send', language))}</button></form>"
        )
    return _page(title, f"{''.join(parts)}</main>", language, 200, _FORM_POLICY)


def said(text: str, language: str, status: int, back: str = "") -> Answer:
    """A page with one sentence, and a way back where there is one."""
    link = f'<p><a class="button" href="{escape(back)}">{escape(word("back", language))}</a></p>' if back else ""
    body = f'<main><p role="status">{escape(text)}</p>{link}</main>'
    return _page(escape(text), body, language, status, _FORM_POLICY)


def _page(title: str, body: str, language: str, status: int, policy: str, head: str = "") -> Answer:
    text = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">{head}<style>{_STYLE}</style></head>'
        f"<body>{body}</body></html>"
    )
    headers = {
        "Cache-Control": "no-store", "Content-Security-Policy": policy, "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex",
    }  # fmt: skip
    return Answer(status, text.encode(), "text/html; charset=utf-8", headers)
