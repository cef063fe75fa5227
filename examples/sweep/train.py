"""Train a sweep of small language models and write one row of a table per run.

    python train.py fresh                     # on the source of Python's own standard library
    python train.py fresh --text mine.txt --out mine.csv --max-flops 3e11
    python train.py limited --list            # what would be trained, and its cost

Every finished run is appended to the table at once; the same command goes on after a stop. The
table is what `bayescale fit` reads. Needs PyTorch and nothing else.
"""

# fmt: off
import csv
import hashlib
import math
import sys
import sysconfig
import time
from argparse import ArgumentParser, Namespace, RawTextHelpFormatter
from pathlib import Path

try:
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError:
    sys.exit("train.py needs PyTorch, which this Python lacks: pip install torch")

VOCABULARY, CONTEXT = 256, 128  # bytes: no tokenizer to train, and losses are in nats per byte
# What all runs share. Each row holds it, so that runs of two recipes never meet in one table.
RECIPE = {"context": CONTEXT, "warmup": 0.1, "final_lr": 0.1, "beta1": 0.9, "beta2": 0.95,
          "clip": 1.0, "mlp": "swiglu", "qk_norm": True, "validation_windows": 1024,
          "batch_rule": "0.35 D^0.571", "lr_rule": "0.011 (N/55e3)^-0.4 (D/2e5)^0.3, at most 0.03"}
# width and layers: 12 layers width^2 non-embedding parameters, 13 to 800 thousand
SIZES = [(32, 1), (40, 1), (48, 1), (48, 2), (64, 2), (80, 2), (96, 2), (96, 3), (128, 3), (128, 4)]
COLUMNS = """sweep width layers heads params params_nonembedding tokens unique_tokens epochs flops
    flops_6nd batch_tokens learning_rate weight_decay seed loss loss_se train_loss flag seconds
    device text_sha256 torch_version python_version recipe""".split()  # noqa: SIM905
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
KNOWN_BEFORE = COLUMNS[: COLUMNS.index("loss")]  # what identifies a run


class Block(nn.Module):
    """Attention and a gated MLP, each after RMSNorm and each added to the stream; no biases."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads, hidden = heads, round(width / 3) * 8  # 3 matrices cost what 2 of 4 width do
        self.norm1, self.norm2 = nn.RMSNorm(width), nn.RMSNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.gate_up = nn.Linear(width, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        """Attend to the past, then work on each byte by itself."""
        heads = self.qkv(self.norm1(x)).view(*x.shape[:2], 3, self.heads, -1)
        qk, v = heads.permute(2, 0, 3, 1, 4).split([2, 1])  # queries and keys in one tensor
        if RECIPE["qk_norm"]:  # bounds the attention scores: the sweep's rates are then stable
            qk = functional.rms_norm(qk, qk.shape[-1:])
        a, b = qk.chunk(2, -1)  # rotary: turn pairs by angles that grow with the position
        q, k = torch.cat([a * cos - b * sin, a * sin + b * cos], -1)
        mixed = functional.scaled_dot_product_attention(q, k, v[0], is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(x.shape))
        gate, up = self.gate_up(self.norm2(x)).chunk(2, -1)
        return x + self.down(functional.silu(gate) * up)


class Transformer(nn.Module):
    """A decoder-only transformer over bytes, its head not tied to its embedding."""

    def __init__(self, width: int, layers: int, heads: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm, self.head = nn.RMSNorm(width), nn.Linear(width, VOCABULARY, bias=False)
        size = width // heads
        angle = torch.arange(CONTEXT)[:, None] * 10_000.0 ** (-torch.arange(0, size, 2) / size)
        self.cos, self.sin = nn.Buffer(angle.cos()), nn.Buffer(angle.sin())
        for block in self.blocks:
            for layer in (block.qkv, block.out, block.gate_up, block.down):
                nn.init.normal_(layer.weight, std=layer.in_features**-0.5)
            for layer in (block.out, block.down):  # the stream must not grow with depth
                layer.weight.data /= math.sqrt(2 * layers)
        nn.init.zeros_(self.head.weight)  # the first loss is log 256, whatever the size

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Return the loss of every byte but the first, in nats, a row per window."""
        x = self.embedding(windows[:, :-1])
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        logits = self.head(self.norm(x)).flatten(0, 1)
        losses = functional.cross_entropy(logits, windows[:, 1:].flatten(), reduction="none")
        return losses.view(len(windows), -1)


