"""The workloads of bench.py in PyTorch: the peer's half of the protocol that README.md describes.

    python torch_workloads.py serve WORKLOAD MODEL        # answers "run N" lines until standard input ends
    python torch_workloads.py grid MODEL OUT.png          # 16 samples with 50 DDIM steps, then ends
"""

import json
import pathlib
import sys
import time

from peer_models import open_unet

BATCH = 64
SAMPLES, STEPS, SEED = 16, 50, 0


def scheduler(folder, kind):
    """The scheduler of the folder's scheduler_config.json, or diffusers' defaults when there is none."""
    import diffusers

    cls = getattr(diffusers, kind)
    return cls.from_pretrained(folder) if (pathlib.Path(folder) / "scheduler_config.json").is_file() else cls()


def forward(folder, batch):
    """One call predicts the noise of a batch."""
    import torch

    model = open_unet(folder)
    size = model.config.sample_size
    generator = torch.Generator().manual_seed(SEED)
    sample = torch.randn(batch, model.config.in_channels, size, size, generator=generator)
    timestep = torch.randint(0, 1000, (batch,), generator=generator)
    labels = torch.arange(batch) % 10 if model.config.num_class_embeds else None

    def call():
        with torch.inference_mode():
            model(sample, timestep, class_labels=labels)

    return call


def training_step(folder):
    """One call is one update: noise a batch, predict the noise, MSE, clip to norm 1, AdamW, moving average."""
    import torch

    model = open_unet(folder).train()
    size = model.config.sample_size
    noising = scheduler(folder, "DDPMScheduler")
    parameters = list(model.parameters())
    # The fused update is the fastest of the three that torch.optim has on a CPU.
    optimizer = torch.optim.AdamW(parameters, lr=1e-5, betas=(0.9, 0.999), weight_decay=0.01, fused=True)
    averages = [parameter.detach().clone() for parameter in parameters]
    generator = torch.Generator().manual_seed(SEED)
    images = torch.rand(BATCH, model.config.in_channels, size, size, generator=generator) * 2 - 1
    labels = torch.arange(BATCH) % 10 if model.config.num_class_embeds else None

    def call():
        noise = torch.randn(images.shape, generator=generator)
        timestep = torch.randint(0, 1000, (BATCH,), generator=generator)
        noisy = noising.add_noise(images, noise, timestep)
        loss = torch.nn.functional.mse_loss(model(noisy, timestep, class_labels=labels).sample, noise)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(averages, parameters, 0.001)
        loss.item()

    return call


WORKLOADS = {
    "training-step": training_step,
    "unet-1": lambda folder: forward(folder, 1),
    "unet-64": lambda folder: forward(folder, 64),
}


def serve(workload, folder):
    """A line with facts when ready; then for every line "run N" the seconds of N calls together."""
    import torch

    call = WORKLOADS[workload](folder)
    print(json.dumps({"ready": workload, "threads": torch.get_num_threads(), "torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        count = int(line.split()[1])
        start = time.perf_counter()
        for _ in range(count):
            call()
        print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)


def grid(folder, path):
    """16 samples of the classes 0…9, 0…5 without guidance as a 4 × 4 picture."""
    import numpy
    import torch
    from PIL import Image

    model = open_unet(folder)
    ddim = scheduler(folder, "DDIMScheduler")
    ddim.set_timesteps(STEPS)
    size = model.config.sample_size
    sample = torch.randn(SAMPLES, model.config.in_channels, size, size, generator=torch.Generator().manual_seed(SEED))
    labels = torch.arange(SAMPLES) % 10 if model.config.num_class_embeds else None
    with torch.inference_mode():
        for timestep in ddim.timesteps:
            noise = model(sample, timestep, class_labels=labels).sample
            sample = ddim.step(noise, timestep, sample).prev_sample
    levels = ((sample / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8).numpy()
    rows = levels.reshape(4, 4, -1, size, size).transpose(2, 0, 3, 1, 4).reshape(-1, 4 * size, 4 * size)
    picture = rows[0] if rows.shape[0] == 1 else numpy.moveaxis(rows, 0, -1)
    Image.fromarray(picture).save(path)


def compare_grids(ours, theirs):
    """The largest difference of two pictures in levels of 255, and the share of pixels that differ by more than one."""
    import numpy
    from PIL import Image

    a, b = (numpy.asarray(Image.open(path).convert("L"), dtype=int) for path in (ours, theirs))
    if a.shape != b.shape:
        print(json.dumps({"sizes": [list(a.shape), list(b.shape)]}))
        return
    gap = abs(a - b)
    print(json.dumps({"largest": int(gap.max()), "share_beyond_1": float((gap > 1).mean())}))


if __name__ == "__main__":
    {"serve": serve, "grid": grid, "compare": compare_grids}[sys.argv[1]](*sys.argv[2:])
