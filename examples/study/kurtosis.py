"""Kurtosis of the weights of an ONNX file, each output's divided by the largest of it: what retraining does to their distribution."""

from array import array

from claims import Claim, table
from statistics_of import mean

_FLOAT = 1  # TensorProto.DataType
_SMALLEST = 64  # least number of weights of a matrix


def _fields(content):
    """Number, wire type and value of the fields of a protobuf message; values are whole numbers or bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = content[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(content):
        key = varint()
        kind = key & 7
        if kind == 0:
            yield key >> 3, kind, varint()
            continue
        size = {1: 8, 5: 4}.get(kind) or varint()
        yield key >> 3, kind, content[at:at + size]
        at += size


def _of(message, number):
    return [value for field, _, value in _fields(message) if field == number]


def _numbers(message, number):
    """Repeated whole numbers, packed or one by one."""
    found = []
    for field, kind, value in _fields(message):
        if field == number and kind == 0:
            found.append(value)
        elif field == number:
            at = 0
            while at < len(value):
                one = shift = 0
                while True:
                    byte = value[at]
                    at += 1
                    one |= (byte & 0x7F) << shift
                    shift += 7
                    if byte < 0x80:
                        break
                found.append(one)
    return found


def _outputs_last(node):
    """Whether a node multiplies by a matrix whose last axis counts its outputs."""
    operator = _of(node, 4)[0]
    if operator == b"Gemm":
        turned = [_of(a, 3) for a in _of(node, 5) if _of(a, 1) == [b"transB"]]
        return not (turned and turned[0] == [1])
    return operator == b"MatMul"


def matrices(path):
    """By name the outputs' weights of every matrix that a product, a convolution or a recurrent layer takes."""
    with open(path, "rb") as stream:
        graph = _of(stream.read(), 7)[0]
    users = {name.decode(): node for node in _of(graph, 1) if _of(node, 4)[0] in (b"Gemm", b"MatMul", b"Conv", b"LSTM", b"GRU", b"RNN") for name in _of(node, 1)[1:3]}
    found = {}
    for tensor in _of(graph, 5):
        name = _of(tensor, 8)[0].decode()
        shape = [d for d in _numbers(tensor, 1)]
        if name not in users or _of(tensor, 2) != [_FLOAT] or len(shape) < 2:
            continue
        raw = _of(tensor, 9)
        values = array("f", raw[0] if raw else b"".join(_of(tensor, 4)))
        if len(values) < _SMALLEST:
            continue
        if _outputs_last(users[name]):
            outputs = shape[-1]
            found[name] = [values[k::outputs] for k in range(outputs)]
        else:
            outputs = shape[1] if len(shape) == 3 and shape[0] <= 2 else shape[0]  # the first axis of a recurrent layer is that of its directions
            size = len(values) // outputs
            found[name] = [values[k * size:(k + 1) * size] for k in range(outputs)]
    return found


def kurtosis(values):
    """The fourth moment over the square of the second, about the mean: 3 for a normal distribution, 1.8 for a uniform one."""
    middle = sum(values) / len(values)
    second = sum((v - middle) ** 2 for v in values) / len(values)
    return sum((v - middle) ** 4 for v in values) / len(values) / second**2


def normalised_kurtosis(outputs):
    """Of the weights of a matrix, each output's divided by its largest magnitude."""
    scaled = []
    for weights in outputs:
        largest = max(abs(w) for w in weights)
        if largest > 0:
            scaled += [w / largest for w in weights]
    return kurtosis(scaled)


class Kurtosis(Claim):
    number = 11
    title = "Kurtosis of normalised weights"

    def pair(self, s):
        return s.train("fine-tuned in float", ["hardware.analog=false"]), s.train("on tiles")

    def jobs(self):
        return [job for s in self.study.subjects for job in self.pair(s)]

    def text(self):
        rows = []
        for s in self.study.subjects:
            tuned, aware = self.pair(s)
            if not self.done(aware):
                continue
            paths = [s.original.path] + [self.study.workshop.path(job) for job in (tuned, aware) if self.done(job)]
            files = [matrices(path) for path in paths]
            kurtoses = [{name: normalised_kurtosis(outputs) for name, outputs in file.items()} for file in files]
            shared = [name for name in kurtoses[0] if name in kurtoses[-1]]
            falls = sum(kurtoses[-1][name] < kurtoses[0][name] for name in shared)
            cells = [f"{mean([k[name] for name in shared]):.2f}" for k in kurtoses]
            if not self.done(tuned):
                cells.insert(1, "-")
            rows.append([s.name, *cells, f"{falls} of {len(shared)}"])
        return table(["network", "original", "fine-tuned in float", "retrained on tiles", "matrices in which it falls"], rows) if rows else None
