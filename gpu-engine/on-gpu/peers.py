#!/usr/bin/env python3
"""What torch and transformers do on this GPU with the workload that the engine is measured on.

    peers.py rates ANY ANSWER.json SECONDS          copy and product rates
    peers.py complete WORKLOAD.json ANSWER.json SECONDS

The model is a Llama of the workload's shape with random weights in bf16. Every peer runs in a process
of its own with a limit of time; what it found, or why it found nothing, is a row of the answer, which
is written after each. Every completion has exactly the stated number of tokens, chosen greedily.
"""

import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

# Peer, what it is given of the time that is left, and its name in the report. The first weighs most.
PEERS = [
    ("continuous", 0.45, "D: generate_batch"),
    ("dynamic", 0.45, "A: generate, dynamic cache"),
    ("static", 0.6, "B: generate, static cache, compiled"),
    ("loop", 1.0, "C: own loop, max-autotune"),
]
LEAST_SECONDS = 20
BLOCK_TOKENS = 32  # of a paged cache whose attention takes any
FLASH_BLOCK_TOKENS = 256  # of flash attention's


def write(path, answer):
    half = path + ".half"
    with open(half, "w", encoding="utf-8") as file:
        json.dump(answer, file)
    os.replace(half, path)


def told(error):
    """An error in one line."""
    lines = str(error).strip().splitlines()
    return type(error).__name__ + ": " + (lines[0] if lines else "")[:300]


# --- rates -------------------------------------------------------------------------------------------


def timed(torch, work, times):
    """Seconds of one of so many, by the device's events."""
    begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    begin.record()
    for _ in range(times):
        work()
    end.record()
    torch.cuda.synchronize()
    return begin.elapsed_time(end) / 1e3 / times


def rates(answer):
    import torch

    if not torch.cuda.is_available():
        raise RuntimeError("torch " + torch.__version__ + " sees no GPU")
    side = 8192
    a = torch.randn(side, side, device="cuda", dtype=torch.bfloat16)
    b = torch.randn(side, side, device="cuda", dtype=torch.bfloat16)
    out = torch.empty_like(a)
    source = torch.randn(1 << 29, device="cuda", dtype=torch.float32)
    target = torch.empty_like(source)
    product, copy = lambda: torch.matmul(a, b, out=out), lambda: target.copy_(source)
    timed(torch, product, 3), timed(torch, copy, 3)
    moved = 2 * source.numel() * source.element_size()
    answer["rows"] = [
        {
            "what": "bf16 product",
            "unit": "TFLOP/s",
            "samples": [2 * side**3 / timed(torch, product, 10) / 1e12 for _ in range(5)],
        },
        {
            "what": "copy within the device",
            "unit": "GB/s",
            "samples": [moved / timed(torch, copy, 10) / 1e9 for _ in range(5)],
        },
    ]


# --- peers, each in its own process ------------------------------------------------------------------


def llama(workload, attention):
    """A model with random weights on the GPU, which never ends a completion by itself."""
    import torch
    from transformers import AutoModelForCausalLM, LlamaConfig

    config = LlamaConfig(
        **workload["model"], bos_token_id=None, eos_token_id=None, pad_token_id=0, tie_word_embeddings=False
    )
    torch.manual_seed(1)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda"):
        model = AutoModelForCausalLM.from_config(config, attn_implementation=attention)
    model = model.to(device="cuda", dtype=torch.bfloat16).eval()
    model.generation_config.eos_token_id = None
    model.generation_config.pad_token_id = 0
    return model


def measure(workload, complete, rows, how):
    """Times complete(new_tokens), which returns how many tokens it generated, for all lengths."""
    import torch

    for new_tokens in workload["new_tokens"]:
        complete(new_tokens)  # warm-up: compiles, captures graphs
        torch.cuda.reset_peak_memory_stats()
        expected, speeds = new_tokens * len(workload["prompts"]), []
        for _ in range(workload["repeats"]):
            torch.cuda.synchronize()
            start = time.perf_counter()
            generated = complete(new_tokens)
            torch.cuda.synchronize()
            speeds.append(expected / (time.perf_counter() - start))
            if generated != expected:
                raise RuntimeError(f"{generated} tokens were generated, not {expected}")
        rows(
            {
                "how": how,
                "new_tokens": new_tokens,
                "tokens_per_second": speeds,
                "memory_gib": torch.cuda.max_memory_reserved() / 2**30,
            }
        )
        print(how, new_tokens, statistics.median(speeds), flush=True)


def batches(workload):
    """Prompts of one length, as tensors of as many rows as the engine has slots."""
    import torch

    slots, prompts = workload["slots"], workload["prompts"]
    for first in range(0, len(prompts), slots):
        yield torch.tensor(prompts[first : first + slots], device="cuda")


def generate(workload, rows, how, **more):
    import torch

    model = llama(workload, "sdpa")

    def complete(new_tokens):
        generated = 0
        for ids in batches(workload):
            with torch.inference_mode():
                out = model.generate(
                    input_ids=ids,
                    attention_mask=torch.ones_like(ids),
                    do_sample=False,
                    min_new_tokens=new_tokens,
                    max_new_tokens=new_tokens,
                    **more,
                )
            generated += out[:, ids.shape[1] :].numel()
        return generated

    measure(workload, complete, rows, how)


