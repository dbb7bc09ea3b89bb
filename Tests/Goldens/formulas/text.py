"""Attention, text and pictures compared."""

import torch
import torch.nn.functional as F
from transformers.models.clip.modeling_clip import image_text_contrastive_loss

from forward import t64
from recorder import TORCH, TRANSFORMERS, case, normal, np, random


def cases():
    for n, (batch, queries, keys, size, values) in enumerate(((2, 3, 5, 4, 2), (1, 4, 2, 3, 5), (3, 2, 3, 6, 1))):
        rng = random("attention", n)
        q, k = np.round(1.5 * normal(rng, batch, queries, size), 3), normal(rng, batch, keys, size)
        v = normal(rng, batch, keys, values)
        shapes = f"{queries} queries, {keys} keys"
        case("attention.scaled_dot_product", shapes, TORCH, {"Q": q, "K": k, "V": v, "d": size},
             F.scaled_dot_product_attention(t64(q), t64(k), t64(v)))
        identity = torch.eye(keys, dtype=torch.float64).expand(batch, keys, keys)
        case("attention.weights", shapes, TORCH, {"Q": q, "K": k, "d": size},
             F.scaled_dot_product_attention(t64(q), t64(k), identity))
        scores = np.round(2 * normal(rng, batch, keys, keys), 3)
        mask = torch.full((keys, keys), float("-inf"), dtype=torch.float64).triu(1)
        case("attention.causal", f"{keys} tokens", TORCH, {"S": scores}, torch.softmax(t64(scores) + mask, -1))
    for n, (rows, classes) in enumerate(((3, 4), (2, 6), (5, 2))):
        rng = random("text", n)
        scores, tau = normal(rng, rows, classes), (0.5, 2.5, 0.07)[n]
        case("text.softmax_temperature", f"τ = {tau}", TORCH, {"s": scores, "tau": tau}, F.softmax(t64(scores) / tau, 1))
        a, b = normal(rng, rows, 3 + n), normal(rng, classes, 3 + n)
        case("text.cosine_similarity", f"{rows} pictures, {classes} texts", TORCH, {"a": a, "b": b},
             F.cosine_similarity(t64(a)[:, None], t64(b)[None], dim=-1))
        size = (3, 5, 4)[n]
        similarity = np.round(np.tanh(normal(rng, size, size)), 3)
        case("text.contrastive", f"{size} pairs, τ = {tau}", TRANSFORMERS, {"S": similarity, "tau": tau},
             image_text_contrastive_loss(t64(similarity).T / tau))
