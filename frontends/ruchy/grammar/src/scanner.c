// Tokens that hang on line breaks or on what follows. No state is kept between tokens.

#include "tree_sitter/parser.h"

enum Token {
    CALL_OPEN,
    INDEX_OPEN,
    BLOCK_END,
    TRY,
    TERNARY,
    OBJECT_OPEN,
    SEND,
    LINE_END,
    LAST,
    BARE,
    FORMAT_TEXT,
    BLOCK_COMMENT,
    ERROR_SENTINEL,
};

void *tree_sitter_ruchy_external_scanner_create(void) { return NULL; }
void tree_sitter_ruchy_external_scanner_destroy(void *payload) { (void)payload; }
unsigned tree_sitter_ruchy_external_scanner_serialize(void *payload, char *buffer) {
    (void)payload;
    (void)buffer;
    return 0;
}
void tree_sitter_ruchy_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
    (void)payload;
    (void)buffer;
    (void)length;
}

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f'; }
static bool is_name_start(int32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_name(int32_t c) { return is_name_start(c) || (c >= '0' && c <= '9'); }
static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static bool accept(TSLexer *lexer, enum Token token) {
    lexer->result_symbol = token;
    return true;
}

// A nested comment; the lexer stands behind its `/*`.
static void skip_nested(TSLexer *lexer) {
    unsigned depth = 1;
    while (depth > 0 && !lexer->eof(lexer)) {
        int32_t c = lexer->lookahead;
        advance(lexer);
        if (c == '*' && lexer->lookahead == '/') {
            depth -= 1;
            advance(lexer);
        } else if (c == '/' && lexer->lookahead == '*') {
            depth += 1;
            advance(lexer);
        }
    }
}

static void skip_line(TSLexer *lexer) {
    while (!lexer->eof(lexer) && lexer->lookahead != '\n') advance(lexer);
}

// Skips white space and comments after the token's marked end.
static void skip_space(TSLexer *lexer) {
    for (;;) {
        if (is_blank(lexer->lookahead) || lexer->lookahead == '\n') {
            advance(lexer);
        } else if (lexer->lookahead == '#') {
            skip_line(lexer);
        } else if (lexer->lookahead == '/') {
            advance(lexer);
            if (lexer->lookahead == '/') skip_line(lexer);
            else if (lexer->lookahead == '*') { advance(lexer); skip_nested(lexer); }
            else return;
        } else {
            return;
        }
    }
}

// A quoted text; the lexer stands on its opening quote.
static void skip_string(TSLexer *lexer) {
    advance(lexer);
    while (!lexer->eof(lexer) && lexer->lookahead != '"' && lexer->lookahead != '\n') {
        if (lexer->lookahead == '\\') advance(lexer);
        advance(lexer);
    }
    if (lexer->lookahead == '"') advance(lexer);
}

// Whether a `:` that belongs to this `?` follows on the line.
static bool has_colon(TSLexer *lexer) {
    int depth = 0;
    while (!lexer->eof(lexer)) {
        int32_t c = lexer->lookahead;
        switch (c) {
        case '"':
            skip_string(lexer);
            continue;
        case '(': case '[': case '{':
            depth += 1;
            break;
        case ')': case ']': case '}':
            if (depth == 0) return false;
            depth -= 1;
            break;
        case '\n':
            return false;
        case ';': case ',':
            if (depth == 0) return false;
            break;
        case ':':
            advance(lexer);
            if (lexer->lookahead != ':') {
                if (depth == 0) return true;
                continue;
            }
            break;
        }
        advance(lexer);
    }
    return false;
}

static bool scan_question(TSLexer *lexer, const bool *valid) {
    advance(lexer);
    if (lexer->lookahead == '.' || lexer->lookahead == '?') return false;
    lexer->mark_end(lexer);
    if (valid[TERNARY] && has_colon(lexer)) return accept(lexer, TERNARY);
    return valid[TRY] && accept(lexer, TRY);
}

// `{` before `key:`, `"key":` or `...`.
static bool scan_object(TSLexer *lexer) {
    advance(lexer);
    lexer->mark_end(lexer);
    skip_space(lexer);
    if (lexer->lookahead == '.') {
        advance(lexer);
        if (lexer->lookahead != '.') return false;
        advance(lexer);
        return lexer->lookahead == '.' && accept(lexer, OBJECT_OPEN);
    }
    if (lexer->lookahead == '"') {
        skip_string(lexer);
    } else if (is_name_start(lexer->lookahead)) {
        while (is_name(lexer->lookahead)) advance(lexer);
    } else {
        return false;
    }
    skip_space(lexer);
    if (lexer->lookahead != ':') return false;
    advance(lexer);
    return lexer->lookahead != ':' && accept(lexer, OBJECT_OPEN);
}

// Whether the text that the lexer stands on continues the expression on the line before.
static bool continues(TSLexer *lexer) {
    int32_t c = lexer->lookahead;
    if (is_name_start(c)) {
        char word[8];
        unsigned length = 0;
        while (is_name(lexer->lookahead) && length < 8) {
            word[length++] = (char)lexer->lookahead;
            advance(lexer);
        }
        static const char *const WORDS[] = {"as", "in", "not", "else", "where", "requires", "ensures"};
        for (unsigned at = 0; at < sizeof WORDS / sizeof *WORDS; at++) {
            const char *known = WORDS[at];
            unsigned same = 0;
            while (same < length && known[same] == word[same]) same++;
            if (same == length && (known[same] == 0 || length == 8)) return true;
        }
        return false;
    }
    switch (c) {
    case '+': case '-':
        // `++x` and `--x` begin a statement.
        advance(lexer);
        return lexer->lookahead != c;
    case '|':
        // `|> f` and `|| b` go on; `|x| e` and `|| { e }` begin a closure.
        advance(lexer);
        if (lexer->lookahead == '>' || lexer->lookahead == '=') return true;
        if (lexer->lookahead != '|') return false;
        advance(lexer);
        while (is_blank(lexer->lookahead)) advance(lexer);
        return lexer->lookahead != '{';
    case '.': case '?': case '*': case '%': case '&': case '^': case '<':
    case '>': case '=': case ',': case ';': case ')': case ']': case '}': case '/':
        return true;
    case '!':
        advance(lexer);
        return lexer->lookahead == '=';
    case ':':
        advance(lexer);
        return lexer->lookahead == ' ' || lexer->lookahead == ':';
    }
    return lexer->eof(lexer);
}

// Whether a statement starts with the operator that the lexer stands on.
static bool is_prefix(int32_t c) { return c == '-' || c == '*' || c == '&'; }

static bool starts_statement(TSLexer *lexer) {
    int32_t c = lexer->lookahead;
    advance(lexer);
    int32_t next = lexer->lookahead;
    return next != '=' && !(c == '*' && next == '*') && !(c == '&' && next == '&');
}

// Skips white space; tells whether a comment may follow.
static bool skip_to_token(TSLexer *lexer, bool *has_break, bool *has_space) {
    for (;;) {
        int32_t c = lexer->lookahead;
        if (is_blank(c) || c == '\n') {
            *has_break |= c == '\n';
            *has_space = true;
            lexer->advance(lexer, true);
        } else {
            return c == '/' || c == '#';
        }
    }
}

// Whether a token that has no text stands before the comments that the lexer stands on: the first
// character behind them decides. `#[` is no comment.
static bool scan_behind_comments(TSLexer *lexer, const bool *valid, bool has_break, bool has_slash) {
    for (;;) {
        int32_t c = has_slash ? '/' : lexer->lookahead;
        if (is_blank(c) || c == '\n') {
            has_break |= c == '\n';
            advance(lexer);
        } else if (c == '#') {
            advance(lexer);
            if (lexer->lookahead == '[') return has_break && valid[LINE_END] && accept(lexer, LINE_END);
            skip_line(lexer);
        } else if (c == '/') {
            if (!has_slash) advance(lexer);
            has_slash = false;
            if (lexer->lookahead == '/') {
                skip_line(lexer);
            } else if (lexer->lookahead == '*') {
                advance(lexer);
                skip_nested(lexer);
            } else {
                return false;
            }
        } else {
            break;
        }
    }
    if (lexer->lookahead == '}' && valid[LAST]) return accept(lexer, LAST);
    if (!has_break) return false;
    if (valid[BLOCK_END] && is_prefix(lexer->lookahead)) {
        return starts_statement(lexer) && accept(lexer, BLOCK_END);
    }
    // No expression ends here: the body of `struct P` or `mod m` may begin on the next line.
    if (lexer->lookahead == '{' && !valid[TRY] && !valid[INDEX_OPEN]) return false;
    return valid[LINE_END] && !continues(lexer) && accept(lexer, LINE_END);
}

// Whether a jump has no value: its line or what it stands in ends.
static bool ends_jump(TSLexer *lexer, int32_t c, bool is_over) {
    return is_over || lexer->eof(lexer) || c == ';' || c == '}' || c == ',' || c == ')' || c == ']';
}

// Text of a format string up to its end or a value: spaces, `#` and `//` in it are text.
static bool scan_format_text(TSLexer *lexer) {
    bool has_text = false;
    while (!lexer->eof(lexer) && lexer->lookahead != '"') {
        int32_t c = lexer->lookahead;
        if (c == '{' || c == '}') {
            lexer->mark_end(lexer);
            advance(lexer);
            if (lexer->lookahead != c) return has_text && accept(lexer, FORMAT_TEXT);
        } else if (c == '\\') {
            advance(lexer);
            if (lexer->eof(lexer)) break;
        }
        advance(lexer);
        has_text = true;
    }
    lexer->mark_end(lexer);
    return has_text && accept(lexer, FORMAT_TEXT);
}

bool tree_sitter_ruchy_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
    (void)payload;
    bool is_broken = valid[ERROR_SENTINEL];
    if (valid[FORMAT_TEXT] && !is_broken) return scan_format_text(lexer);
    bool is_empty_valid = !is_broken && (valid[BLOCK_END] || valid[LINE_END] || valid[LAST] || valid[BARE]);
    bool has_break = false, has_space = false;
    // Tokens without text end where they begin.
    if (is_empty_valid) lexer->mark_end(lexer);
    bool is_comment = skip_to_token(lexer, &has_break, &has_space);
    int32_t c = lexer->lookahead;
    bool has_slash = c == '/' && valid[BLOCK_COMMENT] && !(is_empty_valid && has_break);
    if (has_slash) {
        advance(lexer);
        if (lexer->lookahead == '*') {
            advance(lexer);
            skip_nested(lexer);
            lexer->mark_end(lexer);
            return accept(lexer, BLOCK_COMMENT);
        }
    }
    if (is_broken) return false;
    if (valid[BARE]) return ends_jump(lexer, c, has_break || is_comment) && accept(lexer, BARE);
    if (!is_comment && !has_break) {
        if (c == '(' && valid[CALL_OPEN]) {
            advance(lexer);
            lexer->mark_end(lexer);
            return accept(lexer, CALL_OPEN);
        }
        if (c == '[' && valid[INDEX_OPEN]) {
            advance(lexer);
            lexer->mark_end(lexer);
            return accept(lexer, INDEX_OPEN);
        }
        if (c == '!' && valid[SEND] && has_space) {
            advance(lexer);
            lexer->mark_end(lexer);
            return is_blank(lexer->lookahead) && accept(lexer, SEND);
        }
    }
    if (c == '?' && (valid[TRY] || valid[TERNARY])) return scan_question(lexer, valid);
    if (c == '{' && valid[OBJECT_OPEN] && !(has_break && valid[LINE_END])) return scan_object(lexer);
    if (!is_empty_valid) return false;
    return scan_behind_comments(lexer, valid, has_break, has_slash);
}
