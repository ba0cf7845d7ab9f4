"""`python -m bench [--quick] [ROOM …]`: measures, prints a table, and writes bench/results.jsonl."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from bench import dearest, digest, engine, http, publishing, storage
from bench.rows import Row

ROOMS: dict[str, Callable[[bool], list[Row]]] = {
    "engine": engine.run,
    "digest": digest.run,
    "dearest": dearest.run,
    "storage": storage.run,
    "publishing": publishing.run,
    "http": http.run,
}
RESULTS = Path(__file__).parent / "results.jsonl"


def main() -> None:
    """Measure what is asked; a row is written as soon as its room is done."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller data; figures are rough")
    parser.add_argument("rooms", nargs="*", choices=[[], *ROOMS], default=[])
    options = parser.parse_args()
    rows: list[Row] = []
    with RESULTS.open("w", encoding="utf-8") as stream:
        for name in options.rooms or ROOMS:
            for one in ROOMS[name](options.quick):
                rows.append(one)
                stream.write(json.dumps(one, ensure_ascii=False) + "\n")
                stream.flush()
                print(_line(one), flush=True)
    missed = [one for one in rows if one["holds"] is False]
    print(f"\n{len(rows)} measured, {len(missed)} below their bar; {RESULTS.name} holds them as JSON lines.")


def _line(one: Row) -> str:
    mark = {True: "holds", False: "MISSED", None: ""}[one["holds"]]  # type: ignore[index]
    return f"{one['goal']:>6}  {one['value']!s:>10}  {one['bar']:>10}  {mark:<7} {one['name']}"


if __name__ == "__main__":
    main()
