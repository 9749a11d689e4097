#!/usr/bin/env python3
"""What torch and transformers do on this GPU with the workload that the engine is measured on.

    peers.py rates ANY ANSWER.json SECONDS          copy and product rates
    peers.py complete WORKLOAD.json ANSWER.json SECONDS

The model is a Llama of the workload's shape with random weights in bf16. Every peer runs in a process
of its own with a limit of time; what it found, or why it found nothing, is a row of the answer, which
is written after each; a row grows with every repeat. Every completion has exactly the stated number
of tokens, chosen greedily.
"""

import contextlib
import dataclasses
import inspect
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

# Peer, seconds that are kept for it, and its name in the report. The first weighs most; the last has
# what is left.
PEERS = [
    ("continuous", 60, "D: continuous batching"),
    ("dynamic", 45, "A: generate, dynamic cache"),
    ("static", 0, "B: generate, static cache, compiled"),
    ("loop", 0, "C: own loop, max-autotune"),
]
LEAST_SECONDS = 20
BLOCK_TOKENS = 32  # of a paged cache whose attention takes any
FLASH_BLOCK_TOKENS = 256  # of flash attention's
BATCH_TOKENS = 4096  # of a call of continuous batching, as of this engine's


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
            seconds = time.perf_counter() - start
            if generated != expected:
                raise RuntimeError(f"{generated} tokens were generated, not {expected}")
            speeds.append(expected / seconds)
            rows(
                {
                    "how": how,
                    "new_tokens": new_tokens,
                    "tokens_per_second": speeds,
                    "memory_gib": torch.cuda.max_memory_reserved() / 2**30,
                }
            )
            print(f"{how}: {new_tokens} tokens, {speeds[-1]:.0f} tok/s in {seconds:.2f} s", flush=True)
        print(f"{how}: {new_tokens} tokens, median {statistics.median(speeds):.0f} tok/s", flush=True)


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
    """The first mode that compiles; CUDA graphs do not take every cache."""
    found = []

    def noted(row):
        found.append(row)
        rows(row)

    try:
        loop_in(workload, noted, "max-autotune")
    except Exception as error:
        if found:
            raise
        print("C: max-autotune failed:", told(error), flush=True)
        loop_in(workload, rows, "max-autotune-no-cudagraphs")


def loop_in(workload, rows, mode):
    import torch
    from transformers import StaticCache

    torch._dynamo.reset()
    model = llama(workload, "sdpa")
    longest = len(workload["prompts"][0]) + max(workload["new_tokens"])
    takes_position = "cache_position" in inspect.signature(model.model.forward).parameters

    def step(token, position, cache):
        more = {"cache_position": position} if takes_position else {}
        logits = model(
            input_ids=token,
            position_ids=position[None],
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
            **more,
        ).logits
        return logits[:, -1:].argmax(-1)

    compiled = torch.compile(step, mode=mode, fullgraph=True)
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

    measure(workload, complete, rows, "torch, sdpa, " + mode)


def attentions():
    """Attention to try for a paged cache, best first."""
    found = []
    packages = {"flash_attn_interface": "flash_attention_3", "flash_attn": "flash_attention_2"}
    for package, attention in packages.items():
        try:
            __import__(package)
            found.append(attention)
        except Exception as error:  # a build for another torch fails in its own way
            print("D:", package, "is not there:", told(error), flush=True)
    return found + ["sdpa"]


def batching(workload, block_tokens):
    """As many KV tokens as the engine's slots hold, and the settings that this version knows."""
    from transformers.generation import ContinuousBatchingConfig

    longest = len(workload["prompts"][0]) + max(workload["new_tokens"])
    blocks = (longest + block_tokens - 1) // block_tokens * workload["slots"]
    if dataclasses.is_dataclass(ContinuousBatchingConfig):
        known = {field.name for field in dataclasses.fields(ContinuousBatchingConfig)}
    else:
        known = set(inspect.signature(ContinuousBatchingConfig.__init__).parameters)
    asked = {
        "block_size": block_tokens,
        "num_blocks": blocks,
        "fa_page_size": block_tokens,
        "num_fa_pages": blocks,
        "max_batch_tokens": BATCH_TOKENS,
        "max_requests_per_batch": workload["slots"],
        "allow_block_sharing": False,
    }
    applied = {name: value for name, value in asked.items() if name in known}
    return ContinuousBatchingConfig(**applied), applied


def cache_tokens(manager):
    """KV tokens of a manager's cache as it is, 0 where this version does not tell."""
    processor = getattr(manager, "batch_processor", None)
    cache = getattr(processor, "cache", None)
    for blocks, tokens in [("num_blocks", "block_size"), ("num_fa_pages", "fa_page_size")]:
        if isinstance(getattr(cache, blocks, None), int) and isinstance(getattr(cache, tokens, None), int):
            return getattr(cache, blocks) * getattr(cache, tokens)
    return 0


def known_keywords(function, asked):
    """Those that a function names."""
    known = inspect.signature(function).parameters
    return {name: value for name, value in asked.items() if name in known}