def dynamic(workload, rows):
    generate(workload, rows, "torch, sdpa")


def static(workload, rows):
    generate(workload, rows, "torch, sdpa, static cache compiled", cache_implementation="static")


def loop(workload, rows):
    import torch
    from transformers import StaticCache

    model = llama(workload, "sdpa")
    longest = len(workload["prompts"][0]) + max(workload["new_tokens"])

    def step(token, position, cache):
        logits = model(
            input_ids=token, cache_position=position, past_key_values=cache, use_cache=True
        ).logits
        return logits[:, -1:].argmax(-1)

    compiled = torch.compile(step, mode="max-autotune", fullgraph=True)
    caches = {}

    def complete(new_tokens):
        generated = 0
        for ids in batches(workload):
            cache = caches.get(len(ids))
            if cache is None:
                cache = caches[len(ids)] = StaticCache(config=model.config, max_cache_len=longest)
            with torch.inference_mode():
                cache.reset()
                prompt = ids.shape[1]
                position = torch.arange(prompt, device="cuda")
                token = step(ids, position, cache).clone()
                generated += token.numel()
                for at in range(prompt, prompt + new_tokens - 1):
                    token = compiled(token, torch.tensor([at], device="cuda"), cache).clone()
                    generated += token.numel()
        return generated

    measure(workload, complete, rows, "torch, sdpa, max-autotune")


def has_flash():
    try:
        import flash_attn  # noqa: F401

        return True
    except ImportError:
        return False


def batching(workload, block_tokens):
    """As many KV tokens as the engine's slots hold; only settings that this version knows."""
    from transformers.generation import ContinuousBatchingConfig

    longest = len(workload["prompts"][0]) + max(workload["new_tokens"])
    blocks = (longest + block_tokens - 1) // block_tokens * workload["slots"]
    asked = {"block_size": block_tokens, "num_blocks": blocks, "allow_block_sharing": False}
    known = {field.name for field in dataclasses.fields(ContinuousBatchingConfig)}
    return ContinuousBatchingConfig(**{name: value for name, value in asked.items() if name in known})


def continuous(workload, rows):
    from transformers import GenerationConfig

    attention = "flash_attention_2" if has_flash() else "sdpa"
    block_tokens = FLASH_BLOCK_TOKENS if has_flash() else BLOCK_TOKENS
    model = llama(workload, attention)
    config = batching(workload, block_tokens)

    def complete(new_tokens):
        how = GenerationConfig(
            max_new_tokens=new_tokens, do_sample=False, eos_token_id=-1, pad_token_id=0
        )
        outputs = model.generate_batch(
            inputs=workload["prompts"],
            generation_config=how,
            continuous_batching_config=config,
            progress_bar=False,
        )
        return sum(len(one.generated_tokens) for one in outputs.values())

    measure(workload, complete, rows, "torch, paged " + attention)


def run_peer(peer, workload_path, answer_path):
    """One peer in this process."""
    found = []

    def rows(row):
        found.append(row)
        write(answer_path, {"rows": found})

    with open(workload_path, encoding="utf-8") as file:
        workload = json.load(file)
    try:
        globals()[peer](workload, rows)
    except Exception as error:  # what a peer lacks is its row, and no more
        write(answer_path, {"rows": found, "error": told(error)})
        raise


# --- all peers ---------------------------------------------------------------------------------------


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def complete_all(workload_path, answer_path, deadline):
    import torch
    import transformers

    answer = {"rows": [], "torch": torch.__version__, "transformers": transformers.__version__}
    write(answer_path, answer)
    if not torch.cuda.is_available():
        raise RuntimeError("torch " + torch.__version__ + " sees no GPU")
    for peer, share, name in PEERS:
        seconds = (deadline - time.monotonic()) * share
        found, error = {}, ""
        if seconds < LEAST_SECONDS:
            error = "no time was left"
        else:
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "answer.json")
                command = [sys.executable, __file__, "peer", workload_path, path, peer]
                try:
                    code = subprocess.run(command, timeout=seconds, check=False).returncode
                    error = "" if code == 0 else f"ended with exit code {code}"
                except subprocess.TimeoutExpired:
                    error = f"stopped after {seconds:.0f} s"
                found = read(path)
        answer["rows"] += [{"peer": name, **row} for row in found.get("rows", [])]
        error = found.get("error", error)
        if error:
            answer["rows"].append({"peer": name, "error": error})
        write(answer_path, answer)


def main(verb, source, answer_path, last):
    if verb == "peer":
        run_peer(last, source, answer_path)
        return
    answer = {"rows": []}
    try:
        if verb == "rates":
            rates(answer)
            write(answer_path, answer)
        else:
            complete_all(source, answer_path, time.monotonic() + float(last))
    except Exception as error:  # the caller reads why
        answer = {**answer, **read(answer_path), "error": told(error)}
        write(answer_path, answer)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
