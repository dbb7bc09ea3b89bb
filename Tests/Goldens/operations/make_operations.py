"""Goldens of the tensor operations: forward and gradients by PyTorch in float64.

    python make_operations.py

writes one safetensors file a family beside this script. The optimisers have a script of their own, make_optimizers.py.
"""

import torch
import torch.nn.functional as F

from golden_file import Family

torch.set_num_threads(1)


def arithmetic():
    family = Family("arithmetic")
    shapes = {
        "same": ((3, 5, 2), (3, 5, 2)),
        "row": ((4, 7), (7,)),
        "column": ((4, 7), (4, 1)),
        "channel": ((2, 3, 5, 4), (1, 3, 1, 1)),
        "sample": ((2, 3, 5, 4), (2, 3, 1, 1)),
        "outer": ((5, 1), (1, 6)),
        "scalar": ((3, 4), ()),
        "left": ((7,), (2, 3, 7)),
    }
    operations = {"add": torch.add, "subtract": torch.sub, "multiply": torch.mul}
    for name, operation in operations.items():
        for shape_name, (a, b) in shapes.items():
            family.case(f"{name}_{shape_name}", lambda a, b, operation=operation: operation(a, b), {"a": a, "b": b})
    for shape_name in ["same", "row", "channel", "scalar"]:
        a, b = shapes[shape_name]
        divisor = family.draw(f"divide_{shape_name}", b).abs() + 0.5
        family.case(f"divide_{shape_name}", lambda a, b: a / b, {"a": a, "b": divisor})
    family.case("affine", lambda a: 2.5 * a - 0.75, {"a": (3, 4, 5)})
    family.case("negate", lambda a: -a, {"a": (6, 3)})
    family.case("square", lambda a: a * a, {"a": (3, 5)})
    family.write()


def products():
    family = Family("products")
    for name, a, b, transpose_a, transpose_b in [
        ("plain", (5, 7), (7, 3), False, False),
        ("transposed_left", (7, 5), (7, 3), True, False),
        ("transposed_right", (5, 7), (3, 7), False, True),
        ("transposed_both", (7, 5), (3, 7), True, True),
        ("batched", (2, 3, 5, 7), (2, 3, 7, 4), False, False),
        ("batched_transposed_left", (3, 7, 5), (3, 7, 4), True, False),
        ("batched_transposed_right", (2, 3, 5, 7), (2, 3, 4, 7), False, True),
        ("shared_right", (2, 3, 5, 7), (7, 4), False, False),
        ("shared_right_transposed", (3, 5, 7), (4, 7), False, True),
        ("large", (65, 70), (70, 33), False, False),
    ]:
        def product(a, b, transpose_a=transpose_a, transpose_b=transpose_b):
            return (a.mT if transpose_a else a) @ (b.mT if transpose_b else b)

        family.case(f"matmul_{name}", product, {"a": a, "b": b})
    for name, leading, bias in [("vectors", (6,), True), ("tokens", (2, 5), True), ("no_bias", (3, 4), False)]:
        inputs = {"input": (*leading, 7), "weight": (9, 7)} | ({"bias": (9,)} if bias else {})
        family.case(f"linear_{name}", F.linear, inputs)
    family.write()