def hints(workload):
    """What a manager may know of its requests, where this version has a class for it."""
    try:
        from transformers.generation.continuous_batching.utils import WorkloadHints

        return WorkloadHints(
            max_prompt_length=len(workload["prompts"][0]),
            max_generated_length=max(workload["new_tokens"]),
            num_requests=len(workload["prompts"]),
        )
    except Exception as error:
        print("D: no workload hints:", told(error), flush=True)
        return None


def continuous(workload, rows):
    """The best attention that this machine has, with a manager around all repeats where there is one."""
    found = []

    def noted(row):
        found.append(row)
        rows(row)

    last = None
    for attention in attentions():
        for way in (with_manager, by_generate_batch):
            try:
                way(workload, noted, attention)
                return
            except Exception as error:
                if found:
                    raise
                last = error
                print(f"D: {way.__name__}, {attention} failed:", told(error), flush=True)
    raise last


def paged(workload, attention):
    """A model, its settings, and what is to be said of both."""
    model = llama(workload, attention)
    if attention == "sdpa":
        # By name: else this peer looks for a flash kernel on the network.
        with contextlib.suppress(Exception):
            model.set_attn_implementation("paged|sdpa")
    config, applied = batching(workload, BLOCK_TOKENS if attention == "sdpa" else FLASH_BLOCK_TOKENS)
    flash = ", no flash attention" if attention == "sdpa" else ""
    settings = ", ".join(f"{name} {value}" for name, value in applied.items()) or "no setting known"
    return model, config, f"torch, paged {attention}{flash}; {settings}"


def greedy(new_tokens):
    from transformers import GenerationConfig

    return GenerationConfig(max_new_tokens=new_tokens, do_sample=False, eos_token_id=-1, pad_token_id=0)


def with_manager(workload, rows, attention):
    import torch

    model, config, how = paged(workload, attention)
    enter = model.continuous_batching_context_manager
    asked = {
        "generation_config": greedy(max(workload["new_tokens"])),
        "continuous_batching_config": config,
        "block": True,
        "timeout": 5,
        "warmup": True,
        "workload_hints": hints(workload),
    }
    given = known_keywords(enter, asked)
    if "continuous_batching_config" not in given:
        raise RuntimeError("continuous_batching_context_manager takes no continuous_batching_config")
    with torch.no_grad(), enter(**given) as manager:

        def complete(new_tokens):
            add = known_keywords(manager.add_requests, {"max_new_tokens": new_tokens})
            if not add:
                raise RuntimeError("add_requests takes no max_new_tokens")
            left = set(manager.add_requests(inputs=workload["prompts"], **add))
            if len(left) != len(workload["prompts"]):
                raise RuntimeError(f"{len(left)} of {len(workload['prompts'])} requests were taken")
            generated = 0
            while left:
                result = manager.get_result(timeout=1)
                if result is None:
                    if not manager.is_running():
                        raise RuntimeError("the manager's thread has ended")
                    continue
                if not result.is_finished():
                    continue
                if result.error is not None:
                    raise RuntimeError(f"request {result.request_id} failed: {result.error}")
                left.discard(result.request_id)
                generated += len(result.generated_tokens)
            return generated

        complete(min(4, min(workload["new_tokens"])))  # so that the cache is there
        tokens = cache_tokens(manager)
        size = f"cache of {tokens} tokens" if tokens else "cache of unknown size"
        measure(workload, complete, rows, f"{how}; {size}; set up before")


def by_generate_batch(workload, rows, attention):
    model, config, how = paged(workload, attention)

    def complete(new_tokens):
        outputs = model.generate_batch(
            inputs=workload["prompts"],
            generation_config=greedy(new_tokens),
            **known_keywords(
                model.generate_batch, {"continuous_batching_config": config, "progress_bar": False}
            ),
        )
        return sum(len(one.generated_tokens) for one in outputs.values())

    measure(workload, complete, rows, f"{how}; every repeat allocates its cache: set-up is inside")


def run_peer(peer, workload_path, answer_path):
    """One peer in this process."""
    found = []

    def rows(row):
        if found and found[-1]["new_tokens"] == row["new_tokens"]:
            found.pop()  # the same with fewer repeats
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
    for index, (peer, _, name) in enumerate(PEERS):
        kept = sum(seconds for _, seconds, _ in PEERS[index + 1 :])
        seconds = deadline - time.monotonic() - kept
        found, error = {}, ""
        if seconds < LEAST_SECONDS:
            error = "no time was left"
        else:
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "answer.json")
                error = ended([sys.executable, __file__, "peer", workload_path, path, peer], seconds)
                found = read(path)
        answer["rows"] += [{"peer": name, **row} for row in found.get("rows", [])]
        error = found.get("error", error)
        if error:
            answer["rows"].append({"peer": name, "error": error})
        write(answer_path, answer)


def ended(command, seconds):
    """Runs a command with all that it starts; why it did not end well, or nothing."""
    process = subprocess.Popen(command, start_new_session=True)
    try:
        code = process.wait(timeout=seconds)
        return "" if code == 0 else f"ended with exit code {code}"
    except subprocess.TimeoutExpired:
        return f"stopped after {seconds:.0f} s"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


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