def plan(sweep: str, shape: tuple[int, int], *, tokens: float = 0, flops: float = 0,
         unique: float = math.inf, weight_decay: float = 0.1, seed: int = 0,
         lr_factor: float = 1, batch_factor: float = 1) -> dict:
    """Return the columns that are known before a run of so many tokens, or FLOPs, is trained."""
    width, layers = shape
    matrices = layers * (4 * width**2 + 3 * width * round(width / 3) * 8)
    body = matrices + (2 * layers + 1) * width  # and the gains of the norms
    # FLOPs of the forward matrix products, the head's too and attention over the whole context, and
    # twice as many for the backward ones; the embedding is a look-up
    per_token = 3 * (2 * (matrices + width * VOCABULARY) + 4 * CONTEXT * width * layers)
    tokens = tokens or flops / per_token
    # Rates and batches grow as in the Step Law (Li et al. 2025); README.md shows the check.
    rate = lr_factor * min(0.03, 0.011 * (body / 55e3) ** -0.4 * (tokens / 2e5) ** 0.3)
    batch = CONTEXT * max(2, round(batch_factor * 0.35 * tokens**0.571 / CONTEXT))
    tokens = batch * max(1, round(tokens / batch))
    unique = int(min(tokens, CONTEXT * (unique // CONTEXT)))
    return {"sweep": sweep, "width": width, "layers": layers, "heads": max(2, width // 32),
            "params": (params := body + 2 * VOCABULARY * width), "params_nonembedding": body,
            "tokens": tokens, "unique_tokens": unique, "epochs": round(tokens / unique, 4),
            "flops": per_token * tokens, "flops_6nd": 6 * params * tokens, "batch_tokens": batch,
            "learning_rate": float(f"{rate:.3g}"), "weight_decay": weight_decay, "seed": seed}


def fresh() -> list[dict]:
    """Sweep A: seven budgets, at each the sizes with 0.8 to 500 tokens for each parameter."""
    runs, count = [], 0
    for budget in (2.8e10 * (3e12 / 2.8e10) ** (k / 6) for k in range(7)):
        for shape in SIZES:
            run = plan("fresh", shape, flops=budget)
            if 0.8 <= run["tokens"] / run["params_nonembedding"] <= 500:
                count += 1  # every third configuration is repeated, the costly ones once
                seeds = 1 if count % 3 else 3 if budget < 1e12 else 2
                runs += [plan("fresh", shape, flops=budget, seed=seed) for seed in range(seeds)]
    return runs


def limited() -> list[dict]:
    """Sweep B: two sizes, three stocks of unique tokens read 1 to 64 times, two weight decays."""
    runs = [plan("limited", shape, tokens=unique * epochs, unique=unique, weight_decay=decay)
            for shape in ((48, 2), (96, 2)) for unique in (32e3, 128e3, 512e3)
            for epochs in (1, 2, 4, 8, 16, 32, 64) for decay in (0.1, 1.0)]
    return [run for run in runs if run["flops"] < 2e12]


def holdout() -> list[dict]:
    """Runs to predict before they are trained: 3 to 8 times the largest budget of `fresh`."""
    sizes = (96, 3), (64, 2), (96, 2), (128, 4), (192, 4)
    runs = [plan("holdout", s, flops=1.2e13 if i < 2 else 2.4e13) for i, s in enumerate(sizes)]
    return runs + [plan("holdout", s, flops=1e13, unique=512e3) for s in sizes[1:4]]


def grid() -> list[dict]:
    """Check the learning rate and the batch, halved and doubled, at six points."""
    runs = (((32, 1), 2e5), ((48, 2), 2e5), ((48, 1), 1e6), ((96, 2), 1.5e5), ((96, 2), 1.5e6),
            ((128, 4), 1e5))
    return [plan("grid", size, tokens=tokens, lr_factor=rate, batch_factor=batch)
            for size, tokens in runs for rate, batch in ((.5, 1), (1, 1), (2, 1), (1, .5), (1, 2))]


SWEEPS = {sweep.__name__: sweep for sweep in (fresh, limited, holdout, grid)}


def split(path: Path | None) -> tuple[bytes, bytes]:
    """Return the bytes to train on and those to validate on: 5% of the files, or of the blocks."""
    if path:
        text = path.read_bytes()
        pieces = {str(i): text[i : i + 65536] for i in range(0, len(text), 65536)}
    else:
        root = Path(sysconfig.get_paths()["stdlib"])
        names = sorted(file.relative_to(root).as_posix() for file in root.rglob("*.py"))
        # what is installed or configured later would make the text another on each machine
        later = ("site-packages", "dist-packages", "config-", "_sysconfigdata")
        pieces = {n: (root / n).read_bytes() + b"\0" for n in names if not n.startswith(later)}
    sides: tuple = [], []
    for name, piece in pieces.items():
        sides[hashlib.sha256(name.encode()).digest()[0] < 0.05 * 256].append(piece)
    return b"".join(sides[0]), b"".join(sides[1])


def share(step: int, steps: int) -> float:
    """Return the share of the peak learning rate: linear warm-up, then a cosine to a tenth."""
    warmup, low = max(1, round(RECIPE["warmup"] * steps)), RECIPE["final_lr"]
    cosine = math.cos(math.pi * (step - warmup) / max(1, steps - warmup))
    return (step + 1) / warmup if step < warmup else low + (1 - low) * (1 + cosine) / 2


def batches(run: dict, rows: torch.Tensor) -> torch.Tensor:
    """Return the rows of each step, [steps, batch]; none comes back before all were read."""
    random = torch.Generator().manual_seed(run["seed"])
    count, needed = run["unique_tokens"] // CONTEXT, run["tokens"] // CONTEXT
    chosen = torch.randperm(len(rows), generator=random)[:count]
    epochs = [chosen[torch.randperm(count, generator=random)] for _ in range(0, needed, count)]
    return torch.cat(epochs)[:needed].view(-1, run["batch_tokens"] // CONTEXT)


def train(run: dict, rows: torch.Tensor, held_out: torch.Tensor) -> dict:
    """Train and validate; return the columns known afterwards, with a flag for a run gone wrong."""
    torch.manual_seed(run["seed"])
    model = Transformer(run["width"], run["layers"], run["heads"]).to(held_out.device)
    decayed = [layer.weight for layer in model.modules() if isinstance(layer, nn.Linear)]
    others = [p for p in model.parameters() if all(p is not q for q in decayed)]
    optimizer = torch.optim.AdamW(decayed, betas=(RECIPE["beta1"], RECIPE["beta2"]),
                                  weight_decay=run["weight_decay"], fused=True)
    optimizer.add_param_group({"params": others, "weight_decay": 0.0})
    seen, steps = [], batches(run, rows)
    for step, batch in enumerate(steps):
        for group in optimizer.param_groups:
            group["lr"] = run["learning_rate"] * share(step, len(steps))
        loss = model(rows[batch].to(held_out.device).long()).mean()
        seen.append(loss.item())
        if not math.isfinite(seen[-1]):
            return {"flag": f"diverged: loss not finite at step {step + 1} of {len(steps)}"}
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), RECIPE["clip"])
        optimizer.step()
        optimizer.zero_grad()
    with torch.no_grad():
        losses = torch.cat([model(part.long()).mean(1) for part in held_out.split(64)]).double()
    chance = torch.special.entr(torch.bincount(held_out.flatten()) / held_out.numel()).sum()
    trained = sum(seen[-(tenth := math.ceil(len(seen) / 10)) :]) / tenth
    dead = "" if trained < chance else f"dead: byte frequencies alone give {chance:.3f}"
    return {"loss": round(losses.mean().item(), 6), "train_loss": round(trained, 6),
            "loss_se": round(losses.std().item() / math.sqrt(len(losses)), 6), "flag": dead}


def finished(path: Path, common: dict) -> set[tuple[str, ...]]:
    """Return what identifies the runs in the table; refuse a table that was made otherwise."""
    if not path.exists():
        path.write_text(",".join(COLUMNS) + "\n")
    head, *lines, cut_short = path.read_text(errors="replace").split("\n")
    if head != ",".join(COLUMNS):
        sys.exit(f"{path} is not a table of this script: give another --out")
    if cut_short:  # by a kill: that run is trained again
        path.write_text("".join(line + "\n" for line in [head, *lines]))
    rows = list(csv.DictReader(lines, COLUMNS))
    for name in ("text_sha256", "recipe"):
        for other in {row[name] for row in rows} - {common[name]}:
            sys.exit(f"{path} was made with {name} {other}, not {common[name]}: give another --out")
    return {tuple(row[name] for name in KNOWN_BEFORE) for row in rows}


def train_all(runs: list[dict], common: dict, data: tuple, out: Path) -> None:
    """Train one run after the other, and append each to the table when it ends."""
    spent, total, began = 0, sum(run["flops"] for run in runs), time.perf_counter()
    for number, run in enumerate(runs, 1):
        start = time.perf_counter()
        row = run | common | train(run, *data)
        row["seconds"] = round(time.perf_counter() - start, 1)
        with out.open("a", newline="") as file:  # a line is written at once, and so never half
            csv.DictWriter(file, COLUMNS, lineterminator="\n").writerow(row)
        spent += run["flops"]
        left = (time.perf_counter() - began) * (total / spent - 1)
        print(f"[{number}/{len(runs)}] {row['params']:,} parameters, {row['tokens']:,} tokens:",
              f"loss {row.get('loss')} {row['flag']} ({left / 60:.0f} min to go)", flush=True)


def options() -> Namespace:
    """Read the command line."""
    parser = ArgumentParser(description=__doc__, formatter_class=RawTextHelpFormatter)
    about = "\n".join(f"{name}: {make.__doc__}" for name, make in SWEEPS.items())
    parser.add_argument("sweep", choices=SWEEPS, help=about)
    parser.add_argument("--text", type=Path, help="train on this file, not on Python's own source")
    parser.add_argument("--out", type=Path, help="the table, appended to (default: SWEEP.csv)")
    parser.add_argument("--max-flops", type=float, default=math.inf, help="leave out costlier runs")
    parser.add_argument("--part", type=int, nargs=2, default=(1, 1), metavar=("K", "N"),
                        help="train the K-th of N shares: one process for each core")
    parser.add_argument("--list", action="store_true", help="show the runs and train nothing")
    args = parser.parse_args()
    if not 1 <= args.part[0] <= args.part[1]:
        parser.error("--part K N needs K from 1 to N")
    return args


def main() -> None:
    """See what the table lacks, and train it, the cheapest runs first."""
    args = options()
    runs = [run for run in SWEEPS[args.sweep]() if run["flops"] <= args.max_flops]
    runs = sorted(runs, key=lambda run: run["flops"])[args.part[0] - 1 :: args.part[1]]
    if args.list:
        print(*(" ".join(f"{k}={v}" for k, v in run.items()) for run in runs), sep="\n")
        return
    text = split(args.text)
    need = max([0, *(run["unique_tokens"] for run in runs)])
    if len(text[0]) <= need or len(text[1]) <= CONTEXT:
        sys.exit(f"the text is too small: {len(text[0]):,} bytes to train on, {len(text[1]):,} to "
                 f"validate on, {need:,} to read unrepeated: give a longer one or --max-flops")
    rows, held_out = (torch.frombuffer(bytearray(part), dtype=torch.uint8) for part in text)
    rows, held_out = (part.unfold(0, CONTEXT + 1, CONTEXT) for part in (rows, held_out))
    count = min(len(held_out), RECIPE["validation_windows"])  # spread evenly, the same for all
    held_out = held_out[torch.arange(count) * len(held_out) // count].to(DEVICE)
    common = {"text_sha256": hashlib.sha256(b"|".join(text)).hexdigest(), "device": DEVICE,
              "recipe": " ".join(f"{name}={value}" for name, value in RECIPE.items()),
              "torch_version": torch.__version__, "python_version": sys.version.split()[0]}
    done = finished(out := args.out or Path(f"{args.sweep}.csv"), common)
    runs = [run for run in runs if tuple(str(run[name]) for name in KNOWN_BEFORE) not in done]
    torch.set_num_threads(1)  # models this small are fastest so: for more cores see --part
    train_all(runs, common, (rows, held_out), out)


if __name__ == "__main__":
    try:
        main()
    except (OSError, KeyboardInterrupt) as error:
        sys.exit(f"stopped: {error or 'the same command goes on from here'}")
