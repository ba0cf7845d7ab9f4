"""Where plugins are looked for: the bundle, an operator's folder, and the entry point group `rewards.sources`."""

from __future__ import annotations

import importlib.util
import logging
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from rewards.errors import NOT_FOUND, PLUGIN_INVALID, RewardsError
from rewards.paths import bundled
from rewards.pluginhost.manifest import Manifest, read_manifest
from rewards.sdk.files import FileSource
from rewards.sdk.sources import LiveSource

log = logging.getLogger("rewards.sources")

ENTRY_POINTS = "rewards.sources"
_NAMESPACE = "rewards_plugins"


@dataclass(slots=True)
class Found:
    """What a look around found: manifests by name, and by place what is wrong with a plugin that cannot be read."""

    manifests: dict[str, Manifest] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


def discover(operator_folder: str = "") -> dict[str, Manifest]:
    """Every plugin by name; one that cannot be read and two of one name are refused, naming the places."""
    found: dict[str, Manifest] = {}
    for folder in _folders(operator_folder):
        _add(found, read_manifest(folder))
    return found


def survey(operator_folder: str = "") -> Found:
    """Every plugin that can be read, and what is wrong with the others, which are logged and take nothing else down.

    Two of one name are refused: nobody could say which of them a message is for.
    """
    found = Found()
    for folder in _folders(operator_folder, found.broken):
        try:
            manifest = read_manifest(folder)
        except RewardsError as error:
            found.broken[str(folder)] = str(error)
            continue
        _add(found.manifests, manifest)
    for place, what in found.broken.items():
        log.error("the plugin at %s is left out: %s", place, what)
    return found


def _add(found: dict[str, Manifest], manifest: Manifest) -> None:
    twin = found.get(manifest.name)
    if twin is not None and twin.folder.resolve() == manifest.folder.resolve():
        return
    if twin is not None:
        raise RewardsError(
            PLUGIN_INVALID,
            f"Two plugins are called “{manifest.name}”: {twin.folder} and {manifest.folder}.",
            hint="Rename or remove one of them.",
        )
    found[manifest.name] = manifest


def _folders(operator_folder: str, broken: dict[str, str] | None = None) -> Iterable[Path]:
    """Where plugins lie. An entry point that names nothing is noted in `broken`, or refused where there is none."""
    roots = [bundled("plugins"), *([Path(operator_folder)] if operator_folder else [])]
    for root in roots:
        yield from sorted(path.parent for path in root.glob("*/plugin.toml"))
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        origin = _origin(point.value.partition(":")[0])
        if origin is not None:
            yield origin.parent
            continue
        message = f"The entry point {point.name} names {point.value}, which is not there."
        if broken is None:
            raise RewardsError(PLUGIN_INVALID, message)
        broken[f"entry point {point.name}"] = message


def _origin(module: str) -> Path | None:
    """Where a module lies; a package above it is run to find that out, and may fail."""
    try:
        spec = importlib.util.find_spec(module)
    except Exception:  # noqa: BLE001 - whatever a stranger's package raises, it is not there for us
        return None
    return Path(spec.origin) if spec is not None and spec.origin is not None else None


def load_file_source(name: str, operator_folder: str = "") -> FileSource:
    """The file source of a name, its code run now; `not_found` where there is none, `plugin_invalid` when it fails."""
    plugins = survey(operator_folder).manifests
    manifest = plugins.get(name)
    if manifest is None:
        raise RewardsError(NOT_FOUND, f"There is no source “{name}”.", hint=f"There are {', '.join(sorted(plugins))}.")
    module = load_module(manifest)
    source: FileSource = getattr(module, "file_source", None) or getattr(module, "source", None)  # type: ignore[assignment]
    if not all(callable(getattr(source, method, None)) for method in ("properties", "known", "rows")):
        raise RewardsError(PLUGIN_INVALID, f"{manifest.folder} offers no `source` with properties, known and rows.")
    return source


def load_live_source(manifest: Manifest) -> LiveSource:
    """The live source of a plugin, its code run now; `plugin_invalid` when it fails or offers none."""
    source = getattr(load_module(manifest), "source", None)
    if not isinstance(source, LiveSource):
        raise RewardsError(PLUGIN_INVALID, f"{manifest.folder} offers no `source` that is a LiveSource.")
    missing = [
        name
        for route in source.routes
        for name in (route.handler, route.key)
        if name and not callable(getattr(source, name, None))
    ]
    if missing:
        raise RewardsError(PLUGIN_INVALID, f"{manifest.folder} has a route whose method “{missing[0]}” is not there.")
    return source


def load_module(manifest: Manifest) -> ModuleType:
    """The plugin's module under a name of its own, so that no folder name can shadow a package."""
    module_name = f"{_NAMESPACE}.{manifest.name.replace('-', '_')}"
    code = manifest.folder / "__init__.py"
    loaded = sys.modules.get(module_name)
    if loaded is not None and loaded.__file__ == str(code):
        return loaded
    sys.modules.setdefault(_NAMESPACE, _namespace())
    spec = importlib.util.spec_from_file_location(module_name, code, submodule_search_locations=[str(manifest.folder)])
    if spec is None or spec.loader is None:
        raise RewardsError(PLUGIN_INVALID, f"{manifest.folder} has no __init__.py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[module_name]
        raise RewardsError(PLUGIN_INVALID, f"The plugin “{manifest.name}” fails to load: {error!r}.") from error
    return module


def _namespace() -> ModuleType:
    module = ModuleType(_NAMESPACE)
    module.__path__ = []
    return module
