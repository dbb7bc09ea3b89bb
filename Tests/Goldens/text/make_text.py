"""Goldens of CLIPTextModel: small random models as transformers saves them, with the output of every submodule.

    python make_text.py

writes for every configuration NAME/config.json, NAME/model.safetensors (F32) and NAME/trace.safetensors: `input_ids`,
`trace.PATH` for every module, `trace.PATH.probabilities` of every attention, `last_hidden_state`, `pooler_output`, in float64
from the stored weights, rounded once; and the gradients of ⟨last_hidden_state, seed.hidden⟩ + ⟨pooler_output, seed.pooled⟩.
"""

import copy
import json
import pathlib
import sys

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import CLIPConfig, CLIPModel, CLIPTextConfig, CLIPTextModel

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from golden_models import Trace, gradients, normal, randomize, write  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent

transformers.logging.set_verbosity_error()

# name: configuration, ids. `legacy` is what models made before eos_token_id was right say: 2.
CONFIGURATIONS = {
    "quick_gelu": (
        {"vocab_size": 29, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
         "num_attention_heads": 2, "max_position_embeddings": 9, "hidden_act": "quick_gelu", "bos_token_id": 27,
         "eos_token_id": 28, "pad_token_id": 28},
        [[27, 3, 0, 14, 28, 28, 28], [27, 1, 1, 26, 5, 9, 28], [27, 28, 28, 28, 28, 28, 28]]),
    "legacy": (
        {"vocab_size": 23, "hidden_size": 12, "intermediate_size": 7, "num_hidden_layers": 1, "num_attention_heads": 3,
         "max_position_embeddings": 5, "hidden_act": "gelu", "layer_norm_eps": 1e-3, "bos_token_id": 0,
         "eos_token_id": 2, "pad_token_id": 1},
        [[21, 2, 4, 22, 1], [21, 22, 2, 2, 22]]),
    "gelu_new": (
        {"vocab_size": 11, "hidden_size": 10, "intermediate_size": 13, "num_hidden_layers": 3,
         "num_attention_heads": 1, "max_position_embeddings": 6, "hidden_act": "gelu_new", "bos_token_id": 9,
         "eos_token_id": 10, "pad_token_id": 0},
        [[9, 4, 8], [9, 7, 10]]),
    "whole": (
        {"vocab_size": 17, "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 1,
         "num_attention_heads": 4, "max_position_embeddings": 8, "hidden_act": "gelu", "bos_token_id": 15,
         "eos_token_id": 16, "pad_token_id": 16},
        [[15, 2, 3, 4, 5, 6, 7, 16]]),
}

VISION = {"hidden_size": 4, "intermediate_size": 4, "num_hidden_layers": 1, "num_attention_heads": 1, "image_size": 4,
          "patch_size": 2, "projection_dim": 6}


def save(name, configuration):
    """Saves the folder as transformers does and returns the text model in it."""
    folder = FOLDER / name
    if name == "whole":
        whole = CLIPModel(CLIPConfig(text_config=configuration, vision_config=VISION, projection_dim=6))
        randomize(name, whole).save_pretrained(folder)
        return CLIPTextModel.from_pretrained(folder, attn_implementation="eager").eval()
    model = randomize(name, CLIPTextModel._from_config(CLIPTextConfig(**configuration), attn_implementation="eager"))
    model.save_pretrained(folder)
    if name == "legacy":
        # As transformers 4 wrote it: keys with a prefix, and the positions among the tensors.
        path = folder / "model.safetensors"
        tensors = {f"text_model.{key}": value for key, value in load_file(path).items()}
        positions = torch.arange(configuration["max_position_embeddings"])[None]
        save_file(tensors | {"text_model.embeddings.position_ids": positions}, path, metadata={"format": "pt"})
    return model


def main():
    for name, (configuration, ids) in CONFIGURATIONS.items():
        model = copy.deepcopy(save(name, configuration)).to(torch.float64)
        tensors = {"input_ids": torch.tensor(ids)}
        with Trace(model) as trace:
            output = model(input_ids=tensors["input_ids"], output_attentions=True)
        for layer, probabilities in enumerate(output.attentions):
            trace[f"trace.encoder.layers.{layer}.self_attn.probabilities"] = probabilities
        hidden, pooled = output.last_hidden_state, output.pooler_output
        seeds = {"seed.hidden": normal(f"{name}/hidden", hidden.shape), "seed.pooled": normal(f"{name}/pooled", pooled.shape)}
        ((hidden * seeds["seed.hidden"]).sum() + (pooled * seeds["seed.pooled"]).sum()).backward()
        tensors |= trace | seeds | {"last_hidden_state": hidden, "pooler_output": pooled} | gradients(model)
        write(FOLDER / name / "trace.safetensors", tensors, transformers=transformers.__version__)
        config = json.loads((FOLDER / name / "config.json").read_text())
        assert (config.get("text_config") or config)["hidden_act"] == configuration["hidden_act"]


if __name__ == "__main__":
    main()
