"""Goldens of the Stable Diffusion pipelines: a tiny random model, and what diffusers makes with it.

    python make_pipeline.py

writes the folder `tiny` as diffusers saves a pipeline, weights float16 (without its tokenizer: that is ../tokenizer/emoji),
and results.safetensors: the inputs `picture` [3, 16, 16] and `mask` [1, 16, 16] with values k/255, and for every case of
CASES `CASE.latents` and `CASE.pictures` [N, 3, 16, 16] in 0…1, computed in float32.
"""

import json
import pathlib
import shutil
import sys

import diffusers
import torch
import transformers
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionInpaintPipeline
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))
from golden_models import normal, randomize, write  # noqa: E402

TOKENIZER = FOLDER.parent / "tokenizer" / "emoji"

diffusers.logging.set_verbosity_error()
transformers.logging.set_verbosity_error()

SCHEDULERS = {
    "ddpm": "DDPMScheduler", "ddim": "DDIMScheduler", "euler": "EulerDiscreteScheduler",
    "euler-ancestral": "EulerAncestralDiscreteScheduler", "heun": "HeunDiscreteScheduler",
    "dpmsolver++": "DPMSolverMultistepScheduler", "pndm": "PNDMScheduler",
}

PROMPT = "red heart left of pizza"

# name: scheduler, arguments of the pipeline, seed; `picture` and `mask` say which pipeline.
CASES = {f"text_{name}": (name, {"num_inference_steps": 4}, 7) for name in SCHEDULERS} | {
    "text_many": ("ddim", {"num_inference_steps": 3, "num_images_per_prompt": 2, "negative_prompt": "pizza",
                           "guidance_scale": 4.0, "eta": 0.5, "height": 16, "width": 24}, 0),
    "text_unguided": ("euler-ancestral", {"num_inference_steps": 3, "guidance_scale": 1.0}, 2**64 - 1),
    "picture_ddim": ("ddim", {"num_inference_steps": 5, "strength": 0.6, "picture": True}, 3),
    "picture_heun": ("heun", {"num_inference_steps": 5, "strength": 0.7, "picture": True}, 4),
    "picture_ancestral": ("euler-ancestral", {"num_inference_steps": 4, "strength": 1.0, "picture": True,
                                              "num_images_per_prompt": 2}, 5),
    "picture_dpm": ("dpmsolver++", {"num_inference_steps": 7, "strength": 0.5, "picture": True}, 6),
    "mask_ddim": ("ddim", {"num_inference_steps": 4, "strength": 1.0, "mask": True}, 8),
    "mask_ddpm": ("ddpm", {"num_inference_steps": 5, "strength": 0.8, "mask": True, "num_images_per_prompt": 2}, 9),
    "mask_ancestral": ("euler-ancestral", {"num_inference_steps": 4, "strength": 0.75, "mask": True}, 10),
    "mask_heun": ("heun", {"num_inference_steps": 3, "strength": 1.0, "mask": True}, 11),
    "mask_dpm": ("dpmsolver++", {"num_inference_steps": 4, "strength": 0.5, "mask": True}, 12),
    "mask_pndm": ("pndm", {"num_inference_steps": 5, "strength": 1.0, "mask": True}, 13),
}


def make_pipeline():
    tokenizer = CLIPTokenizer.from_pretrained(TOKENIZER)
    ids = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id,
           "pad_token_id": tokenizer.pad_token_id}
    text = CLIPTextModel(CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=8, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=tokenizer.model_max_length, **ids))
    unet = UNet2DConditionModel(
        sample_size=8, block_out_channels=(4, 8), layers_per_block=1, norm_num_groups=2, cross_attention_dim=8,
        attention_head_dim=2, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"))
    vae = AutoencoderKL(
        block_out_channels=(4, 8), layers_per_block=1, norm_num_groups=2, latent_channels=4, sample_size=16,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, scaling_factor=0.7)
    for name, module in [("text", text), ("unet", unet), ("vae", vae)]:
        randomize(name, module)
    scheduler = DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False,
        steps_offset=1)
    return StableDiffusionPipeline(
        vae=vae, text_encoder=text, tokenizer=tokenizer, unet=unet, scheduler=scheduler, safety_checker=None,
        feature_extractor=None, requires_safety_checker=False)


def to_pil(tensor):
    from PIL import Image
    levels = (tensor * 255).round().to(torch.uint8)
    return Image.fromarray(levels[0].numpy() if levels.shape[0] == 1 else levels.permute(1, 2, 0).numpy())


def run(pipeline, case, picture, mask):
    scheduler, arguments, seed = case
    arguments = dict(arguments)
    components = pipeline.components | {
        "scheduler": getattr(diffusers, SCHEDULERS[scheduler]).from_config(pipeline.scheduler.config)}
    inputs = {}
    if arguments.pop("mask", False):
        kind, inputs = StableDiffusionInpaintPipeline, {"image": to_pil(picture), "mask_image": to_pil(mask)}
        arguments |= {"height": 16, "width": 16}
    elif arguments.pop("picture", False):
        kind, inputs = StableDiffusionImg2ImgPipeline, {"image": to_pil(picture)}
    else:
        kind = StableDiffusionPipeline
    model = kind(**components, requires_safety_checker=False)
    model.set_progress_bar_config(disable=True)
    results = []
    for output in ("latent", "pt"):
        generator = torch.Generator().manual_seed(seed)
        results.append(model(PROMPT, generator=generator, output_type=output, **inputs, **arguments).images)
    return results


def main():
    tiny = FOLDER / "tiny"
    shutil.rmtree(tiny, ignore_errors=True)
    make_pipeline().to(torch.float16).save_pretrained(tiny)
    shutil.rmtree(tiny / "tokenizer")
    (tiny / "tokenizer").symlink_to(TOKENIZER)
    pipeline = StableDiffusionPipeline.from_pretrained(tiny, torch_dtype=torch.float32, safety_checker=None)
    (tiny / "tokenizer").unlink()
    config = tiny / "text_encoder" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"dtype": "float32"}, indent=2) + "\n")
    picture = ((normal("picture", (3, 16, 16)) * 0.2 + 0.5).clamp(0, 1) * 255).round() / 255
    mask = torch.zeros(1, 16, 16)
    mask[:, 3:11, 5:14] = 1
    mask[:, 12:, :4] = 130 / 255
    tensors = {"picture": picture, "mask": mask}
    for name, case in CASES.items():
        latents, pictures = run(pipeline, case, picture, mask)
        tensors |= {f"{name}.latents": latents, f"{name}.pictures": pictures}
    write(FOLDER / "results.safetensors", tensors, diffusers=diffusers.__version__, transformers=transformers.__version__)


if __name__ == "__main__":
    main()
