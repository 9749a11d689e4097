#!/usr/bin/env python3
"""Trains the bundled model with PyTorch, on a GPU where there is one, from the tokens that
`train.sh export-tokens --out TOKENS` wrote. Needs torch >= 2.5 and safetensors.

NOT RUN YET: written after the Java trainer and checked by `python -m py_compile` only, as no machine with PyTorch
was at hand. Same model, losses, state-copy masking and schedule as there; other random numbers, so other weights.

    train.py --tokens TOKENS --out MODEL --steps 20000 [--batch-tokens 16384] [--mask-from .5] ...
"""
import argparse
import json
import math
import pathlib
import random
import shutil
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

LAYER = "model.layers.%d."
MATRICES = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
            "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")


def options():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--tokens", type=pathlib.Path, required=True)
    p.add_argument("--out", type=pathlib.Path, required=True)
    p.add_argument("--steps", type=int, default=3000)
    p.add_argument("--batch-tokens", type=int, default=4096)
    p.add_argument("--lr", type=float, default=3e-3)
    p.add_argument("--ramp-weights", type=lambda s: [float(x) for x in s.split(",")], default=[.1, .2, .3])
    p.add_argument("--article-weight", type=float, default=.15)
    p.add_argument("--article-share", type=float, default=.25)
    p.add_argument("--mask-from", type=float, default=.5)
    p.add_argument("--mask-max", type=float, default=.5)
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--validate-every", type=int, default=250)
    return p.parse_args()


class Samples:
    """Token lists with the start of each summary."""

    def __init__(self, file):
        data = load_file(file)
        self.tokens = data["tokens"].long()
        self.offsets = data["offsets"].tolist()
        self.starts = data["summary_starts"].tolist()

    def __len__(self):
        return len(self.starts)

    def positions(self, i):
        return self.offsets[i + 1] - self.offsets[i] - 1

    def batch(self, chosen, device):
        """ids, targets, summary and article masks: [sequences][length]; padding pays nothing."""
        length = max(self.positions(i) for i in chosen)
        ids = torch.zeros(len(chosen), length, dtype=torch.long)
        targets = torch.zeros_like(ids)
        summary = torch.zeros_like(ids, dtype=torch.bool)
        article = torch.zeros_like(summary)
        for row, i in enumerate(chosen):
            tokens = self.tokens[self.offsets[i]:self.offsets[i + 1]]
            n, start = len(tokens) - 1, self.starts[i] - 1
            ids[row, :n], targets[row, :n] = tokens[:-1], tokens[1:]
            article[row, :start] = True
            summary[row, start:n] = True
        return [x.to(device) for x in (ids, targets, summary, article)]

    def batches(self, indices, batch_tokens):
        current = []
        for i in sorted(indices, key=self.positions):
            if current and (len(current) + 1) * self.positions(i) > batch_tokens:
                yield current
                current = []
            current.append(i)
        if current:
            yield current

    def endless(self, batch_tokens, rng, pool=1024):
        first = 0
        while True:
            if first + pool > len(self):
                first = 0
            batches = list(self.batches(range(first, first + pool), batch_tokens))
            rng.shuffle(batches)
            yield from batches
            first += pool


def new_weights(config, device):
    hidden, inner, layers = config["hidden_size"], config["intermediate_size"], config["num_hidden_layers"]
    keys = config["num_key_value_heads"] * config["head_dim"]
    outputs = dict(zip(MATRICES, (hidden, keys, keys, hidden, inner, inner, hidden)))
    weights = {"model.embed_tokens.weight": torch.randn(config["vocab_size"], hidden) * .05,
               "model.norm.weight": torch.ones(hidden)}
    for layer in range(layers):
        for name in ("input_layernorm", "post_attention_layernorm"):
            weights[LAYER % layer + name + ".weight"] = torch.ones(hidden)
        for name, rows in outputs.items():
            residual = name.endswith(("o_proj", "down_proj"))
            std = .06 / math.sqrt(2 * layers) if residual else .06
            inputs = inner if name.endswith("down_proj") else hidden
            weights[LAYER % layer + name + ".weight"] = torch.randn(rows, inputs) * std
    return {name: w.to(device).requires_grad_() for name, w in weights.items()}


def rotated(x, cos, sin):
    low, high = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-high, low), dim=-1) * sin


def hidden_states(w, config, ids, exit_depth):
    """The state after each layer. exit_depth: [sequences][length] or None; layers above it take over K and V."""
    rows, length = ids.shape
    dim, eps = config["head_dim"], config["rms_norm_eps"]
    inverse = config["rope_theta"] ** (-torch.arange(0, dim, 2, device=ids.device) / dim)
    angles = torch.arange(length, device=ids.device)[:, None] * inverse
    cos, sin = angles.cos().repeat(1, 2), angles.sin().repeat(1, 2)
    x = F.embedding(ids, w["model.embed_tokens.weight"])
    states, before = [], None
    for layer in range(config["num_hidden_layers"]):
        def weight(name):
            return w[LAYER % layer + name + ".weight"]

        def heads(name):
            return F.linear(h, weight("self_attn." + name)).view(rows, length, -1, dim).transpose(1, 2)

        h = F.rms_norm(x, x.shape[-1:], weight("input_layernorm"), eps)
        q, k, v = rotated(heads("q_proj"), cos, sin), rotated(heads("k_proj"), cos, sin), heads("v_proj")
        if exit_depth is not None and layer > 0:
            stays = (exit_depth > layer)[:, None, :, None]
            k, v = torch.where(stays, k, before[0]), torch.where(stays, v, before[1])
        before = (k, v)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        x = x + F.linear(mixed.transpose(1, 2).reshape(rows, length, -1), weight("self_attn.o_proj"))
        h = F.rms_norm(x, x.shape[-1:], weight("post_attention_layernorm"), eps)
        inner = F.silu(F.linear(h, weight("mlp.gate_proj"))) * F.linear(h, weight("mlp.up_proj"))
        x = x + F.linear(inner, weight("mlp.down_proj"))
        states.append(x)
    return states


