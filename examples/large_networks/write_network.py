#!/usr/bin/env python3
"""Writes networks of the usual large shapes, with random weights, as ONNX files: see README.md beside this file."""

import argparse
import math
import os
import random
import sys

sys.dont_write_bytecode = True  # nothing of ours in the source folder
import onnx_file as onnx  # noqa: E402

BIAS = 0.02
HEAD = 64  # width of one attention head in every network here


# Convolutional networks


def normalise(graph, x, name, channels, gain=1.0):
    parts = [("weight", gain, True), ("bias", 0.0, True), ("running_mean", 0.0, False), ("running_var", 1.0, False)]
    parameters = [graph.weights(f"{name}.{part}", [channels], 0.1 * (mean or 1), mean, trained) for part, mean, trained in parts]
    return graph.node("BatchNormalization", [x, *parameters], epsilon=1e-5)


def convolution(graph, options, x, name, channels, outputs, kernel, stride=1, gain=1.0, groups=1, normalised=True):
    """Convolution without bias and batch normalisation. `gain` is that of the normalisation."""
    deviation = math.sqrt(2 / (channels // groups * kernel * kernel))
    fold = options.fold_batch_norm and normalised
    inputs = [x, graph.weights(name + ".weight", [outputs, channels // groups, kernel, kernel], deviation * (gain if fold else 1))]
    if fold:
        inputs.append(graph.weights(name + ".bias", [outputs], 0.1))
        graph.parameters += outputs  # the scale, which is folded into the kernel
    pads = [kernel // 2] * 4
    x = graph.node("Conv", inputs, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=pads, dilations=[1, 1], group=groups)
    if fold or not normalised:
        return x
    return normalise(graph, x, name + ".bn", outputs, gain)


def classify_pixels(graph, x, channels, classes):
    """Mean over all pixels and a fully connected layer."""
    x = graph.node("Flatten", [graph.node("GlobalAveragePool", [x])], axis=1)
    weight, bias = graph.weights("fc.weight", [classes, channels], 1 / math.sqrt(channels)), graph.weights("fc.bias", [classes], BIAS)
    graph.output(graph.node("Gemm", [x, weight, bias], transB=1), ["batch", classes])
    return classes


def resnet(graph, options, blocks, bottleneck):
    """ResNet for ImageNet, version 1.5: the stride of a bottleneck is in its 3x3 convolution."""
    side, width, classes = options.image or 224, options.width or 64, options.classes or 1000
    expansion = 4 if bottleneck else 1
    x = graph.input("images", onnx.FLOAT, ["batch", 3, side, side])
    x = graph.node("Relu", [convolution(graph, options, x, "conv1", 3, width, 7, 2)])
    x = graph.node("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    channels = width
    for stage, count in enumerate(blocks):
        planes = width << stage
        for block in range(min(count, options.layers or count)):
            name, stride = f"layer{stage + 1}.{block}", 2 if stage > 0 and block == 0 else 1
            outputs = planes * expansion
            # The residual branch is scaled down, so that the sum stays of order one over many blocks.
            if bottleneck:
                y = graph.node("Relu", [convolution(graph, options, x, name + ".conv1", channels, planes, 1)])
                y = graph.node("Relu", [convolution(graph, options, y, name + ".conv2", planes, planes, 3, stride)])
                y = convolution(graph, options, y, name + ".conv3", planes, outputs, 1, gain=0.3)
            else:
                y = graph.node("Relu", [convolution(graph, options, x, name + ".conv1", channels, planes, 3, stride)])
                y = convolution(graph, options, y, name + ".conv2", planes, planes, 3, gain=0.3)
            if stride != 1 or channels != outputs:
                x = convolution(graph, options, x, name + ".downsample", channels, outputs, 1, stride)
            x = graph.node("Relu", [graph.node("Add", [y, x])])
            channels = outputs
    return classify_pixels(graph, x, channels, classes)


def small_resnet(graph, options, blocks):
    """ResNet for CIFAR-10 of 6 `blocks` + 2 layers. Where channels double, the short cut takes every other pixel and zeros for the new channels."""
    side, width, classes = options.image or 32, options.width or 16, options.classes or 10
    x = graph.input("images", onnx.FLOAT, ["batch", 3, side, side])
    x = graph.node("Relu", [convolution(graph, options, x, "conv1", 3, width, 3)])
    channels = width
    for stage in range(3):
        planes = width << stage
        for block in range(min(blocks, options.layers or blocks)):
            name, stride = f"layer{stage + 1}.{block}", 2 if stage > 0 and block == 0 else 1
            y = graph.node("Relu", [convolution(graph, options, x, name + ".conv1", channels, planes, 3, stride)])
            y = convolution(graph, options, y, name + ".conv2", planes, planes, 3, gain=0.3)
            if stride != 1:
                x = graph.node("MaxPool", [x], kernel_shape=[1, 1], strides=[2, 2])
                half = (planes - channels) // 2
                x = graph.node("Pad", [x, graph.integers([0, half, 0, 0, 0, half, 0, 0])])
            x = graph.node("Relu", [graph.node("Add", [y, x])])
            channels = planes
    return classify_pixels(graph, x, channels, classes)


def densenet(graph, options, blocks, growth=32):
    """DenseNet for ImageNet: normalisation and activation stand before the convolutions, each layer reads what all before it in its block made."""
    side, channels, classes = options.image or 224, options.width or 64, options.classes or 1000
    x = graph.input("images", onnx.FLOAT, ["batch", 3, side, side])
    x = graph.node("Relu", [convolution(graph, options, x, "conv0", 3, channels, 7, 2)])
    x = graph.node("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    for stage, count in enumerate(blocks):
        for layer in range(min(count, options.layers or count)):
            name = f"block{stage + 1}.{layer}"
            y = graph.node("Relu", [normalise(graph, x, name + ".norm1", channels)])
            y = graph.node("Relu", [convolution(graph, options, y, name + ".conv1", channels, 4 * growth, 1)])
            y = convolution(graph, options, y, name + ".conv2", 4 * growth, growth, 3, normalised=False)
            x = graph.node("Concat", [x, y], axis=1)
            channels += growth
        x = graph.node("Relu", [normalise(graph, x, f"norm{stage + 1}", channels)])
        if stage + 1 < len(blocks):
            x = convolution(graph, options, x, f"transition{stage + 1}", channels, channels // 2, 1, normalised=False)
            x = graph.node("AveragePool", [x], kernel_shape=[2, 2], strides=[2, 2])
            channels //= 2
    return classify_pixels(graph, x, channels, classes)


def mobilenet(graph, options):
    """MobileNetV2 for ImageNet, width 1."""
    side, channels, classes = options.image or 224, 32, options.classes or 1000

    def clipped(x):
        return graph.node("Clip", [x, graph.number(0), graph.number(6)])

    x = graph.input("images", onnx.FLOAT, ["batch", 3, side, side])
    x = clipped(convolution(graph, options, x, "conv0", 3, channels, 3, 2))
    shape = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for stage, (expansion, width, count, first_stride) in enumerate(shape):
        for block in range(min(count, options.layers or count)):
            name, stride, inner = f"stage{stage + 1}.{block}", first_stride if block == 0 else 1, channels * expansion
            y = x
            if expansion > 1:
                y = clipped(convolution(graph, options, y, name + ".expand", channels, inner, 1))
            y = clipped(convolution(graph, options, y, name + ".depthwise", inner, inner, 3, stride, groups=inner))
            y = convolution(graph, options, y, name + ".project", inner, width, 1, gain=0.3 if stride == 1 and channels == width else 1.0)
            x = graph.node("Add", [y, x]) if stride == 1 and channels == width else y
            channels = width
    x = clipped(convolution(graph, options, x, "conv_last", channels, 1280, 1))
    return classify_pixels(graph, x, 1280, classes)


# Transformers


def linear(graph, x, name, inputs, outputs, gain=1.0):
    """A product with trained weights over the last axis, as exporters write it for tensors of three axes: MatMul, then Add."""
    product = graph.node("MatMul", [x, graph.weights(name + ".weight", [inputs, outputs], gain / math.sqrt(inputs))])
    return graph.node("Add", [product, graph.weights(name + ".bias", [outputs], BIAS)])


def layer_norm(graph, options, x, name, width, epsilon):
    scale, shift = graph.weights(name + ".weight", [width], 0.1, 1.0), graph.weights(name + ".bias", [width], 0.1)
    if not options.primitive_norm:
        return graph.node("LayerNormalization", [x, scale, shift], axis=-1, epsilon=epsilon)
    centred = graph.node("Sub", [x, graph.node("ReduceMean", [x], axes=[-1], keepdims=1)])
    variance = graph.node("ReduceMean", [graph.node("Pow", [centred, graph.number(2)])], axes=[-1], keepdims=1)
    deviation = graph.node("Sqrt", [graph.node("Add", [variance, graph.number(epsilon)])])
    return graph.node("Add", [graph.node("Mul", [graph.node("Div", [centred, deviation]), scale]), shift])


def gelu_erf(graph, x):
    y = graph.node("Erf", [graph.node("Div", [x, graph.number(math.sqrt(2))])])
    return graph.node("Mul", [graph.node("Mul", [x, graph.node("Add", [y, graph.number(1)])]), graph.number(0.5)])


def gelu_tanh(graph, x):
    cubic = graph.node("Mul", [graph.node("Pow", [x, graph.number(3)]), graph.number(0.044715)])
    inner = graph.node("Mul", [graph.node("Add", [x, cubic]), graph.number(math.sqrt(2 / math.pi))])
    outer = graph.node("Add", [graph.node("Tanh", [inner]), graph.number(1)])
    return graph.node("Mul", [graph.node("Mul", [x, graph.number(0.5)]), outer])


def heads(graph, x, width, perm):
    return graph.node("Transpose", [graph.node("Reshape", [x, graph.integers([0, 0, width // HEAD, HEAD])])], perm=perm)


def attention(graph, q, k, v, width, causal=0):
    """Softmax of the products of queries and keys, times values; with `causal` tokens, each sees those before it only."""
    scores = graph.node("MatMul", [heads(graph, q, width, [0, 2, 1, 3]), heads(graph, k, width, [0, 2, 3, 1])])
    scores = graph.node("Div", [scores, graph.number(math.sqrt(HEAD))])
    if causal:
        seen = b"".join(bytes([1] * (row + 1) + [0] * (causal - row - 1)) for row in range(causal))
        mask = graph.constant("causal_mask", onnx.BOOL, [1, 1, causal, causal], seen)
        scores = graph.node("Where", [mask, scores, graph.number(-3.4028234663852886e38)])
    y = graph.node("MatMul", [graph.node("Softmax", [scores], axis=-1), heads(graph, v, width, [0, 2, 1, 3])])
    return graph.node("Reshape", [graph.node("Transpose", [y], perm=[0, 2, 1, 3]), graph.integers([0, 0, width])])


def embedding(graph, options, vocabulary, positions, width, token_types, deviation):
    """Rows of words, of positions and, where there are any, of the one type that all tokens have. The tables are whole, as in trained files."""
    tokens = options.tokens
    ids = graph.input("input_ids", onnx.INT64, ["batch", tokens])
    x = graph.node("Gather", [graph.weights("word.weight", [vocabulary, width], deviation), ids], axis=0)
    if token_types:
        zeros = graph.constant("token_type_ids", onnx.INT64, [1, tokens], bytes(8 * tokens))
        x = graph.node("Add", [x, graph.node("Gather", [graph.weights("type.weight", [token_types, width], deviation), zeros], axis=0)])
    order = graph.constant("position_ids", onnx.INT64, [1, tokens], onnx.packed("q", range(tokens)))
    table = graph.weights("position.weight", [max(positions, tokens), width], deviation)
    return graph.node("Add", [x, graph.node("Gather", [table, order], axis=0)])


def one_token(graph, x, position):
    """[batch, tokens, width] to [batch, width]."""
    return graph.node("Gather", [x, graph.constant(f"token_{position}", onnx.INT64, [], onnx.packed("q", [position]))], axis=1)


def encoder_layer(graph, options, x, name, width, gelu):
    """Attention and two fully connected layers, each added to its input and normalised: BERT and ALBERT."""
    q, k, v = (linear(graph, x, f"{name}.{part}", width, width) for part in ("query", "key", "value"))
    y = linear(graph, attention(graph, q, k, v, width), name + ".attention", width, width)
    x = layer_norm(graph, options, graph.node("Add", [y, x]), name + ".attention.norm", width, 1e-12)
    y = linear(graph, gelu(graph, linear(graph, x, name + ".inner", width, 4 * width)), name + ".output", 4 * width, width)
    return layer_norm(graph, options, graph.node("Add", [y, x]), name + ".output.norm", width, 1e-12)


def classify(graph, x, width, classes):
    pooled = graph.node("Tanh", [linear(graph, one_token(graph, x, 0), "pooler", width, width)])
    graph.output(linear(graph, pooled, "classifier", width, classes), ["batch", classes])


def bert(graph, options):
    width, classes = options.width or 768, options.classes or 2
    x = embedding(graph, options, options.vocabulary or 30522, 512, width, 2, 1 / math.sqrt(width))
    x = layer_norm(graph, options, x, "embedding.norm", width, 1e-12)
    for layer in range(options.layers or 12):
        x = encoder_layer(graph, options, x, f"layer{layer}", width, gelu_erf)
    classify(graph, x, width, classes)
    return classes


def albert(graph, options):
    """Every layer reads the same tensors; the embedding is narrower than the layers."""
    width, narrow, classes = options.width or 768, 128, options.classes or 2
    x = embedding(graph, options, options.vocabulary or 30000, 512, narrow, 2, 1 / math.sqrt(narrow))
    x = linear(graph, layer_norm(graph, options, x, "embedding.norm", narrow, 1e-12), "embedding.projection", narrow, width)
    for _ in range(options.layers or 12):
        x = encoder_layer(graph, options, x, "shared", width, gelu_tanh)
    classify(graph, x, width, classes)
    return classes


def gpt2(graph, options):
    """Scores of the next word. The classifier is the transposed table of words, as its training ties them; its tensor is there once."""
    width, vocabulary = options.width or 768, options.vocabulary or 50257
    if options.classes:
        raise ValueError("--classes: the classes of gpt2-small are the words of its vocabulary; use --vocabulary")
    x = embedding(graph, options, vocabulary, 1024, width, 0, 1 / math.sqrt(width))
    for layer in range(options.layers or 12):
        name = f"layer{layer}"
        y = linear(graph, layer_norm(graph, options, x, name + ".norm1", width, 1e-5), name + ".qkv", width, 3 * width)
        q, k, v = graph.node("Split", [y, graph.integers([width] * 3)], outputs=3, axis=2)
        y = attention(graph, q, k, v, width, causal=options.tokens)
        x = graph.node("Add", [x, linear(graph, y, name + ".attention", width, width, 0.5)])
        y = linear(graph, layer_norm(graph, options, x, name + ".norm2", width, 1e-5), name + ".inner", width, 4 * width)
        x = graph.node("Add", [x, linear(graph, gelu_tanh(graph, y), name + ".output", 4 * width, width, 0.5)])
    x = layer_norm(graph, options, x, "norm", width, 1e-5)
    shape = ["batch", options.tokens, vocabulary]
    if not options.all_tokens:
        x, shape = one_token(graph, x, options.tokens - 1), ["batch", vocabulary]
    graph.output(graph.node("MatMul", [x, graph.node("Transpose", ["word.weight"], perm=[1, 0])]), shape)
    return vocabulary


NETWORKS = {
    "resnet18": lambda graph, options: resnet(graph, options, [2, 2, 2, 2], False),
    "resnet50": lambda graph, options: resnet(graph, options, [3, 4, 6, 3], True),
    "resnet20": lambda graph, options: small_resnet(graph, options, 3),
    "resnet32": lambda graph, options: small_resnet(graph, options, 5),
    "densenet121": lambda graph, options: densenet(graph, options, [6, 12, 24, 16]),
    "mobilenetv2": mobilenet,
    "bert-base": bert,
    "albert-base": albert,
    "gpt2-small": gpt2,
}


# Side lengths of the input images, for networks of images.
IMAGES = {"resnet18": 224, "resnet50": 224, "resnet20": 32, "resnet32": 32, "densenet121": 224, "mobilenetv2": 224}


def write_data(stem, options, graph, classes):
    """Samples without meaning, with labels to match; and the description that `mho run --data` wants."""
    count, name = options.samples, os.path.basename(stem)
    source = random.Random(f"{options.seed}/samples")
    if options.network in IMAGES:
        side = options.image or IMAGES[options.network]
        shape = [count, 3, side, side]
        onnx.write_npy(stem + ".samples.npy", "<f4", shape, graph.normal.pieces("samples", onnx.element_count(shape), 1.0))
    else:
        words = options.vocabulary or {"bert-base": 30522, "albert-base": 30000, "gpt2-small": 50257}[options.network]
        ids = onnx.packed("i", (source.randrange(words) for _ in range(count * options.tokens)))
        onnx.write_npy(stem + ".samples.npy", "<i4", [count, options.tokens], [ids])
    onnx.write_npy(stem + ".labels.npy", "<i4", [count], [onnx.packed("i", (source.randrange(classes) for _ in range(count)))])
    with open(stem + ".yaml", "w", encoding="utf-8") as file:
        file.write(f"# Random samples for {name}.onnx, without any meaning.\nname: {name}\nmetric: top1\n")
        file.write(f"test:\n  images: {name}.samples.npy\n  labels: {name}.labels.npy\n  format: npy\n")


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text}: a whole number from 1 on is needed")
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("-o", "--output", metavar="FILE", help="NETWORK.onnx by default; data beside it")
    parser.add_argument("--samples", type=positive, default=4, help="random samples in the data set (default 4)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--external", action="store_true", help="weights in FILE.data instead of inside")
    parser.add_argument("--shapes-only", action="store_true", help="weights as inputs without numbers: a small file that mho simulate and mho network take")
    parser.add_argument("--count-only", action="store_true", help="print the number of parameters and write nothing")
    parser.add_argument("--tokens", type=positive, default=128, help="length of a text (default 128)")
    parser.add_argument("--image", type=positive, help="side of an image (default 224, of resnet20 and resnet32 32)")
    parser.add_argument("--classes", type=positive, help="default 1000 for images (resnet20 and resnet32: 10), 2 for texts")
    parser.add_argument("--fold-batch-norm", action="store_true", help="images: normalisation behind a convolution inside it, as exporters for inference do")
    parser.add_argument("--primitive-norm", action="store_true", help="layer normalisation as ReduceMean, Sub, Pow, ..., as before opset 17")
    parser.add_argument("--all-tokens", action="store_true", help="gpt2-small: scores after every token, not the last alone")
    parser.add_argument("--layers", type=positive, help="fewer or more layers; ResNets: at most so many blocks in each stage")
    parser.add_argument("--width", type=positive, help="another hidden size (a multiple of 64); ResNets: channels of the first stage")
    parser.add_argument("--vocabulary", type=positive, help="another number of words")
    options = parser.parse_args()
    if options.width and options.width % HEAD and options.network not in IMAGES:
        parser.error(f"--width {options.width}: a multiple of {HEAD}, the width of an attention head, is needed")
    graph = onnx.Graph(options.network, options.seed)
    try:
        classes = NETWORKS[options.network](graph, options)
        if options.count_only:
            print(graph.parameters)
            return
        path = options.output or options.network + ".onnx"
        if options.shapes_only:
            graph.leave_out_weights()
        graph.write(path, options.external)
        write_data(os.path.splitext(path)[0], options, graph, classes)
    except (OSError, ValueError) as error:
        sys.exit(f"write_network.py: {error}")
    print(f"{path}: {options.network}, {graph.parameters} parameters, {options.samples} samples")


if __name__ == "__main__":
    main()
