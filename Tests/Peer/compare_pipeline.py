"""Opens a pipeline's folder with diffusers and with diffuse and compares every submodule's output and the final pictures.

    Tests/Peer/run compare_pipeline.py emoji-ldm
    Tests/Peer/run compare_pipeline.py tiny
    Tests/Peer/run compare_pipeline.py stable-diffusion-v1

`tiny` makes a small random pipeline first, `stable-diffusion-v1` one of that architecture, in a folder as it was published. Submodules (text encoder, encoder, U-Net, decoder, each on random inputs) must
agree to --tolerance in ‖ours − theirs‖ / ‖theirs‖; the first that does not is named. Pictures are made from the same prompt
and seed by text-to-image, image-to-image and inpainting with every sampler asked for; they must differ by less than 2/255 on
average and 8/255 anywhere. The exit code is 1 when something differs.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from peer_models import DIFFUSE, MODELS, ROOT, binary, compare, probe, stop, trace

SCHEDULERS = {
    "ddpm": "DDPMScheduler", "ddim": "DDIMScheduler", "euler": "EulerDiscreteScheduler",
    "euler-ancestral": "EulerAncestralDiscreteScheduler", "heun": "HeunDiscreteScheduler",
    "dpmsolver++": "DPMSolverMultistepScheduler", "pndm": "PNDMScheduler",
}
TASKS = ("text-to-image", "image-to-image", "inpainting")
MEAN, ANYWHERE = 2.0, 8.0


def parse():
    parser = argparse.ArgumentParser(description="Compares a Stable Diffusion folder in diffuse and in diffusers.")
    parser.add_argument("model", help="a shipped pipeline's name, a pipeline's folder, 'tiny' or 'stable-diffusion-v1'")
    parser.add_argument("--diffuse", type=pathlib.Path, default=DIFFUSE, help="the built command")
    parser.add_argument("--prompt", default="red heart left of pizza")
    parser.add_argument("--negative-prompt", default="")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=7.5)
    parser.add_argument("--strength", type=float, default=0.6)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--schedulers", nargs="+", choices=["all", *SCHEDULERS], default=["all"])
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=TASKS)
    parser.add_argument("--image", type=pathlib.Path, help="PNG to start from, of the model's size (default: a gradient)")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="of submodules (default 1e-4)")
    parser.add_argument("--quiet", action="store_true", help="only summaries and what differs")
    return parser.parse_args()


def pipeline_folder(name, scratch):
    if name == "tiny":
        folder = scratch / "tiny"
        shutil.copytree(ROOT / "Tests" / "Goldens" / "pipeline" / "tiny", folder)
        shutil.copytree(ROOT / "Tests" / "Goldens" / "tokenizer" / "emoji", folder / "tokenizer")
        return folder
    if name == "stable-diffusion-v1":
        from stable_diffusion_v1 import write

        return write(scratch / name)
    for folder in [MODELS / name, pathlib.Path(name)]:
        if (folder / "model_index.json").is_file():
            return folder
    stop(f"no pipeline '{name}': neither {MODELS / name} nor {name} has a model_index.json", 66)


def run(command):
    finished = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if finished.returncode != 0:
        stop(f"'{' '.join(map(str, command))}' ended with {finished.returncode}: {finished.stderr.strip()}", 70)
    return finished.stdout


def modules(pipeline, prompt, seed):
    """Name in `diffuse probe`, its inputs, and what diffusers computes: results and traces."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    draw = lambda *shape: torch.randn(*shape, generator=generator)  # noqa: E731
    text, unet, vae = pipeline.text_encoder, pipeline.unet, pipeline.vae
    ids = pipeline.tokenizer([prompt, ""], padding="max_length", truncation=True,
                             max_length=pipeline.tokenizer.model_max_length, return_tensors="pt").input_ids
    side = unet.config.sample_size
    found, outputs = trace(text, lambda: text(ids))
    outputs = {path.removeprefix("text_model."): tensor for path, tensor in outputs.items()}
    states = found.last_hidden_state
    yield "text-encoder", {"input_ids": ids}, outputs | {"last_hidden_state": states, "pooler_output": found.pooler_output}
    picture = draw(1, 3, side * pipeline.vae_scale_factor, side * pipeline.vae_scale_factor).clamp(-1, 1)
    found, outputs = trace(vae, lambda: vae.encode(picture).latent_dist)
    yield "vae-encoder", {"sample": picture}, outputs | {"mean": found.mean, "logvar": found.logvar}
    arguments = {"sample": draw(2, unet.config.in_channels, side, side), "timestep": torch.tensor([981, 20]),
                 "encoder_hidden_states": states}
    found, outputs = trace(unet, lambda: unet(**arguments).sample)
    yield "unet", arguments, outputs | {"sample": found}
    latents = draw(1, vae.config.latent_channels, side, side)
    found, outputs = trace(vae, lambda: vae.decode(latents).sample)
    yield "vae-decoder", {"latent_sample": latents}, outputs | {"sample": found}


