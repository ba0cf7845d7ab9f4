"""Where plugins are looked for: the bundle, an operator's folder, and the entry point group `rewards.sources`."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from rewards.errors import NOT_FOUND, PLUGIN_INVALID, RewardsError
from rewards.paths import bundled
from rewards.pluginhost.manifest import Manifest, read_manifest
from rewards.sdk.files import FileSource

ENTRY_POINTS = "rewards.sources"
_NAMESPACE = "rewards_plugins"


def discover(operator_folder: str = "") -> dict[str, Manifest]:
    """Every plugin by name; two of one name refuse to start, naming both places."""
    found: dict[str, Manifest] = {}
    for folder in _folders(operator_folder):
        manifest = read_manifest(folder)
        twin = found.get(manifest.name)
        if twin is not None:
            raise RewardsError(
                PLUGIN_INVALID,
                f"Two plugins are called “{manifest.name}”: {twin.folder} and {folder}.",
                hint="Rename or remove one of them.",
            )
        found[manifest.name] = manifest
    return found


def _folders(operator_folder: str) -> Iterable[Path]:
    roots = [bundled("plugins"), *([Path(operator_folder)] if operator_folder else [])]
    for root in roots:
        yield from sorted(path.parent for path in root.glob("*/plugin.toml"))
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        spec = importlib.util.find_spec(point.value.partition(":")[0])
        if spec is None or spec.origin is None:
            raise RewardsError(PLUGIN_INVALID, f"The entry point {point.name} names {point.value}, which is not there.")
        yield Path(spec.origin).parent


def load_file_source(name: str, operator_folder: str = "") -> FileSource:
    """The file source of a name, its code run now; `not_found` where there is none, `plugin_invalid` when it fails."""
    plugins = discover(operator_folder)
    manifest = plugins.get(name)
    if manifest is None:
        raise RewardsError(NOT_FOUND, f"There is no source “{name}”.", hint=f"There are {', '.join(sorted(plugins))}.")
    source: FileSource = getattr(_load(manifest), "source", None)  # type: ignore[assignment]
    if not all(callable(getattr(source, method, None)) for method in ("properties", "known", "rows")):
        raise RewardsError(PLUGIN_INVALID, f"{manifest.folder} offers no `source` with properties, known and rows.")
    return source


def _load(manifest: Manifest) -> ModuleType:
    """The plugin's module under a name of its own, so that no folder name can shadow a package."""
    module_name = f"{_NAMESPACE}.{manifest.name.replace('-', '_')}"
    if module_name in sys.modules:
        return sys.modules[module_name]
    sys.modules.setdefault(_NAMESPACE, _namespace())
    spec = importlib.util.spec_from_file_location(
        module_name, manifest.folder / "__init__.py", submodule_search_locations=[str(manifest.folder)]
    )
    if spec is None or spec.loader is None:
        raise RewardsError(PLUGIN_INVALID, f"{manifest.folder} has no __init__.py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[module_name]
        raise RewardsError(PLUGIN_INVALID, f"The plugin “{manifest.name}” fails to load: {error!r}.") from error
    return module


def _namespace() -> ModuleType:
    module = ModuleType(_NAMESPACE)
    module.__path__ = []
    return module
