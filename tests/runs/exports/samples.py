"""Small made-up exports, as the programs write them."""

import json
import sqlite3

import numpy as np
import pandas as pd

SIZES = {"tiny": 1e7, "small": 4e7, "medium": 1.6e8, "large": 6.4e8}


def loss_of(params, tokens):
    """A loss that falls as losses do."""
    return 1.7 + 400 * params**-0.34 + 1500 * tokens**-0.36


def wandb_runs():
    """The page of the runs of a project, the last of which crashed."""
    rows = [
        {
            "Name": f"{name}-fresh-{number}",
            "State": "crashed" if name == "large" else "finished",
            "Notes": "-",
            "Runtime": 3600 * number,
            "optim.lr": 1e-3,
            "n_params": size,
            "train/tokens": 20 * size,
            "val_loss": np.nan if name == "large" else loss_of(size, 20 * size),
        }
        for number, (name, size) in enumerate(SIZES.items(), start=1)
    ]
    return pd.DataFrame(rows)


def wandb_chart():
    """A chart of two runs along the tokens, each with the least and the most of its buckets."""
    tokens = np.array([1e8, 2e8, 4e8])
    table = pd.DataFrame({"tokens": tokens})
    for name in ("10M", "40M"):
        curve = loss_of(float(name[:-1]) * 1e6, tokens)
        for ending in ("", "__MIN", "__MAX"):
            table[f"model-{name} - val/loss{ending}"] = curve
    return table


def trainer_state(steps=1000, scale=1.0, size=1e7):
    """What the Hugging Face Trainer writes: training losses and evaluations in one list."""
    log = []
    for step in range(250, steps + 1, 250):
        seen = {"epoch": step / 1000, "step": step, "num_input_tokens_seen": step * 65536}
        log.append({"loss": 3.9 - step / 1000, "learning_rate": 3e-4, **seen})
        log.append({"eval_loss": scale * (3.8 - step / 1000), "eval_runtime": 1.5, **seen})
    return {"global_step": steps, "total_flos": 6 * size * 65536 * steps, "log_history": log}


def trackio_project(path, runs=("10M", "40M")):
    """The file of a project: one row of JSON for each call of log."""
    base = sqlite3.connect(path)
    base.execute(
        "CREATE TABLE metrics (id INTEGER PRIMARY KEY, timestamp TEXT, run_name TEXT, "
        "step INTEGER, metrics TEXT)"
    )
    base.execute("CREATE TABLE configs (id INTEGER PRIMARY KEY, run_name TEXT, config TEXT)")
    for name in runs:
        size = float(name[:-1]) * 1e6
        config = json.dumps({"model": {"n_params": size}, "_Username": "someone"})
        base.execute("INSERT INTO configs (run_name, config) VALUES (?, ?)", (name, config))
        for step in (100, 200):
            for metrics in (
                {"train": {"tokens": step * 1e6}},
                {"val_loss": loss_of(size, step * 1e6)},
            ):
                base.execute(
                    "INSERT INTO metrics (timestamp, run_name, step, metrics) VALUES (?, ?, ?, ?)",
                    ("2026-01-01T00:00:00", name, step, json.dumps(metrics).encode()),
                )
    base.commit()
    base.close()
    return path


def harness_results(name="acme/tiny-160m", accuracy=0.41, bits=1.01):
    """Results of two tasks: one of accuracies, one of bits per byte."""
    return {
        "results": {
            "quiz": {"alias": "quiz", "acc,none": accuracy, "acc_stderr,none": 0.01},
            "wikitext": {"word_perplexity,none": 30.0, "bits_per_byte,none": bits},
        },
        "configs": {"quiz": {"task": "quiz"}},
        "versions": {"quiz": 1.0},
        "n-samples": {"quiz": {"original": 2376, "effective": 2376}},
        "config": {"model": "hf", "model_args": f"pretrained={name},dtype=float32"},
    }


def ladder_log(size=1.9e8, flops_per_6nd=1.4):
    """The log of one run of a ladder: training rows between those of evaluations."""
    tokens = np.array([1e9, 2e9, 3e9])
    losses = loss_of(size, tokens)
    return pd.DataFrame(
        {
            "_step": [500, 1000, 1500],
            "throughput/total_tokens": tokens,
            "throughput/total_training_Gflops": flops_per_6nd * 6 * size * tokens / 1e9,
            "eval/c4_en-validation/CrossEntropyLoss": [np.nan, losses[1], losses[2]],
            "eval/pile-validation/CrossEntropyLoss": [np.nan, losses[1] - 0.4, losses[2] - 0.4],
            "optim/learning_rate_group0": [6e-4, 3e-4, 6e-5],
        }
    )


def write_json(path, content):
    """Write JSON and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def write_csv(path, table):
    """Write a table and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False)
    return path