def convolution():
    family = Family("convolution")
    # name, input, output channels, kernel, stride, padding (one number, or left, right, top, bottom), bias
    for name, shape, channels, kernel, stride, padding, bias in [
        ("1x1", (2, 5, 4, 3), 7, (1, 1), 1, 0, True),
        ("1x1_stride2", (2, 3, 5, 7), 4, (1, 1), 2, 0, True),
        ("3x3", (2, 3, 7, 5), 4, (3, 3), 1, 1, True),
        ("3x3_no_bias", (2, 3, 6, 5), 4, (3, 3), 1, 1, False),
        ("3x3_valid", (1, 3, 7, 5), 2, (3, 3), 1, 0, True),
        ("3x3_stride2", (2, 3, 7, 6), 5, (3, 3), 2, 1, True),
        ("3x3_stride2_valid", (1, 3, 9, 6), 2, (3, 3), 2, 0, True),
        ("3x3_stride2_asymmetric", (2, 3, 8, 6), 5, (3, 3), 2, (0, 1, 0, 1), True),
        ("3x3_one_pixel", (2, 3, 1, 1), 4, (3, 3), 1, 1, True),
        ("4x4_stride2", (2, 3, 8, 6), 5, (4, 4), 2, 1, True),
        ("4x4_patches", (1, 3, 8, 12), 6, (4, 4), 4, 0, False),
        ("5x3", (1, 2, 7, 6), 3, (5, 3), 1, 1, True),
        ("3x3_8x8", (3, 16, 8, 8), 12, (3, 3), 1, 1, True),
        ("3x3_16x16", (2, 12, 16, 16), 20, (3, 3), 1, 1, True),
        ("3x3_32x32", (1, 8, 32, 32), 12, (3, 3), 1, 1, True),
        ("3x3_15x17", (1, 24, 15, 17), 16, (3, 3), 1, 1, True),
        ("3x3_one_channel_in", (2, 1, 16, 16), 8, (3, 3), 1, 1, True),
        ("3x3_one_channel_out", (2, 8, 16, 16), 1, (3, 3), 1, 1, True),
        ("3x3_stride2_16x16", (2, 12, 16, 16), 16, (3, 3), 2, 1, True),
        ("1x1_16x16", (1, 24, 16, 16), 16, (1, 1), 1, 0, True),
    ]:
        def convolve(input, weight, bias=None, stride=stride, padding=padding):
            if isinstance(padding, tuple):
                input, padding = F.pad(input, padding), 0
            return F.conv2d(input, weight, bias, stride=stride, padding=padding)

        inputs = {"input": shape, "weight": (channels, shape[1], *kernel)} | ({"bias": (channels,)} if bias else {})
        family.case(f"conv2d_{name}", convolve, inputs)
    family.write()


def resampling():
    family = Family("resampling")
    for name, shape in [("small", (2, 3, 2, 3)), ("odd", (1, 5, 7, 3)), ("one_pixel", (2, 4, 1, 1))]:
        upsample = lambda input: F.interpolate(input, scale_factor=2.0, mode="nearest")
        family.case(f"upsample_nearest_{name}", upsample, {"input": shape})
    for name, shape, size in [("odd", (2, 3, 4, 3), (7, 5)), ("dropped", (1, 4, 2, 3), (5, 7)), ("same", (1, 2, 1, 3), (1, 6))]:
        resize = lambda input, size=size: F.interpolate(input, size=size, mode="nearest")
        family.case(f"upsample_to_{name}", resize, {"input": shape})
    for name, shape in [("small", (2, 3, 6, 4)), ("one_block", (1, 3, 2, 2)), ("wide", (2, 1, 4, 14))]:
        family.case(f"average_pool_{name}", lambda input: F.avg_pool2d(input, 2), {"input": shape})
    family.write()


def normalization():
    family = Family("normalization")
    for name, shape, groups, eps in [
        ("two_groups", (2, 6, 5, 3), 2, 1e-5),
        ("one_group", (3, 4, 3, 7), 1, 1e-6),
        ("instance", (2, 5, 4, 6), 5, 1e-5),
        ("8x8", (2, 16, 8, 8), 4, 1e-5),
        ("tokens", (2, 6, 5), 3, 1e-6),
    ]:
        inputs = {"input": family.draw(f"group.{name}", shape, 1.5, 0.7), "weight": (shape[1],), "bias": (shape[1],)}

        def group_norm(input, weight, bias, groups=groups, eps=eps):
            return F.group_norm(input, groups, weight, bias, eps)

        family.case(f"group_norm_{name}", group_norm, inputs)
    # Far from zero the one-pass variance E[x²] − E[x]² would lose its digits.
    shifted = {"input": family.draw("shifted", (2, 4, 5, 3), 1.0, 100.0), "weight": (4,), "bias": (4,)}
    family.case("group_norm_shifted", lambda input, weight, bias: F.group_norm(input, 2, weight, bias, 1e-5), shifted)
    inputs = {"input": family.draw("silu", (2, 6, 4, 3), 1.5, 0.7), "weight": (6,), "bias": (6,)}
    norm_and_silu = lambda input, weight, bias: F.silu(F.group_norm(input, 2, weight, bias, 1e-5))
    family.case("group_norm_silu", norm_and_silu, inputs)
    for name, shape, eps in [("tokens", (2, 5, 7), 1e-5), ("vectors", (4, 16), 1e-6), ("wide", (3, 130), 1e-5)]:
        inputs = {"input": family.draw(f"layer.{name}", shape, 1.5, 0.7), "weight": (shape[-1],), "bias": (shape[-1],)}

        def layer_norm(input, weight, bias, eps=eps):
            return F.layer_norm(input, input.shape[-1:], weight, bias, eps)

        family.case(f"layer_norm_{name}", layer_norm, inputs)
    family.write()


