#!/usr/bin/env bash
# Runs the unit tests of this crate, kernels among them, for 64-bit ARM (with and without dot products) and
# for WebAssembly with SIMD. Needs qemu-aarch64, aarch64-linux-gnu-gcc, node 20 or later, and rustup.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
rustup target add aarch64-unknown-linux-gnu wasm32-wasip1
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
for cpu in max cortex-a72; do
    echo "== 64-bit ARM, $cpu"
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -cpu $cpu -L /usr/aarch64-linux-gnu" \
        cargo test -q -p realizar --lib --target aarch64-unknown-linux-gnu
done
echo "== WebAssembly"
RUSTFLAGS="-C target-feature=+simd128" CARGO_TARGET_WASM32_WASIP1_RUNNER="node --no-warnings $here/wasi.mjs" \
    cargo test -q -p realizar --lib --target wasm32-wasip1 -- --test-threads=1 kernel quant
