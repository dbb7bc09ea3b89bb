"""Goldens of the contrastive model: transformers' text tower beside the same image tower written in PyTorch.

    python make_clip.py

writes config.json, model.safetensors and trace.safetensors: `pixel_values`, `input_ids`, `trace.PATH` for every module of both
towers, the embeddings, logits and loss with the gradient of every parameter, and the perceptual distance of the pictures to
`others` with its gradient; all in float64 from the stored weights, rounded once.
"""

import json
import pathlib
import sys

import torch
import transformers
from diffusers.models.downsampling import Downsample2D
from diffusers.models.resnet import ResnetBlock2D
from safetensors.torch import save_file
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from golden_models import Trace, gradients, normal, randomize, write  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent

TEXT = {"vocab_size": 13, "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 1, "num_attention_heads": 2,
        "max_position_embeddings": 6, "hidden_act": "quick_gelu", "bos_token_id": 11, "eos_token_id": 12,
        "pad_token_id": 12}
IMAGE = {"model_type": "clip_image_tower", "image_size": 8, "in_channels": 3, "block_out_channels": [4, 6],
         "norm_num_groups": 2, "head_channels": 3}
PROJECTION = 5


class Level(nn.Module):
    def __init__(self, inputs, outputs, groups):
        super().__init__()
        self.downsamplers = nn.ModuleList([Downsample2D(inputs, use_conv=True, out_channels=outputs, padding=1,
                                                        name="op")])
        self.resnets = nn.ModuleList([ResnetBlock2D(in_channels=outputs, temb_channels=None, groups=groups, eps=1e-5)])

    def forward(self, x):
        return self.resnets[0](self.downsamplers[0](x), None)


class ImageTower(nn.Module):
    def __init__(self, image_size, in_channels, block_out_channels, norm_num_groups, head_channels, model_type):
        super().__init__()
        widths = block_out_channels
        self.conv_in = nn.Conv2d(in_channels, widths[0], 3, padding=1)
        self.down_blocks = nn.ModuleList([Level(widths[max(i - 1, 0)], width, norm_num_groups)
                                          for i, width in enumerate(widths)])
        self.conv_norm_out = nn.GroupNorm(norm_num_groups, widths[-1], eps=1e-5)
        self.conv_out = nn.Conv2d(widths[-1], head_channels, 1)
        self.feature_width = head_channels * (image_size >> len(widths)) ** 2

    def feature_maps(self, x):
        maps = [self.conv_in(x)]
        for block in self.down_blocks:
            maps.append(block(maps[-1]))
        return maps

    def forward(self, x):
        return self.conv_out(nn.functional.silu(self.conv_norm_out(self.feature_maps(x)[-1]))).flatten(1)


class Contrastive(nn.Module):
    def __init__(self):
        super().__init__()
        self.text_model = CLIPTextModel._from_config(CLIPTextConfig(**TEXT), attn_implementation="eager")
        self.vision_model = ImageTower(**IMAGE)
        self.text_projection = nn.Linear(TEXT["hidden_size"], PROJECTION, bias=False)
        self.visual_projection = nn.Linear(self.vision_model.feature_width, PROJECTION, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(1.25))

    def forward(self, pixel_values, input_ids):
        texts = nn.functional.normalize(self.text_projection(self.text_model(input_ids=input_ids).pooler_output))
        pictures = nn.functional.normalize(self.visual_projection(self.vision_model(pixel_values)))
        return pictures, texts, pictures @ texts.T * self.logit_scale.exp()


def perceptual(tower, pictures, others):
    total = 0
    for a, b in zip(tower.feature_maps(pictures), tower.feature_maps(others)):
        u, v = (x / (x.norm(dim=1, keepdim=True) + 1e-10) for x in (a, b))
        total = total + ((u - v) ** 2).sum(dim=1).mean()
    return total


def main():
    transformers.logging.set_verbosity_error()
    model = randomize("clip", Contrastive())
    config = {"architectures": ["EmojiCLIP"], "model_type": "clip", "projection_dim": PROJECTION, "vision_config": IMAGE,
              "text_config": TEXT | {"model_type": "clip_text_model"}}
    (FOLDER / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    save_file(model.state_dict(), FOLDER / "model.safetensors", metadata={"format": "pt"})

    model = model.to(torch.float64)
    pixels, others = normal("clip/pixels", (3, 3, 8, 8)), normal("clip/others", (3, 3, 8, 8))
    ids = torch.tensor([[11, 0, 5, 12, 12], [11, 7, 7, 3, 12], [11, 9, 12, 12, 12]])
    with Trace(model) as trace:
        pictures, texts, logits = model(pixels.double(), ids)
    labels = torch.arange(3)
    loss = (nn.functional.cross_entropy(logits, labels) + nn.functional.cross_entropy(logits.T, labels)) / 2
    loss.backward()
    tensors = {"pixel_values": pixels, "others": others, "input_ids": ids, "image_embeds": pictures,
               "text_embeds": texts, "logits": logits, "loss": loss} | trace | gradients(model)
    leaf = pixels.double().requires_grad_()
    distance = perceptual(model.vision_model, leaf, others.double())
    (tensors["perceptual.gradient"],) = torch.autograd.grad(distance, leaf)
    tensors["perceptual"] = distance
    write(FOLDER / "trace.safetensors", tensors, transformers=transformers.__version__)


if __name__ == "__main__":
    main()