def activations():
    family = Family("activations")
    functions = {
        "silu": F.silu,
        "gelu": F.gelu,
        "gelu_tanh": lambda input: F.gelu(input, approximate="tanh"),
        "quick_gelu": lambda input: input * torch.sigmoid(1.702 * input),
        "relu": F.relu,
        "leaky_relu": lambda input: F.leaky_relu(input, 0.2),
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "exp": torch.exp,
    }
    edges = torch.tensor([-30, -12, -5, -1e-3, 1e-3, 0.25, 1, 5, 12, 30], dtype=torch.float32)
    for name, function in functions.items():
        family.case(f"{name}_normal", function, {"input": family.draw(name, (3, 5, 7), 2.0)})
        family.case(f"{name}_edges", function, {"input": edges})
    family.case("log_normal", torch.log, {"input": family.draw("log", (4, 9)).abs() + 0.05})
    family.case("log_edges", torch.log, {"input": torch.tensor([1e-20, 1e-3, 0.999, 1.0, 1.001, 7.5, 1e20])})
    family.case("abs_normal", torch.abs, {"input": (3, 5)})
    family.case("abs_edges", torch.abs, {"input": edges})

    def geglu(input, weight, bias):
        hidden, gate = F.linear(input, weight, bias).chunk(2, dim=-1)
        return hidden * F.gelu(gate)

    family.case("geglu_tokens", geglu, {"input": (2, 5, 6), "weight": (14, 6), "bias": (14,)})
    family.write()


def softmax():
    family = Family("softmax")
    shape = (2, 5, 4, 3)
    for axis in range(4):
        family.case(f"softmax_axis{axis}", lambda input, axis=axis: input.softmax(axis), {"input": shape})
    family.case("softmax_wide", lambda input: input.softmax(-1), {"input": (3, 77)})
    large = family.draw("large", (3, 6), 40.0, 500.0)
    family.case("softmax_large", lambda input: input.softmax(-1), {"input": large})
    for name, shape in [("rows", (5, 7)), ("tokens", (2, 3, 4))]:
        family.case(f"log_softmax_{name}", lambda input: input.log_softmax(-1), {"input": shape})
    family.case("log_softmax_large", lambda input: input.log_softmax(-1), {"input": large})
    family.write()


def attention():
    family = Family("attention")

    def shapes(batch, heads, queries, keys, width, value_width=None):
        lead = (batch, heads)
        return {"query": (*lead, queries, width), "key": (*lead, keys, width),
                "value": (*lead, keys, value_width or width)}

    def plain(query, key, value):
        return F.scaled_dot_product_attention(query, key, value)

    def causal(query, key, value):
        return F.scaled_dot_product_attention(query, key, value, is_causal=True)

    def masked(query, key, value, mask):
        return F.scaled_dot_product_attention(query, key, value, attn_mask=mask)

    family.case("attention_self", plain, shapes(2, 3, 5, 5, 4))
    family.case("attention_cross", plain, shapes(2, 2, 7, 3, 4))
    family.case("attention_one_head", plain, shapes(1, 1, 16, 16, 8))
    family.case("attention_64_tokens", plain, shapes(1, 2, 64, 64, 8))
    family.case("attention_causal", causal, shapes(2, 2, 6, 6, 4))
    mask = family.draw("mask", (5, 7), 2.0)
    family.case("attention_mask", masked, shapes(2, 3, 5, 7, 4), {"mask": mask})
    padding = torch.zeros(2, 1, 1, 7)
    padding[0, ..., 5:] = -1e9
    padding[1, ..., 3:] = -1e9
    family.case("attention_padding", masked, shapes(2, 3, 5, 7, 4), {"mask": padding})
    family.write()


