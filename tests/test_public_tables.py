"""Every public table in BAYESCALE_DATA, and each beside it, is read with two options at most."""

import os
import warnings
from pathlib import Path

import pytest

import bayescale as bs

OPTIONS = {
    "alabdulmohsin2022_language.csv": {"tokens": "examples_seen", "bad_rows": "refuse"},
    "bimix2024_domain_mixing.csv": {"columns": {"share_domain": "domain_ratio"}},
    "chinchilla_epoch.csv": {},
    "clark2022_routing_final.csv": {"flops_rule": "recorded"},
    "datablations_runs.csv": {},
    "gadre2024_overtraining.csv": {},
    "gemstones2025.csv": {},
    "gzip2024_pcfg.csv": {},
    "olmo_ladder_final.csv": {"flops_rule": "recorded"},
    "open_athena_isoflops.csv": {"flops_rule": "recorded"},
    "porian2024_isoflop.csv": {"params": "params_counted"},
    "steplaw2025_dense.csv": {"best_of": ["params", "tokens"]},
    "original/benchmark.lang.csv": {"tokens": "Seen Examples", "bad_rows": "refuse"},
    "original/svg_extracted_data.csv": {},
    "../cases/checkpoints_of_annealed_runs.csv": {},
    "../cases/counts_as_people_write_them.csv": {},
    "../cases/json_array.json": {},
    "../cases/lr_sweep_nested.jsonl": {"params": "weight_params", "best_of": "params"},
    "../cases/perplexity_as_loss.csv": {},
    "../cases/three_points_of_compute.csv": {},
    "../cases/wandb_recorded_flops.csv": {"flops_rule": "recorded"},
    "../cases/wide_export_accuracy.csv": {"wide": "acc=*b", "loss": "1 - acc"},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_a_public_table_is_read_with_two_options_at_most(name):
    folder = os.environ.get("BAYESCALE_DATA", "")
    path = Path(folder) / name
    if not folder or not path.exists():
        pytest.skip(f"needs {name} in the folder BAYESCALE_DATA ({folder or 'unset'})")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bs.BayescaleWarning)
        assert len(bs.load_runs(path, **OPTIONS[name])) > 2
    assert len(OPTIONS[name]) <= 2
