"""Five-fold cross-validation of the spoken digits: all 3000 clips, every fold with the same digits and speakers."""

import gzip
import os
import struct

FOLDS = 5
_PARTS = ("train", "test")  # the splits of the original files
_FILES = {"inputs": "logmel20x64-idx3-ubyte", "labels": "labels-idx1-ubyte", "speakers": "speakers-idx1-ubyte"}


def _read(path):
    """Shape and bytes of a gzipped IDX file of unsigned bytes."""
    with gzip.open(path) as stream:
        content = stream.read()
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is no IDX file of unsigned bytes")
    axes = content[3]
    begin = 4 + 4 * axes
    return struct.unpack(f">{axes}I", content[4:begin]), content[begin:]


def _write(path, shape, content):
    with open(path, "wb") as stream:
        stream.write(b"\0\0\x08" + bytes([len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + content)


def fold_of(labels, speakers, folds=FOLDS):
    """The fold of every clip: clips of one digit by one speaker are dealt out in turn, so that every fold has as many of each."""
    seen = {}
    dealt = []
    for key in zip(labels, speakers, strict=True):
        dealt.append(seen.get(key, 0) % folds)
        seen[key] = seen.get(key, 0) + 1
    return dealt


def write_folds(root, folder):
    """Writes the files of each fold and its description into `folder`. Returns the descriptions' paths. Fold k is tested on, the others are trained on."""
    os.makedirs(folder, exist_ok=True)
    clips, labels, speakers = [], b"", b""
    for part in _PARTS:
        read = {name: _read(os.path.join(root, "fsdd", f"{part}-{file}.gz")) for name, file in _FILES.items()}
        (count, *shape), content = read["inputs"]
        size = len(content) // count
        clips += [content[k * size:(k + 1) * size] for k in range(count)]
        labels += read["labels"][1]
        speakers += read["speakers"][1]
    folds = fold_of(labels, speakers)
    paths = []
    for fold in range(FOLDS):
        for name, inside in (("test", lambda f: f == fold), ("training", lambda f: f != fold)):
            chosen = [k for k, f in enumerate(folds) if inside(f)]
            _write(os.path.join(folder, f"fold{fold}-{name}-inputs"), (len(chosen), *shape), b"".join(clips[k] for k in chosen))
            _write(os.path.join(folder, f"fold{fold}-{name}-labels"), (len(chosen),), bytes(labels[k] for k in chosen))
        lines = [f"name: fsdd_fold{fold}", "metric: top1"]
        for name in ("test", "training"):
            lines += [f"{name}:", *(f"  {what}: fold{fold}-{name}-{what}" for what in ("inputs", "labels")), "  format: idx", f"  shape: {list(shape)}"]
        lines += ["scale:", "  divide: 64", "  mean: 1"]
        paths.append(os.path.join(folder, f"fold{fold}.yaml"))
        with open(paths[-1], "w") as stream:
            stream.write("\n".join(lines) + "\n")
    return paths
