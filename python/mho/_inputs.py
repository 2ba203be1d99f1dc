"""Designs, networks and data: the inputs of a computation."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Union

from . import _native

if TYPE_CHECKING:
    import numpy
    import pandas

Setting = Union[bool, int, float, str]


def setting_text(value: Setting) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    # Numbers of numpy are converted too, so that all their digits are kept.
    return repr(float(value)) if isinstance(value, float) else str(value)


class Design:
    """A chip: Design(), Design("hermes"), Design("chip.yaml", {"tile.adc.bits": 6}, layers=["first=digital"]).

    `settings` are keys with values as --set takes them: numbers in the unit of the key, or texts with a unit ("40 ns").
    """

    def __init__(self, base: Union[str, Path, None] = None, settings: Optional[Mapping[str, Setting]] = None, layers: Sequence[str] = ()) -> None:
        self.base = None if base is None else str(base)
        self.settings: Dict[str, Setting] = dict(settings or {})
        self.layers: List[str] = list(layers)
        self._made: Any = None
        self.native  # errors are reported here, not at the first use of the design

    @property
    def native(self) -> "_native.Design":
        if self._made is None:
            self._made = _native.Design(self.base, [f"{key}={setting_text(value)}" for key, value in self.settings.items()], self.layers)
        return self._made

    def with_settings(self, settings: Mapping[str, Setting], layers: Sequence[str] = ()) -> "Design":
        """The same chip with other settings."""
        return Design(self.base, {**self.settings, **settings}, [*self.layers, *layers])

    @property
    def name(self) -> str:
        return self.native.name

    @property
    def hash(self) -> str:
        """Equal for equal chips, however they are written."""
        return self.native.hash

    def __getitem__(self, key: str) -> Setting:
        """The value of a key, in its unit."""
        if key not in _keys():
            raise KeyError(f"{key} is no key of a design; mho.keys() lists them")
        return self.native.value(key)

    def text(self) -> str:
        """A design file with what differs from the defaults."""
        return self.native.text()

    def words(self) -> List[str]:
        """As options of the command."""
        words = [] if self.base is None else ["--design", self.base]
        for key, value in self.settings.items():
            words += ["--set", f"{key}={setting_text(value)}"]
        for rule in self.layers:
            words += ["--layer", rule]
        return words

    def __repr__(self) -> str:
        return f"Design({self.name!r})"

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "_made": None}


_declared: Dict[str, Dict[str, Any]] = {}


def _keys() -> Dict[str, Dict[str, Any]]:
    if not _declared:
        _declared.update({entry["key"]: entry for entry in _native.declarations()})
    return _declared


def keys() -> "pandas.DataFrame":
    """Every key of a design: unit, default, what is legal, what it means, where it comes from."""
    import pandas

    return pandas.DataFrame(list(_keys().values())).set_index("key")


def designs() -> List[str]:
    """Names of the designs that come with mho."""
    return _native.designs()


class Data:
    """Samples with targets: Data("data.yaml"), Data("strokes"), or Data.from_arrays(inputs, labels)."""

    def __init__(self, description: Union[str, Path]) -> None:
        self.path = str(description)
        self._folder: Optional[tempfile.TemporaryDirectory] = None
        self._read: Any = None

    @classmethod
    def from_arrays(cls, inputs: "numpy.ndarray", labels: "numpy.ndarray", *, training: "Optional[tuple]" = None, name: str = "arrays",
                    metric: str = "top1") -> "Data":
        """Arrays of numpy: inputs [samples, ...], labels [samples]. `training` is such a pair, which sets the input ranges and is what retraining
        learns from. They are kept in a folder of their own as long as this object lives."""
        import json

        import numpy

        folder = tempfile.TemporaryDirectory(prefix="mho-data-")
        description: Dict[str, Any] = {"name": name, "metric": metric}
        for split, pair in (("test", (inputs, labels)), ("training", training)):
            if pair is None:
                continue
            description[split] = {"format": "npy"}
            for what, array in zip(("inputs", "labels"), pair):
                file = f"{split}_{what}.npy"
                kind = numpy.float32 if what == "inputs" or metric == "mse" else numpy.int64
                numpy.save(os.path.join(folder.name, file), numpy.ascontiguousarray(array, dtype=kind))
                description[split][what] = file
        path = os.path.join(folder.name, "data.yaml")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(description, file)  # every JSON document is YAML
        data = cls(path)
        data._folder = folder
        return data

    @property
    def native(self) -> "_native.Data":
        if self._read is None:
            self._read = _native.Data(self.path)
        return self._read

    @property
    def name(self) -> str:
        return self.native.name

    @property
    def sample_shape(self) -> List[int]:
        return self.native.sample_shape

    def __len__(self) -> int:
        return self.native.size

    def sample(self, index: int) -> "numpy.ndarray":
        """A sample of the test split as the network sees it: scaled."""
        return self.native.sample(index)

    def label(self, index: int) -> int:
        return self.native.label(index)

    def __repr__(self) -> str:
        return f"Data({self.path!r})"

    def __getstate__(self) -> Dict[str, Any]:
        if self._folder is not None:
            raise TypeError("data of arrays live in a folder of this process; save them and give the path of a data description to others")
        return {**self.__dict__, "_read": None}


class Network:
    """A trained network: Network("net.onnx"), Network(bytes), Network() for the built-in one.

    `data` gives dynamic axes their lengths; `scalars` are inputs of one number that are the same for every sample.
    """

    def __init__(self, source: Union[str, Path, bytes, None] = None, *, data: Optional[Data] = None, scalars: Optional[Mapping[str, float]] = None,
                 name: str = "network") -> None:
        self.is_default = source is None
        self.scalars = dict(scalars or {})
        self._data = data
        self._name = "strokes" if self.is_default else name
        self._bytes: Optional[bytes] = source if isinstance(source, bytes) else None
        self._path = None if source is None or isinstance(source, bytes) else str(source)
        self._folder: Optional[tempfile.TemporaryDirectory] = None
        self._read: Any = None

    @property
    def native(self) -> "_native.Network":
        if self._read is None:
            data = None if self._data is None else self._data.native
            if self._path is not None:
                self._read = _native.Network.from_file(self._path, data, self.scalars)
            else:
                self._read = _native.Network.from_bytes(self.bytes, self._name, data, self.scalars)
        return self._read

    @property
    def bytes(self) -> bytes:
        """The bytes of its ONNX file."""
        if self._bytes is not None:
            return self._bytes
        return _native.default_network_bytes() if self._path is None else Path(self._path).read_bytes()

    @property
    def path(self) -> str:
        """The path of its ONNX file. A network from bytes is written to a temporary file, which exists as long as this object."""
        if self._path is not None:
            return self._path
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="mho-network-")
            Path(self._folder.name, f"{self._name}.onnx").write_bytes(self.bytes)
        return os.path.join(self._folder.name, f"{self._name}.onnx")

    @property
    def name(self) -> str:
        return self.native.name

    @property
    def hash(self) -> str:
        return self.native.hash

    @property
    def weights(self) -> int:
        """Trained weights on tiles."""
        return self.native.weights

    @property
    def macs(self) -> int:
        """Multiply-accumulates on tiles per inference."""
        return self.native.macs

    def matrices(self) -> "pandas.DataFrame":
        """The matrices that lie on tiles."""
        import pandas

        return pandas.DataFrame(self.native.matrices())

    def words(self) -> List[str]:
        """As words and options of the command; the built-in network needs none."""
        words = [] if self.is_default else [self.path]
        for key, value in self.scalars.items():
            words += ["--scalar", f"{key}={value!r}"]
        return words

    def __repr__(self) -> str:
        return f"Network({'' if self.is_default else repr(self._path or self._name)})"

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "_read": None, "_folder": None}