def logits(w, config, state):
    normed = F.rms_norm(state, state.shape[-1:], w["model.norm.weight"], config["rms_norm_eps"])
    return F.linear(normed, w["model.embed_tokens.weight"])


def draw_exits(summary, ramps, layers, most):
    share = torch.rand(summary.shape[0], 1, device=summary.device) * most
    leaves = summary & (torch.rand(summary.shape, device=summary.device) < share)
    depths = torch.tensor(ramps, device=summary.device)
    drawn = depths[torch.randint(len(ramps), summary.shape, device=summary.device)]
    return torch.where(leaves, drawn, layers)


def total_loss(w, config, ramps, batch, exit_depth, o):
    ids, targets, summary, article = batch
    states = hidden_states(w, config, ids, exit_depth)

    def loss(state, where):
        return F.cross_entropy(logits(w, config, state[where]), targets[where])

    full = loss(states[-1], summary)
    total = full
    for depth, weight in zip(ramps, o.ramp_weights):
        total = total + weight * loss(states[depth - 1], summary)
    paying = article & (torch.rand(article.shape, device=ids.device) < o.article_share)
    if o.article_weight > 0 and paying.any():
        total = total + o.article_weight * loss(states[-1], paying)
    return total, full.item()


def learning_rate(step, o):
    warm, done = min(1, step / 100), min(1, step / o.steps)
    if done <= .1:
        return o.lr * warm
    return o.lr * warm * (.05 + .95 * .5 * (1 + math.cos(math.pi * (done - .1) / .9)))


@torch.no_grad()
def validate(w, config, ramps, samples, batch_tokens, device):
    """(token accuracy, exact match) of each ramp and of full depth."""
    right, exact, tokens = [0] * (len(ramps) + 1), [0] * (len(ramps) + 1), 0
    for chosen in samples.batches(range(len(samples)), batch_tokens):
        ids, targets, summary, _ = samples.batch(chosen, device)
        states = hidden_states(w, config, ids, None)
        tokens += int(summary.sum())
        for i, depth in enumerate(ramps + [len(states)]):
            hit = logits(w, config, states[depth - 1]).argmax(-1) == targets
            right[i] += int((hit & summary).sum())
            exact[i] += int((hit | ~summary).all(dim=1).sum())
    return [(r / tokens, e / len(samples)) for r, e in zip(right, exact)]


def save(w, o):
    o.out.mkdir(parents=True, exist_ok=True)
    save_file({name: x.detach().bfloat16().cpu().contiguous() for name, x in w.items()},
              str(o.out / "model.safetensors"))
    for name in ("config.json", "generation_config.json", "tokenizer.json", "prompt-template.txt"):
        shutil.copy(o.tokens / name, o.out / name)
    ramps = json.loads((o.tokens / "ramps.json").read_text())
    ramps["trainedFor"] = ["map", "copy"] if o.mask_from < 1 else []
    (o.out / "ramps.json").write_text(json.dumps(ramps, indent=2) + "\n")


def main():
    o = options()
    torch.manual_seed(o.seed)
    torch.set_float32_matmul_precision("high")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    config = json.loads((o.tokens / "config.json").read_text())
    ramps = [ramp["depth"] for ramp in json.loads((o.tokens / "ramps.json").read_text())["ramps"]]
    if len(o.ramp_weights) != len(ramps):
        raise SystemExit(f"--ramp-weights {o.ramp_weights} must be one for each of the ramps {ramps}")
    train, unseen = Samples(o.tokens / "train.safetensors"), Samples(o.tokens / "validation.safetensors")
    w = new_weights(config, device)
    groups = [{"params": [x for x in w.values() if x.dim() > 1], "weight_decay": .05},
              {"params": [x for x in w.values() if x.dim() == 1], "weight_decay": 0}]
    adam = torch.optim.AdamW(groups, lr=o.lr, betas=(.9, .98), eps=1e-8)
    batches = train.endless(o.batch_tokens, random.Random(o.seed))
    start = time.time()
    for step in range(1, o.steps + 1):
        batch = train.batch(next(batches), device)
        masks = o.mask_from < 1 and step > o.mask_from * o.steps
        exits = draw_exits(batch[2], ramps, config["num_hidden_layers"], o.mask_max) if masks else None
        total, full = total_loss(w, config, ramps, batch, exits, o)
        adam.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(list(w.values()), 1.0, error_if_nonfinite=True)
        for group in adam.param_groups:
            group["lr"] = learning_rate(step, o)
        adam.step()
        if step == o.steps or step % o.validate_every == 0:
            scores = validate(w, config, ramps, unseen, o.batch_tokens, device)
            print(f"step {step} loss {full:.4f} {time.time() - start:.0f} s unseen (accuracy, exact): {scores}", flush=True)
            save(w, o)


if __name__ == "__main__":
    main()
