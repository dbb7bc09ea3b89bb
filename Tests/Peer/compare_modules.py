"""Opens an autoencoder's or a text encoder's folder, or both in a pipeline's, with diffusers or transformers and with diffuse
and compares what every submodule computes.

    Tests/Peer/run compare_modules.py emoji-ldm
    Tests/Peer/run compare_modules.py path/to/text_encoder

Tables as those of compare_unet.py; the first submodule beyond the tolerance is named, and the exit code is 1.
"""

import argparse
import json
import pathlib
import sys

from peer_models import DIFFUSE, MODELS, binary, compare, probe, stop, trace


def parse():
    parser = argparse.ArgumentParser(description="Compares diffuse with its peers, submodule by submodule.")
    parser.add_argument("model", help="a shipped model's name, a pipeline's folder, or a module's with config.json")
    parser.add_argument("--diffuse", type=pathlib.Path, default=DIFFUSE, help="the built command")
    parser.add_argument("--batch", type=int, default=2, help="samples (default 2)")
    parser.add_argument("--size", type=int, nargs=2, metavar=("H", "W"), help="default: the model's sample_size")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tolerance", type=float, default=1e-4, help="of ‖ours − theirs‖ / ‖theirs‖ (default 1e-4)")
    parser.add_argument("--quiet", action="store_true", help="only the summaries")
    return parser.parse_args()


def folders(name_or_path):
    """The folders of the modules in a model."""
    for folder in [MODELS / name_or_path, pathlib.Path(name_or_path)]:
        if (folder / "model_index.json").is_file():
            return [folder / "text_encoder", folder / "vae"]
        if (folder / "config.json").is_file():
            return [folder]
    stop(f"no model '{name_or_path}': neither {MODELS / name_or_path} nor {name_or_path} holds one", 66)


def compare_text_encoder(folder, options, generator):
    import torch
    import transformers

    model = transformers.CLIPTextModel.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True, attn_implementation="eager").eval()
    config = model.config
    ids = torch.randint(0, config.vocab_size, (options.batch, config.max_position_embeddings), generator=generator)
    ids[:, -1] = config.eos_token_id
    result, outputs = trace(model, lambda: model(input_ids=ids, output_attentions=True))
    for layer, probabilities in enumerate(result.attentions):
        outputs[f"encoder.layers.{layer}.self_attn.probabilities"] = probabilities
    outputs = {path.removeprefix("text_model."): output for path, output in outputs.items()}
    outputs |= {"last_hidden_state": result.last_hidden_state, "pooler_output": result.pooler_output}
    ours = probe(options.diffuse, "text-encoder", folder, {"input_ids": ids})
    print(f"{folder}: CLIPTextModel")
    return compare(ours, outputs, options.tolerance, options.quiet)


def compare_autoencoder(folder, options, generator):
    import diffusers
    import torch

    diffusers.logging.set_verbosity_error()
    model = diffusers.AutoencoderKL.from_pretrained(folder, torch_dtype=torch.float32, local_files_only=True).eval()
    height, width = options.size or (model.config.sample_size,) * 2
    sample = torch.randn(options.batch, model.config.in_channels, height, width, generator=generator)
    latents, outputs = trace(model, lambda: model.encode(sample).latent_dist)
    ours = probe(options.diffuse, "vae-encoder", folder, {"sample": sample})
    print(f"{folder}: the encoder of AutoencoderKL")
    outputs |= {"mean": latents.mean, "logvar": latents.logvar}
    first = compare(ours, outputs, options.tolerance, options.quiet)

    latent_sample = torch.randn(latents.mean.shape, generator=generator)
    picture, outputs = trace(model, lambda: model.decode(latent_sample).sample)
    ours = probe(options.diffuse, "vae-decoder", folder, {"latent_sample": latent_sample})
    print(f"{folder}: the decoder of AutoencoderKL")
    return compare(ours, outputs | {"sample": picture}, options.tolerance, options.quiet) or first


def main():
    import torch

    options = parse()
    options.diffuse = binary(options.diffuse)
    generator = torch.Generator().manual_seed(options.seed)
    differing = []
    for folder in folders(options.model):
        config = json.loads((folder / "config.json").read_text())
        kind = config.get("_class_name") or config.get("model_type")
        comparison = {"AutoencoderKL": compare_autoencoder, "clip_text_model": compare_text_encoder,
                      "clip": compare_text_encoder}.get(kind)
        if comparison is None:
            stop(f"{folder} holds a {kind}, neither an autoencoder nor a text encoder", 65)
        differing.append(comparison(folder, options, generator))
    if any(differing):
        sys.exit(1)


if __name__ == "__main__":
    main()
