/* The commands of examples/realize.rs on llama.cpp's public interface, for comparison.
   run greedy MODEL THREADS STEPS PROMPT | run scores MODEL THREADS ID... |
   run perplexity MODEL THREADS FILE | run embed MODEL THREADS TEXT... | run bench MODEL THREADS PROMPT STEPS */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include "llama.h"

/* Tokens whose perplexity is measured together; each window begins anew. */
enum { WINDOW = 512 };

static void quiet(enum ggml_log_level level, const char *text, void *data) {
    (void)data;
    if (level == GGML_LOG_LEVEL_ERROR) fputs(text, stderr);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double cpu(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

static void feed(struct llama_context *ctx, llama_token *tokens, int n, int from, int all) {
    struct llama_batch b = llama_batch_init(n, 0, 1);
    for (int i = 0; i < n; i++) {
        b.token[i] = tokens[i];
        b.pos[i] = from + i;
        b.n_seq_id[i] = 1;
        b.seq_id[i][0] = 0;
        b.logits[i] = all || i + 1 == n;
    }
    b.n_tokens = n;
    if (llama_decode(ctx, b) != 0) {
        fprintf(stderr, "decode failed\n");
        exit(1);
    }
    llama_batch_free(b);
}

int main(int argc, char **argv) {
    if (argc < 5) return 2;
    double opened = now();
    llama_log_set(quiet, NULL);
    llama_backend_init();
    struct llama_model_params mp = llama_model_default_params();
    mp.n_gpu_layers = 0;
    struct llama_model *model = llama_model_load_from_file(argv[2], mp);
    if (!model) return 1;
    const struct llama_vocab *vocab = llama_model_get_vocab(model);
    int n_vocab = llama_vocab_n_tokens(vocab), threads = atoi(argv[3]);
    struct llama_context_params cp = llama_context_default_params();
    cp.n_ctx = 2048;
    cp.n_batch = 2048;
    cp.n_threads = cp.n_threads_batch = threads;
    cp.embeddings = strcmp(argv[1], "embed") == 0;
    struct llama_context *ctx = llama_init_from_model(model, cp);
    double load = cpu();
    static llama_token tokens[8192];
    if (strcmp(argv[1], "greedy") == 0) {
        int steps = atoi(argv[4]);
        int n = llama_tokenize(vocab, argv[5], (int)strlen(argv[5]), tokens, 8192, true, true), at = n;
        feed(ctx, tokens, n, 0, 0);
        for (int s = 0; s < steps; s++) {
            float *x = llama_get_logits_ith(ctx, -1), top = -INFINITY, second = -INFINITY;
            llama_token best = 0;
            for (int i = 0; i < n_vocab; i++) {
                if (x[i] > top) { second = top; top = x[i]; best = i; }
                else if (x[i] > second) second = x[i];
            }
            printf("%d %.4f %.4f\n", best, top, top - second);
            feed(ctx, &best, 1, at++, 0);
        }
    } else if (strcmp(argv[1], "scores") == 0) {
        int n = argc - 4;
        for (int i = 0; i < n; i++) tokens[i] = atoi(argv[4 + i]);
        feed(ctx, tokens, n, 0, 1);
        for (int i = 0; i < n; i++) fwrite(llama_get_logits_ith(ctx, i), 4, (size_t)n_vocab, stdout);
    } else if (strcmp(argv[1], "embed") == 0) {
        for (int at = 4; at < argc; at++) {
            int n = llama_tokenize(vocab, argv[at], (int)strlen(argv[at]), tokens, 8192, true, false);
            feed(ctx, tokens, n, 0, 1);
            float *x = llama_get_embeddings_seq(ctx, 0);
            int width = llama_model_n_embd(model);
            double length = 0;
            for (int i = 0; i < width; i++) length += (double)x[i] * x[i];
            for (int i = 0; i < width; i++) printf("%.7f%c", x[i] / sqrt(length), i + 1 < width ? ' ' : '\n');
        }
    } else if (strcmp(argv[1], "perplexity") == 0) {
        FILE *f = fopen(argv[4], "rb");
        static char text[1 << 20];
        int length = (int)fread(text, 1, sizeof text, f);
        static llama_token all[1 << 18];
        int begin = llama_tokenize(vocab, "", 0, tokens, 8192, true, false), count = 0;
        int total = llama_tokenize(vocab, text, length, all, 1 << 18, false, false);
        double sum = 0;
        for (int start = 0, n; start < total; start += n - begin) {
            n = total - start < WINDOW - begin ? total - start + begin : WINDOW;
            memcpy(tokens + begin, all + start, (size_t)(n - begin) * sizeof *all);
            llama_memory_clear(llama_get_memory(ctx), true);
            feed(ctx, tokens, n, 0, 1);
            for (int i = 0; i + 1 < n; i++, count++) {
                float *x = llama_get_logits_ith(ctx, i), top = -INFINITY;
                for (int j = 0; j < n_vocab; j++) if (x[j] > top) top = x[j];
                double whole = 0;
                for (int j = 0; j < n_vocab; j++) whole += exp((double)(x[j] - top));
                sum += log(whole) - (double)(x[tokens[i + 1]] - top);
            }
        }
        printf("%.6f\n", exp(sum / count));
    } else {
        int prompt = atoi(argv[4]), steps = atoi(argv[5]);
        double best_prompt = 0, best_steps = 0, cpu_prompt = 0, cpu_steps = 0;
        for (int i = 0; i < prompt; i++) tokens[i] = 1000 + i * 7 % 500;
        feed(ctx, tokens, prompt, 0, 0);
        llama_get_logits_ith(ctx, -1);
        double first = (now() - opened) * 1e3;
        for (int round = 0; round < 3; round++) {
            llama_memory_clear(llama_get_memory(ctx), true);
            double start = now(), used = cpu();
            feed(ctx, tokens, prompt, 0, 0);
            llama_get_logits_ith(ctx, -1);
            double rate = prompt / (now() - start);
            if (rate > best_prompt) best_prompt = rate;
            rate = prompt / (cpu() - used);
            if (rate > cpu_prompt) cpu_prompt = rate;
            start = now();
            used = cpu();
            for (int i = 0; i < steps; i++) {
                llama_token t = 1000 + i % 500;
                feed(ctx, &t, 1, prompt + i, 0);
                llama_get_logits_ith(ctx, -1);
            }
            rate = steps / (now() - start);
            if (rate > best_steps) best_steps = rate;
            rate = steps / (cpu() - used);
            if (rate > cpu_steps) cpu_steps = rate;
        }
        struct rusage u;
        getrusage(RUSAGE_SELF, &u);
        printf("load %.3f CPU s, first token after %.0f ms, prompt %.1f tok/s (%.1f per CPU s), "
               "generation %.1f tok/s (%.1f per CPU s), peak %ld MB\n",
               load, first, best_prompt, cpu_prompt, best_steps, cpu_steps, u.ru_maxrss / 1024);
    }
    llama_free(ctx);
    llama_model_free(model);
    return 0;
}
