"""Writes ONNX files with the standard library alone.

ONNX is a protobuf format. On the wire a message is a row of fields: a key (field number and kind of content) and the content, which is an integer of
variable length, four bytes, or a length and as many bytes (texts, nested messages). The numbers below are those of onnx.proto.
"""

import array
import os
import random
import statistics
import struct
import sys

FLOAT, INT64, BOOL = 1, 7, 9  # TensorProto.DataType
LARGEST_FILE = 2**31 - 1  # protobuf's limit for one message
EXTERNAL_FROM = 1024  # bytes; smaller tensors stay in the file, because readers need shapes and axes from it
EXTERNAL_ALIGNMENT = 4096


def varint(value):
    """Seven bits a byte, lowest first, the highest bit of a byte says that more follow; negative numbers are 64-bit two's complement."""
    value &= 2**64 - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def integer(field, value):
    return varint(field << 3) + varint(value)


def single(field, value):
    return varint(field << 3 | 5) + struct.pack("<f", value)


def opening(field, length):
    return varint(field << 3 | 2) + varint(length)


def nested(field, content):
    content = content.encode() if isinstance(content, str) else content
    return opening(field, len(content)) + content


def attribute(name, value):
    """AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20."""
    if isinstance(value, float):
        content = single(2, value) + integer(20, 1)
    elif isinstance(value, int):
        content = integer(3, value) + integer(20, 2)
    elif isinstance(value, str):
        content = nested(4, value) + integer(20, 3)
    else:
        content = b"".join(integer(8, v) for v in value) + integer(20, 7)
    return nested(1, name) + content


def value_info(name, data_type, shape):
    """ValueInfoProto: name 1, type 2 (tensor_type 1 (elem_type 1, shape 2 (dim 1 (dim_value 1, dim_param 2)))). A text is a symbolic length."""
    dims = b"".join(nested(1, nested(2, d) if isinstance(d, str) else integer(1, d)) for d in shape)
    return nested(1, name) + nested(2, nested(1, integer(1, data_type) + nested(2, dims)))


def element_count(shape):
    count = 1
    for length in shape:
        count *= length
    return count


