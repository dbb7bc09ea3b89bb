"""Writes a folder of Stable Diffusion v1's architecture at reduced width, with random weights, as the published ones are.

    python stable_diffusion_v1.py FOLDER

U-Net, autoencoder and text encoder have v1's blocks, levels and options (`attention_head_dim` 8 is the number of heads). The
folder has what those of 2022 have and new ones do not: the autoencoder's attention under its old names (`query`, `key`, `value`,
`proj_attn`), `position_ids` among the text encoder's weights, weights in half precision as `.fp16.safetensors`, a PNDMScheduler
with `skip_prk_steps`, a safety checker and a feature extractor that the index names and a runner may leave out.
"""

import json
import pathlib
import shutil
import sys

TOKENIZER = pathlib.Path(__file__).resolve().parents[1] / "Goldens" / "tokenizer" / "emoji"

SCHEDULER = {
    "_class_name": "PNDMScheduler", "_diffusers_version": "0.7.0.dev0", "beta_end": 0.012, "beta_schedule": "scaled_linear",
    "beta_start": 0.00085, "clip_sample": False, "num_train_timesteps": 1000, "set_alpha_to_one": False,
    "skip_prk_steps": True, "steps_offset": 1, "trained_betas": None,
}
UNET = {
    # A version from which on diffusers believes a sample_size below 64.
    "_class_name": "UNet2DConditionModel", "_diffusers_version": "0.9.0", "act_fn": "silu", "attention_head_dim": 8,
    "block_out_channels": [32, 64, 128, 128], "center_input_sample": False, "cross_attention_dim": 48,
    "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"], "downsample_padding": 1, "flip_sin_to_cos": True,
    "freq_shift": 0, "in_channels": 4, "layers_per_block": 2, "mid_block_scale_factor": 1, "norm_eps": 1e-05,
    "norm_num_groups": 16, "out_channels": 4, "sample_size": 16,
    "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
}
VAE = {
    "_class_name": "AutoencoderKL", "_diffusers_version": "0.7.0.dev0", "act_fn": "silu", "block_out_channels": [16, 32, 64, 64],
    "down_block_types": ["DownEncoderBlock2D"] * 4, "in_channels": 3, "latent_channels": 4, "layers_per_block": 2,
    "norm_num_groups": 16, "out_channels": 3, "sample_size": 128, "up_block_types": ["UpDecoderBlock2D"] * 4,
}
INDEX = {
    "_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.7.0.dev0",
    "feature_extractor": ["transformers", "CLIPFeatureExtractor"],
    "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"], "scheduler": ["diffusers", "PNDMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"],
}
OLD_NAMES = {".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn."}


def text_config():
    """As v1's, whose ids of start, end and padding are not those of its tokenizer."""
    vocabulary = json.loads((TOKENIZER / "vocab.json").read_text())
    return {
        "architectures": ["CLIPTextModel"], "attention_dropout": 0.0, "bos_token_id": 0, "dropout": 0.0, "eos_token_id": 2,
        "hidden_act": "quick_gelu", "hidden_size": 48, "initializer_factor": 1.0, "initializer_range": 0.02,
        "intermediate_size": 192, "layer_norm_eps": 1e-05, "max_position_embeddings": 20, "model_type": "clip_text_model",
        "num_attention_heads": 4, "num_hidden_layers": 3, "pad_token_id": 1, "torch_dtype": "float32",
        "transformers_version": "4.22.0.dev0", "vocab_size": len(vocabulary),
    }


def random_weights(module, seed):
    import torch

    generator = torch.Generator().manual_seed(seed)
    for parameter in module.parameters():
        scale = 0.02 if parameter.dim() < 2 else 1.2 / parameter[0].numel() ** 0.5
        parameter.data = torch.randn(parameter.shape, generator=generator) * scale + (parameter.dim() < 2) * parameter.data
    return module.half().state_dict()


def old_name(name):
    if ".attentions." in name:
        for new, old in OLD_NAMES.items():
            name = name.replace(new, old)
    return name


def write(folder):
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from safetensors.torch import save_file
    from transformers import CLIPTextConfig, CLIPTextModel

    folder = pathlib.Path(folder)
    text = text_config()
    parts = {
        "unet": (UNET, random_weights(UNet2DConditionModel.from_config(UNET), 1), "diffusion_pytorch_model"),
        "vae": (VAE, random_weights(AutoencoderKL.from_config(VAE), 2), "diffusion_pytorch_model"),
        "text_encoder": (text, random_weights(CLIPTextModel(CLIPTextConfig(**text)), 3), "model"),
    }
    vae = {old_name(name): tensor for name, tensor in parts["vae"][1].items()}
    assert "encoder.mid_block.attentions.0.proj_attn.weight" in vae
    parts["vae"] = (VAE, vae, "diffusion_pytorch_model")
    states = {name if name.startswith("text_model.") else f"text_model.{name}": tensor
              for name, tensor in parts["text_encoder"][1].items() if not name.endswith("position_ids")}
    states["text_model.embeddings.position_ids"] = torch.arange(20)[None]
    parts["text_encoder"] = (text, states, "model")
    for name, (config, tensors, file) in parts.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        contiguous = {key: tensor.contiguous() for key, tensor in tensors.items()}
        save_file(contiguous, folder / name / f"{file}.fp16.safetensors", metadata={"format": "pt"})
    for name, file, content in [
        ("scheduler", "scheduler_config.json", SCHEDULER),
        ("feature_extractor", "preprocessor_config.json", {"crop_size": 224, "size": 224}),
    ]:
        (folder / name).mkdir(exist_ok=True)
        (folder / name / file).write_text(json.dumps(content, indent=2) + "\n")
    shutil.copytree(TOKENIZER, folder / "tokenizer", dirs_exist_ok=True)
    (folder / "model_index.json").write_text(json.dumps(INDEX, indent=2) + "\n")
    return folder


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python stable_diffusion_v1.py FOLDER")
    print(write(sys.argv[1]))
