"""Thirty exports, each with one fault: what is said of it is one sentence, with the remedy."""

import contextlib
import gzip
import io
import json
import sqlite3
import warnings
import zipfile

import numpy as np
import pandas as pd
import pytest

from bayescale.errors import BayescaleWarning, RunsError
from bayescale.runs.reading import load_runs
from tests.runs.exports.samples import (
    harness_results,
    ladder_log,
    loss_of,
    trainer_state,
    wandb_chart,
    wandb_runs,
)


def csv(table):
    return table.to_csv(index=False)


def sweep(**columns):
    """A plain table of eight runs, with columns replaced, added or (None) taken out."""
    params = np.repeat([1e7, 4e7, 1.6e8, 6.4e8], 2)
    tokens = params * np.tile([10.0, 40.0], 4)
    table = pd.DataFrame({"params": params, "tokens": tokens, "loss": loss_of(params, tokens)})
    table = table.assign(**{name: value for name, value in columns.items() if value is not None})
    return table.drop(columns=[name for name, value in columns.items() if value is None])


def zipped(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, csv(sweep()))
    return file.getvalue()


def workbook(*sheets):
    file = io.BytesIO()
    with pd.ExcelWriter(file) as writer:
        for sheet in sheets:
            sweep().to_excel(writer, sheet_name=sheet, index=False)
    return file.getvalue()


def other_database():
    with contextlib.closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE TABLE people (name TEXT)")
        return base.serialize()


FAULTS = {
    "a dashboard of unfinished runs": (
        "wandb.csv",
        csv(wandb_runs().assign(State="crashed").iloc[:3]),
        "no run of the table is finished",
    ),
    "a dashboard with two held-out losses": (
        "wandb.csv",
        csv(wandb_runs().iloc[:3].assign(**{"val/pile_loss": [2.0, 1.9, 1.8]})),
        "loss may be",
    ),
    "an interface table with broken cells": (
        "project.csv",
        "name,summary,config\na,{'val_loss': 3,{}\n",
        "looks like a runs table of Weights & Biases",
    ),
    "a chart without a size": ("chart.csv", csv(wandb_chart()), "run"),
    "a trainer that logged nothing": (
        "trainer_state.json",
        json.dumps({"log_history": [], "global_step": 0}),
        "its log_history is empty",
    ),
    "a trainer state that was cut off": (
        "trainer_state.json",
        json.dumps(trainer_state())[:200],
        "not a readable table: line 1",
    ),
    "an empty event file": ("events.out.tfevents.1.host", b"", "scalars"),
    "a database of another program": ("project.db", other_database(), "no project of trackio"),
    "a database that is none": ("project.db", b"not one", "file is not a database"),
    "results without a score": (
        "results.json",
        json.dumps(harness_results() | {"results": {"quiz": {"alias": "quiz"}}}),
        "no column for loss",
    ),
    "a ladder log without evaluations": (
        "190M-1xC.csv",
        csv(ladder_log().drop(columns="eval/c4_en-validation/CrossEntropyLoss")[:1]),
        "no column for loss",
    ),
    "sizes in billions": (
        "runs.csv",
        csv(sweep(params=None, model_size=np.repeat([0.01, 0.04, 0.16, 0.64], 2))),
        "say its unit with params='model_size * 1e9'",
    ),
    "tokens in millions": ("runs.csv", csv(sweep(tokens=np.arange(8) + 1.0)), "too few for counts"),
    "total and active parameters": (
        "runs.csv",
        csv(sweep(params=None, n_params=1e8, n_params_active=5e7)),
        "params may be n_params or n_params_active",
    ),
    "perplexities": ("runs.csv", csv(sweep(loss=None, ppl=np.arange(8, 0, -1) + 5)), "log(ppl)"),
    "accuracies": (
        "runs.csv",
        csv(sweep(loss=None, accuracy_mmlu=np.linspace(0.3, 0.6, 8))),
        "1 - accuracy_mmlu",
    ),
    "log-likelihoods": ("runs.csv", csv(sweep(loss=-loss_of(1e8, 1e9))), "every loss is negative"),
    "a loss that rises": ("runs.csv", csv(sweep(loss=np.arange(8) + 1.0)), "a loss must fall"),
    "one loss for all": ("runs.csv", csv(sweep(loss=3.0)), "all 8 losses are 3"),
    "a decimal comma without quotes": (
        "runs.csv",
        "params,tokens,loss\n1e8,2e9,3,1\n",
        "put a number with a decimal comma",
    ),
    "both decimal marks": (
        "runs.csv",
        'params,tokens,loss\n1e8,2e9,"3,14"\n"12.34","1e9",3.1\n',
        "write all numbers with a decimal point",
    ),
    "a header that says one thing twice": (
        "runs.csv",
        "params,loss,loss\n1e8,3,3\n",
        "2 columns are called 'loss'",
    ),
    "another encoding": ("runs.csv", "params,löss\n1,2\n".encode("latin-1"), "save it as UTF-8"),
    "no rows": ("runs.csv", "params,tokens,loss\n", "the table has no rows"),
    "two tables in an archive": ("runs.csv.zip", zipped("a.csv", "b.csv"), "holds 2 files"),
    "an archive cut off": (
        "runs.csv.gz",
        gzip.compress(b"params,loss")[:-9],
        "not a readable table",
    ),
    "a workbook of two sheets": ("runs.xlsx", workbook("one", "two"), "has 2 sheets (one, two)"),
    "a pickle": ("runs.pkl", b"\x80\x04", "which could run code"),
    "a note instead of runs": ("runs.json", json.dumps("see below"), "holds no list of objects"),
    "FLOPs of another count": (
        "runs.csv",
        csv(sweep(gpu_flops=sweep()["params"] * sweep()["tokens"] * 15)),
        "flops_rule='recorded'",
    ),
    "sizes written as words": (
        "runs.csv",
        csv(sweep(params=["small", *["40M"] * 7])),
        "params = small: must be a number",
    ),
}


def said_of(path):
    """What is said of a file: the error, or the warnings."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", BayescaleWarning)
        try:
            load_runs(path)
        except RunsError as error:
            return [str(error)]
    return [str(each.message) for each in found]


def test_there_are_thirty():
    assert len(FAULTS) >= 30


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_told_in_a_sentence(fault, tmp_path):
    name, content, words = FAULTS[fault]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    said = said_of(path)
    about = [message for message in said if words in message]
    assert about, said
    # A row is shown on a line of its own, between what is wrong and what to do.
    assert len(about[0].replace(str(path), "").splitlines()) <= 3
    assert len(about[0].replace(str(path), "")) < 500
    assert not any("Traceback" in message for message in said)
