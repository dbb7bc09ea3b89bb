"""Goldens of the patch discriminator, its losses and their balance at the last layer of a decoder.

    python make_discriminator.py

writes config.json, diffusion_pytorch_model.safetensors and trace.safetensors: `real` pictures, `latents` that a decoder of two
convolutions (`decoder.…`) turns into `fake` ones, `trace.PATH` for every module on the real ones, the hinge loss with the
discriminator's gradients, and the decoder's balanced loss with its gradients (`decoder.gradient.…`); in float64 from the
stored weights, rounded once.
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from golden_models import Trace, gradients, normal, randomize, write  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent

CONFIGURATION = {"_class_name": "PatchDiscriminator", "in_channels": 3, "block_out_channels": [4, 6, 8],
                 "norm_num_groups": 2}
STRENGTH = 0.6


class Layer(nn.Module):
    def __init__(self, inputs, outputs, stride, groups):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 4, stride=stride, padding=1, bias=groups is None)
        self.norm = nn.GroupNorm(groups, outputs) if groups else None

    def forward(self, x):
        h = self.conv(x)
        return nn.functional.leaky_relu(self.norm(h) if self.norm else h, 0.2)


class Discriminator(nn.Module):
    def __init__(self, in_channels, block_out_channels, norm_num_groups):
        super().__init__()
        widths = [in_channels, *block_out_channels]
        last = len(block_out_channels) - 1
        self.layers = nn.ModuleList([
            Layer(widths[i], widths[i + 1], 1 if i == last else 2, norm_num_groups if i else None)
            for i in range(last + 1)])
        self.conv_out = nn.Conv2d(widths[-1], 1, 4, padding=1)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.conv_out(x)


def main():
    model = randomize("discriminator", Discriminator(*list(CONFIGURATION.values())[1:]))
    (FOLDER / "config.json").write_text(json.dumps(CONFIGURATION, indent=2, sort_keys=True) + "\n")
    save_file(model.state_dict(), FOLDER / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})
    decoder = randomize("decoder", nn.Sequential(nn.Conv2d(2, 5, 3, padding=1), nn.SiLU(), nn.Conv2d(5, 3, 3, padding=1)))
    model, decoder = model.double(), decoder.double()
    real, latents = normal("real", (3, 3, 16, 18)), normal("latents", (3, 2, 16, 18))
    tensors = {"real": real, "latents": latents} | {f"decoder.{key}": value for key, value in decoder.state_dict().items()}

    with Trace(model) as trace:
        judged = model(real.double())
    fake = decoder(latents.double())
    loss = (torch.relu(1 - judged).mean() + torch.relu(1 + model(fake.detach())).mean()) / 2
    loss.backward()
    tensors |= trace | {"judged": judged, "fake": fake, "loss": loss} | gradients(model)

    reconstruction, adversarial = (real.double() - fake).abs().mean(), -model(fake).mean()
    last = decoder[2].weight
    near, far = (torch.autograd.grad(x, last, retain_graph=True)[0] for x in (reconstruction, adversarial))
    weight = (near.norm() / (far.norm() + 1e-4)).clamp(0, 1e4).detach()
    total = reconstruction + STRENGTH * weight * adversarial
    total.backward()
    tensors |= {"strength": torch.tensor(STRENGTH), "reconstruction": reconstruction, "adversarial": adversarial,
                "weight": weight, "total": total}
    tensors |= {f"decoder.{key}": value for key, value in gradients(decoder).items()}
    write(FOLDER / "trace.safetensors", tensors)


if __name__ == "__main__":
    main()