def compare_modules(pipeline, folder, options):
    """The first submodule that differs, or None."""
    first = None
    for name, arguments, theirs in modules(pipeline, options.prompt, options.seed):
        print(f"{name}:")
        ours = probe(options.diffuse, name, folder, {key: value.contiguous() for key, value in arguments.items()})
        ours = {key.removeprefix("text_model."): value for key, value in ours.items()}
        found = compare(ours, theirs, options.tolerance, options.quiet)
        if found and first is None:
            first = f"{found} of the {name}"
    return first


def gradient(side):
    """A picture with edges and slopes, as bytes [side, side, 3]."""
    import numpy

    y, x = numpy.mgrid[0:side, 0:side] / max(side - 1, 1)
    disc = (x - 0.4) ** 2 + (y - 0.5) ** 2 < 0.08
    return (numpy.stack([numpy.where(disc, 0.9, x), numpy.where(disc, 0.2, y), 1 - x * y], -1) * 255).round().astype("uint8")


def compare_pictures(pipeline, folder, options, scratch):
    """How many pictures differ."""
    import diffusers
    import numpy
    import torch
    from PIL import Image

    side = pipeline.unet.config.sample_size * pipeline.vae_scale_factor
    image, mask = scratch / "image.png", scratch / "mask.png"
    (Image.open(options.image).convert("RGB") if options.image else Image.fromarray(gradient(side))).save(image)
    white = numpy.zeros((side, side), "uint8")
    white[side // 4:, side // 3:] = 255
    Image.fromarray(white).save(mask)
    names = list(SCHEDULERS) if "all" in options.schedulers else options.schedulers
    wrong = 0
    for task in options.tasks:
        for name in names:
            scheduler = getattr(diffusers, SCHEDULERS[name]).from_config(pipeline.scheduler.config)
            kind, inputs, extra = diffusers.StableDiffusionPipeline, {}, []
            if task != "text-to-image":
                kind = diffusers.StableDiffusionImg2ImgPipeline
                inputs = {"image": Image.open(image), "strength": options.strength}
                extra = ["--image", image, "--strength", options.strength]
            if task == "inpainting":
                kind = diffusers.StableDiffusionInpaintPipeline
                inputs |= {"mask_image": Image.open(mask), "height": side, "width": side}
                extra += ["--mask", mask]
            model = kind(**(pipeline.components | {"scheduler": scheduler}), requires_safety_checker=False)
            model.set_progress_bar_config(disable=True)
            theirs = model(
                options.prompt, negative_prompt=options.negative_prompt, num_inference_steps=options.steps,
                guidance_scale=options.guidance, generator=torch.Generator().manual_seed(options.seed), **inputs).images[0]
            out = scratch / "ours.png"
            run([options.diffuse, "generate", "--model", folder, "--prompt", options.prompt, "--negative-prompt",
                 options.negative_prompt, "--num-inference-steps", options.steps, "--guidance-scale", options.guidance,
                 "--scheduler", name, "--seed", options.seed, "--out", out, "--pictures", "never", *extra])
            gap = numpy.abs(numpy.asarray(Image.open(out).convert("RGB"), float) - numpy.asarray(theirs, float))
            agrees = gap.mean() < MEAN and gap.max() < ANYWHERE
            wrong += not agrees
            print(f"{task:15} {name:16} mean {gap.mean():6.3f}/255, largest {gap.max():3.0f}/255"
                  f"{'' if agrees else '   <-- differs'}")
    return wrong


def main():
    options = parse()
    options.diffuse = binary(options.diffuse)
    import diffusers

    diffusers.logging.set_verbosity_error()
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        folder = pipeline_folder(options.model, scratch)
        unknown = json.loads((folder / "model_index.json").read_text()).get("_class_name")
        if unknown != "StableDiffusionPipeline":
            stop(f"{folder} holds a {unknown}, not a StableDiffusionPipeline", 65)
        variant = "fp16" if (folder / "unet" / "diffusion_pytorch_model.fp16.safetensors").is_file() else None
        pipeline = diffusers.StableDiffusionPipeline.from_pretrained(
            folder, safety_checker=None, feature_extractor=None, requires_safety_checker=False, variant=variant,
            local_files_only=True)
        for part in (pipeline.text_encoder, pipeline.unet, pipeline.vae):
            part.float().eval()
        first = compare_modules(pipeline, folder, options)
        wrong = compare_pictures(pipeline, folder, options, scratch)
    print(f"the first submodule that does not agree is {first}" if first else "all submodules agree")
    print(f"{wrong} pictures differ" if wrong else "all pictures agree")
    sys.exit(1 if first or wrong else 0)


if __name__ == "__main__":
    main()