def packed(code, values):
    """Numbers as little-endian bytes; `code` as in the module array."""
    numbers = array.array(code, values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


class Normal:
    """Normal numbers by the million: 16 random bits pick one of 65536 quantiles. A tensor's numbers depend on the seed and its name alone."""

    PIECE = 1 << 20

    def __init__(self, seed):
        self.seed = seed
        normal = statistics.NormalDist()
        self.quantiles = [normal.inv_cdf((i + 0.5) / 65536) for i in range(65536)]
        self.tables = {}

    def pieces(self, name, count, deviation, mean=0.0):
        """The bytes of `count` float32, piece by piece."""
        if (deviation, mean) not in self.tables:
            self.tables[deviation, mean] = [mean + deviation * z for z in self.quantiles]
        table = self.tables[deviation, mean]
        source = random.Random(f"{self.seed}/{name}")
        while count > 0:
            now = min(count, self.PIECE)
            picks = array.array("H", source.randbytes(2 * now))
            if sys.byteorder == "big":
                picks.byteswap()
            yield packed("f", map(table.__getitem__, picks))
            count -= now


class Tensor:
    """TensorProto: dims 1, data_type 2, name 8, raw_data 9, external_data 13 (key 1, value 2), data_location 14."""

    def __init__(self, name, data_type, shape, size, content):
        self.name, self.size, self.data_type, self.shape = name, size, data_type, shape
        self.content = content  # a function that yields the bytes in pieces
        self.head = b"".join(integer(1, length) for length in shape) + integer(2, data_type) + nested(8, name)

    def pieces(self):
        """Inside the file."""
        yield opening(5, len(self.head) + len(opening(9, self.size)) + self.size) + self.head + opening(9, self.size)
        yield from self.content()

    def length(self):
        inside = len(self.head) + len(opening(9, self.size)) + self.size
        return len(opening(5, inside)) + inside

    def reference(self, location, offset):
        """To bytes in another file."""
        entries = {"location": location, "offset": str(offset), "length": str(self.size)}
        return nested(5, self.head + b"".join(nested(13, nested(1, k) + nested(2, v)) for k, v in entries.items()) + integer(14, 1))


class Graph:
    """Nodes and tensors of one network in the order they are added."""

    def __init__(self, name, seed):
        self.name, self.normal = name, Normal(seed)
        self.nodes, self.tensors, self.names = [], {}, {}
        self.inputs = self.outputs = b""
        self.parameters = 0  # number of trained parameters, as counted in publications

    def node(self, op, inputs, outputs=1, **attributes):
        """Adds a node (NodeProto: input 1, output 2, name 3, op_type 4, attribute 5); returns the name of its output, or of each."""
        self.names[op] = self.names.get(op, 0) + 1
        name = f"{op}_{self.names[op]}"
        made = [name] if outputs == 1 else [f"{name}.{i}" for i in range(outputs)]
        content = b"".join(nested(1, i) for i in inputs) + b"".join(nested(2, o) for o in made) + nested(3, name) + nested(4, op)
        self.nodes.append(nested(1, content + b"".join(nested(5, attribute(k, v)) for k, v in attributes.items())))
        return made[0] if outputs == 1 else made

    def weights(self, name, shape, deviation, mean=0.0, trained=True):
        """A tensor of random numbers. Asked for twice, as by layers that share it, it is the same tensor."""
        if name not in self.tensors:
            count = element_count(shape)
            self.parameters += count if trained else 0
            self.tensors[name] = Tensor(name, FLOAT, shape, 4 * count, lambda: self.normal.pieces(name, count, deviation, mean))
        return name

    def constant(self, name, data_type, shape, content):
        self.tensors.setdefault(name, Tensor(name, data_type, shape, len(content), lambda: [content]))
        return name

    def number(self, value):
        return self.constant(f"number_{value:g}", FLOAT, [], packed("f", [value]))

    def integers(self, values):
        return self.constant("integers_" + "_".join(map(str, values)), INT64, [len(values)], packed("q", values))

    def input(self, name, data_type, shape):
        self.inputs += nested(11, value_info(name, data_type, shape))
        return name

    def output(self, name, shape):
        self.outputs += nested(12, value_info(name, FLOAT, shape))

    def leave_out_weights(self):
        """Weights become inputs of the graph, which have a shape and no numbers."""
        for tensor in [t for t in self.tensors.values() if t.data_type == FLOAT and t.shape]:
            self.input(tensor.name, tensor.data_type, tensor.shape)
            del self.tensors[tensor.name]

    def write(self, path, external):
        """GraphProto: node 1, name 2, initializer 5, input 11, output 12. ModelProto: ir_version 1, producer 2, graph 7, opset_import 8 (version 2)."""
        outside = [t for t in self.tensors.values() if external and t.size >= EXTERNAL_FROM]
        inside = [t for t in self.tensors.values() if t not in outside]
        location, offset, references = os.path.basename(path) + ".data", 0, []
        for tensor in outside:
            references.append((tensor, offset))
            offset += -(-tensor.size // EXTERNAL_ALIGNMENT) * EXTERNAL_ALIGNMENT
        rest = b"".join(self.nodes) + nested(2, self.name) + self.inputs + self.outputs
        rest += b"".join(tensor.reference(location, at) for tensor, at in references)
        length = len(rest) + sum(tensor.length() for tensor in inside)
        head = integer(1, 8) + nested(2, "mho write_network.py") + nested(8, nested(1, "") + integer(2, 17)) + opening(7, length)
        if len(head) + length > LARGEST_FILE:
            raise ValueError(
                f"{path} would have {(len(head) + length) / 2**30:.1f} GiB, and an ONNX file has at most 2 GiB; put the weights beside it with --external"
            )
        with open(path, "wb") as file:
            file.write(head + rest)
            for tensor in inside:
                file.writelines(tensor.pieces())
        if external:
            with open(path + ".data", "wb") as file:
                for tensor, at in references:
                    file.write(bytes(at - file.tell()))
                    file.writelines(tensor.content())


def write_npy(path, code, shape, pieces):
    """NumPy .npy, version 1: magic, length of the header, header padded so that the data begins at a multiple of 64 bytes."""
    header = f"{{'descr': '{code}', 'fortran_order': False, 'shape': ({', '.join(map(str, shape))},), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.writelines(pieces)