def rearranging():
    family = Family("rearranging")
    ids = torch.tensor([[3, 0, 3, 10], [7, 3, 0, 9]])
    family.case("embedding_tokens", lambda weight, ids: F.embedding(ids, weight), {"weight": (11, 5)}, {"ids": ids})
    labels = torch.tensor([2, 2, 0, 2, 1])
    family.case("embedding_labels", lambda weight, ids: F.embedding(ids, weight), {"weight": (4, 6)}, {"ids": labels})
    for name, axis, a, b, c in [
        ("axis0", 0, (2, 3, 4), (1, 3, 4), (3, 3, 4)),
        ("axis1", 1, (2, 3, 4, 2), (2, 1, 4, 2), (2, 5, 4, 2)),
        ("axis2", 2, (2, 3, 4), (2, 3, 1), (2, 3, 2)),
    ]:
        concatenate = lambda a, b, c, axis=axis: torch.cat([a, b, c], axis)
        family.case(f"concatenate_{name}", concatenate, {"a": a, "b": b, "c": c})
    family.case("slice_axis0", lambda input: input[1:4], {"input": (5, 3, 2)})
    family.case("slice_axis1", lambda input: input[:, 2:], {"input": (3, 6, 2)})
    family.case("slice_axis2", lambda input: input[:, :, :3], {"input": (2, 3, 5)})
    family.case("permute_heads", lambda input: input.permute(0, 2, 1, 3), {"input": (2, 5, 3, 4)})
    family.case("permute_channels_last", lambda input: input.permute(0, 2, 3, 1), {"input": (2, 3, 4, 5)})
    family.case("permute_cycle", lambda input: input.permute(2, 0, 1), {"input": (2, 3, 5)})
    family.case("reshape_flatten", lambda input: input.reshape(2, 12), {"input": (2, 3, 4)})
    family.case("broadcast_rows", lambda input: input.expand(2, 4, 3), {"input": (4, 1)})
    for axis in range(3):
        family.case(f"sum_axis{axis}", lambda input, axis=axis: input.sum(axis), {"input": (3, 5, 4)})
        family.case(f"mean_axis{axis}", lambda input, axis=axis: input.mean(axis), {"input": (3, 5, 4)})
    family.case("sum_all", lambda input: input.sum(), {"input": (3, 5, 4)})
    family.case("mean_all", lambda input: input.mean(), {"input": (3, 5, 4)})
    family.write()


def losses():
    family = Family("losses")
    pair = {"input": (2, 3, 5, 4), "target": (2, 3, 5, 4)}
    family.case("mse_loss_images", F.mse_loss, pair)
    family.case("mse_loss_vectors", F.mse_loss, {"input": (7,), "target": (7,)})
    family.case("l1_loss_images", F.l1_loss, pair)
    classes = torch.tensor([2, 0, 4, 4, 1, 2])
    cross_entropy = lambda input, target: F.cross_entropy(input, target)
    family.case("cross_entropy_batch", cross_entropy, {"input": (6, 5)}, {"target": classes})
    confident = family.draw("confident", (6, 5), 30.0)
    family.case("cross_entropy_confident", cross_entropy, {"input": confident}, {"target": classes})
    smoothed = lambda input, target: F.cross_entropy(input, target, label_smoothing=0.2)
    family.case("cross_entropy_smoothed", smoothed, {"input": (6, 5)}, {"target": classes})
    weights = family.draw("weights", (2,)).abs() + 0.1
    weighted = lambda input, target, weights: ((input - target) ** 2 * weights[:, None, None, None]).mean()
    family.case("mse_loss_weighted", weighted, pair, {"weights": weights})
    family.write()


if __name__ == "__main__":
    for make in [arithmetic, products, convolution, resampling, normalization, activations, softmax, attention,
                 rearranging, losses]:
        make()
