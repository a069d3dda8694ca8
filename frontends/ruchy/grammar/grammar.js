// Ruchy for tree-sitter. `src/` is generated from this file; `README.md` says how.
//
// A line break is no token. Where one matters, `scanner.c` decides: `(` and `[` continue an expression
// on its own line only, an expression statement that ends in a block ends before `-`, `*` and `&` on a
// new line, `?` is a ternary where its `:` follows on the line, `{` opens an object before `key:`.

const PREC = {
  lambda: -2,
  jump: -1,
  assign: 0,
  ternary: 1,
  or: 2,
  coalesce: 3,
  pipe: 4,
  and: 5,
  range: 6,
  bitor: 7,
  bitxor: 8,
  bitand: 9,
  equality: 10,
  relation: 11,
  shift: 12,
  sum: 13,
  product: 14,
  power: 15,
  cast: 16,
  unary: 17,
  postfix: 18,
};

const BINARY = [
  [prec.left, PREC.or, ['||']],
  [prec.left, PREC.coalesce, ['??', '<?']],
  [prec.left, PREC.pipe, ['|>']],
  [prec.left, PREC.and, ['&&']],
  [prec.left, PREC.bitor, ['|']],
  [prec.left, PREC.bitxor, ['^']],
  [prec.left, PREC.bitand, ['&']],
  [prec.left, PREC.equality, ['==', '!=']],
  [prec.left, PREC.relation, ['<', '<=', '>', '>=', 'in']],
  [prec.left, PREC.shift, ['<<', '>>']],
  [prec.left, PREC.sum, ['+', '-']],
  [prec.left, PREC.product, ['*', '/', '%']],
  [prec.right, PREC.power, ['**']],
];

const COMPOUND = ['+=', '-=', '*=', '/=', '%=', '**=', '&=', '|=', '^=', '<<=', '>>='];

// Words that are keywords in one place and names in all others.
const CONTEXTUAL = ['type', 'from', 'handle', 'test', 'effect'];

const SUFFIX = '(i8|i16|i32|i64|i128|isize|u8|u16|u32|u64|u128|usize)?';

const list = (rule) => seq(rule, repeat(seq(',', rule)), optional(','));

module.exports = grammar({
  name: 'ruchy',

  word: ($) => $.identifier,

  externals: ($) => [
    $._call_open,
    $._index_open,
    $._block_end,
    $._try,
    $._ternary,
    $._object_open,
    $._send,
      $._line_end,
      $._last,
      $._bare,
    $.format_text,
    $.block_comment,
    $._error_sentinel,
  ],

  extras: ($) => [/[ \t\r\n\f\uFEFF]/, $.comment, $.block_comment],

  inline: ($) => [$._path_start],

  supertypes: ($) => [$._expression, $._type, $._pattern],

  conflicts: ($) => [
    [$._expression, $.struct_expression],
    [$._name, $.lambda_names],
    [$._name, $.type_alias],
    [$._name, $.handle_expression],
  ],

  rules: {
    source_file: ($) => optional($._statements),

    comment: (_) => token(choice(seq('//', /[^\n]*/), /#([^\[\n][^\n]*)?/)),

    // ---- statements ----

    _statements: ($) =>
      choice(
        seq(repeat1($._ended_statement), optional($._open_statement)),
        $._open_statement,
      ),
    _ended_statement: ($) =>
      choice(
        $._closed_item,
        alias($.block_statement, $.expression_statement),
        seq($._open_statement, choice(';', $._line_end)),
        $.empty_statement,
      ),
    _open_statement: ($) => choice($._open_item, $.let_declaration, $.expression_statement),

    empty_statement: (_) => ';',
    expression_statement: ($) => $._expression,
    // Nothing has to stand between it and the next one.
    block_statement: ($) => prec(-1, seq($._block_like, optional($._block_end))),

    let_declaration: ($) =>
      seq(
        choice('let', 'var'),
        choice(field('pattern', $._pattern), seq($.mutable, field('pattern', $.tuple_pattern))),
        optional(seq(':', field('type', $._type))),
        optional(seq('=', field('value', $._expression), optional(seq('else', field('alternative', $.block))))),
      ),

    mutable: (_) => 'mut',

    block: ($) => seq('{', optional($._statements), '}'),

    // ---- items ----

    _closed_item: ($) =>
      choice(
        $.function_item,
        $.struct_item,
        $.enum_item,
        $.trait_item,
        $.impl_item,
        $.class_item,
        $.actor_item,
        $.effect_item,
        $.mod_item,
        $.test_item,
      ),
    // A line break or `;` ends them.
    _open_item: ($) =>
      choice(
        alias($.short_function, $.function_item),
        alias($.short_struct, $.struct_item),
        alias($.mod_declaration, $.mod_item),
        $.use_declaration,
        $.import_declaration,
        $.const_item,
        $.type_alias,
      ),

    attribute: ($) =>
      choice(
        seq('#[', optional(field('text', alias(/([^\[\]]|\[[^\]]*\])+/, $.attribute_text))), ']'),
        prec.right(seq('@', field('name', $.identifier), optional(seq(alias($._call_open, '('), optional(list($._argument)), ')')))),
      ),

    visibility: ($) =>
      choice('private', 'protected', prec.right(seq('pub', optional(seq('(', choice('crate', 'super'), ')'))))),

    _head: ($) => choice(repeat1($.attribute), seq(repeat($.attribute), $.visibility)),

    function_item: ($) => seq($._function_head, repeat($.contract), field('body', $.block)),
    // `fun f(x) = expr`.
    short_function: ($) => prec.right(seq($._function_head, '=', field('value', $._expression))),
    // What a trait asks for. Elsewhere the body may begin on the next line.
    signature: ($) => prec.right($._function_head),
    _function_head: ($) =>
      seq(
        optional($._head),
        repeat($.modifier),
        choice('fun', 'fn'),
        field('name', $.identifier),
        optional(field('type_parameters', $.type_parameters)),
        field('parameters', $.parameters),
        optional(seq('->', field('return_type', $._type))),
        optional(field('where', $.where_clause)),
      ),

    modifier: (_) => choice('async', 'unsafe', 'static', 'override', 'abstract', 'final', 'sealed'),

    contract: ($) => prec(1, seq(field('kind', choice('requires', 'ensures', 'invariant', 'decreases')), field('value', $._expression))),

    parameters: ($) => seq('(', optional(list(choice($.parameter, $.self_parameter))), ')'),

    self_parameter: ($) => prec(2, seq(optional('&'), optional($.mutable), 'self')),

    parameter: ($) =>
      seq(
        field('pattern', $._simple_pattern),
        optional(seq(':', field('type', $._type))),
        optional(seq('=', field('default', $._expression))),
      ),

    type_parameters: ($) => seq('<', list(choice($.lifetime, $.type_parameter)), '>'),
    type_parameter: ($) =>
      seq(
        optional('const'),
        field('name', $.identifier),
        optional(seq(':', field('bounds', $.bounds))),
        optional(seq('=', field('default', $._type))),
      ),
    bounds: ($) => prec.right(seq($._bound, repeat(seq('+', $._bound)))),
    _bound: ($) => choice($._named_type, $.function_type, $.lifetime),
    where_clause: ($) => prec.right(seq('where', list(seq($._named_type, ':', $.bounds)))),

    struct_item: ($) => seq($._struct_head, field('body', $.field_list)),
    short_struct: ($) => seq($._struct_head, optional(field('body', $.tuple_fields))),
    _struct_head: ($) =>
      seq(
        optional($._head),
        'struct',
        field('name', $.identifier),
        optional(field('type_parameters', $.type_parameters)),
        optional(field('where', $.where_clause)),
      ),

    field_list: ($) => seq('{', repeat($._ended_field), '}'),

    field: ($) =>
      prec.right(
        seq(
          optional($._head),
          optional(choice('let', 'var')),
          optional($.mutable),
          field('name', $.identifier),
          ':',
          field('type', $._type),
          optional(seq('=', field('default', $._expression))),
        ),
      ),

    tuple_fields: ($) => seq('(', optional(list(seq(optional($.visibility), $._type))), ')'),

    enum_item: ($) =>
      seq(
        optional($._head),
        'enum',
        field('name', $.identifier),
        optional(field('type_parameters', $.type_parameters)),
        '{',
        repeat(seq($.variant, optional(','))),
        '}',
      ),
    variant: ($) =>
      prec.right(
        seq(
          repeat($.attribute),
          field('name', $.identifier),
          optional(choice(field('body', $.tuple_fields), field('body', $.field_list), seq('=', field('value', $._expression)))),
        ),
      ),

    trait_item: ($) =>
      seq(
        optional($._head),
        choice('trait', 'interface'),
        field('name', $.identifier),
        optional(field('type_parameters', $.type_parameters)),
        optional(seq(':', field('bounds', $.bounds))),
        field('body', alias($.trait_list, $.member_list)),
      ),

    impl_item: ($) =>
      seq(
        optional($._head),
        'impl',
        optional(field('type_parameters', $.type_parameters)),
        optional(seq(field('trait', $._named_type), 'for')),
        field('type', $._type),
        optional(field('where', $.where_clause)),
        field('body', $.member_list),
      ),

    member_list: ($) => seq('{', repeat($._member), '}'),
    trait_list: ($) => seq('{', repeat(choice($._member, seq(alias($.signature, $.function_item), choice(';', $._line_end, $._last)))), '}'),
    _member: ($) =>
      choice(
        $.function_item,
        seq(choice(alias($.short_function, $.function_item), $.const_item, $.type_alias, $.associated_type), choice(';', $._line_end, $._last)),
        ';',
      ),
    associated_type: ($) => seq('type', field('name', $.identifier)),

    class_item: ($) =>
      seq(
        optional($._head),
        repeat($.modifier),
        'class',
        field('name', $.identifier),
        optional(field('type_parameters', $.type_parameters)),
        optional(seq(':', field('bases', seq($._named_type, repeat(seq(',', $._named_type)))))),
        field('body', $.class_body),
      ),
    class_body: ($) => seq('{', repeat(choice($._ended_field, $.constructor, $._member)), '}'),
    _ended_field: ($) => seq($.field, choice(',', ';', $._line_end, $._last)),
    constructor: ($) =>
      prec(1, seq(optional($._head), 'new', optional(field('name', $.identifier)), field('parameters', $.parameters), field('body', $.block))),

    actor_item: ($) =>
      seq(optional($._head), 'actor', field('name', $.identifier), '{', repeat(choice($._ended_field, $.receive, $.function_item)), '}'),
    receive: ($) =>
      choice(
        seq('receive', '{', repeat($.match_arm), '}'),
        seq(
          'receive',
          field('name', $.identifier),
          optional(field('parameters', $.parameters)),
          optional(seq('->', field('return_type', $._type))),
          optional('=>'),
          field('body', $.block),
        ),
      ),

    effect_item: ($) =>
      seq(optional($._head), 'effect', field('name', $.identifier), '{', repeat(seq($.operation, optional(','))), '}'),
    operation: ($) => seq(field('name', $.identifier), field('parameters', $.parameters), optional(seq('->', field('return_type', $._type)))),

    mod_item: ($) => seq($._mod_head, '{', optional($._statements), '}'),
    mod_declaration: ($) => $._mod_head,
    _mod_head: ($) => seq(optional($._head), choice('mod', 'module'), field('name', $.identifier)),

    use_declaration: ($) => seq(optional($._head), 'use', field('tree', $._use_tree)),
    _use_tree: ($) => choice($._path, $.use_list, $.use_wildcard, $.use_as),
    use_list: ($) => seq(optional(seq(field('path', $._path), '::')), '{', optional(list($._use_tree)), '}'),
    use_wildcard: ($) => seq(field('path', $._path), '::', '*'),
    use_as: ($) => seq(field('path', $._path), 'as', field('name', $.identifier)),

    import_declaration: ($) =>
      choice(
        seq('import', field('path', choice($._path, $.dotted_path, $.string)), optional(seq('as', field('name', $.identifier)))),
        seq('from', field('path', choice($._path, $.dotted_path)), 'import', choice('*', list(field('name', $.identifier)))),
      ),
    dotted_path: ($) => seq($._name, repeat1(seq('.', $._name))),

    const_item: ($) =>
      seq(
        optional($._head),
        choice('const', 'static'),
        optional($.mutable),
        field('name', $.identifier),
        optional(seq(':', field('type', $._type))),
        '=',
        field('value', $._expression),
      ),

    type_alias: ($) =>
      seq(
        optional($._head),
        'type',
        field('name', $.identifier),
        optional(field('type_parameters', $.type_parameters)),
        '=',
        field('type', $._type),
        optional(seq('where', field('refinement', $._expression))),
      ),

    test_item: ($) => seq('test', field('name', $.string), field('body', $.block)),

    // ---- types ----

    _type: ($) =>
      choice(
        $._named_type,
        $.reference_type,
        $.tuple_type,
        $.list_type,
        $.function_type,
        $.bounded_type,
        $.optional_type,
      ),
    _named_type: ($) => choice($._path, $.generic_type),
    generic_type: ($) => seq(field('name', $._path), optional('::'), field('arguments', $.type_arguments)),
    type_arguments: ($) => seq('<', optional(list(choice($._type, $.lifetime, $.integer, $.type_binding))), '>'),
    type_binding: ($) => seq($._name, '=', $._type),
    reference_type: ($) => prec(1, seq('&', optional($.lifetime), optional($.mutable), field('type', $._type))),
    tuple_type: ($) => seq('(', optional(list($._type)), ')'),
    list_type: ($) => seq('[', $._type, optional(seq(';', $._expression)), ']'),
    function_type: ($) =>
      prec.right(
        choice(
          seq(choice('fun', 'fn'), '(', optional(list($._type)), ')', optional(seq('->', field('return_type', $._type)))),
          seq(alias(/Fn(Mut|Once)?/, 'Fn'), '(', optional(list($._type)), ')', optional(seq('->', field('return_type', $._type)))),
          seq('|', optional(list($._type)), '|', '->', field('return_type', $._type)),
        ),
      ),
    bounded_type: ($) => prec.right(seq(choice('impl', 'dyn'), $.bounds)),
    optional_type: ($) => prec(2, seq($._type, '?')),
    lifetime: (_) => /'[A-Za-z_][A-Za-z0-9_]*/,

    // ---- paths and names ----

    _name: ($) => choice($.identifier, alias(choice(...CONTEXTUAL), $.identifier)),
    identifier: (_) => /[A-Za-z_][A-Za-z0-9_]*/,
    _path: ($) => choice($._name, alias(choice('self', 'super', 'crate', 'Self'), $.identifier), $.scoped_identifier),
    _path_start: ($) => choice($._path, $.generic_path),
    generic_path: ($) => seq($._path, '::', $.type_arguments),
    scoped_identifier: ($) => prec(PREC.postfix, seq(field('path', $._path_start), '::', field('name', $.identifier))),

    // ---- expressions ----

    _expression: ($) =>
      choice(
        $._path,
        $._literal,
        $._block_like,
        $.parenthesized_expression,
        $.tuple_expression,
        $.unit,
        $.list_expression,
        $.list_repeat,
        $.list_comprehension,
        $.object,
        $.set,
        $.set_comprehension,
        $.dict_comprehension,
        $.struct_expression,
        $.lambda,
        $.macro_call,
        $.call_expression,
        $.field_expression,
        $.index_expression,
        $.try_operator,
        $.cast_expression,
        $.step_expression,
        $.unary_expression,
        $.await_expression,
        $.spawn_expression,
        $.lazy_expression,
        $.binary_expression,
        $.range_expression,
        $.send_expression,
        $.ternary_expression,
        $.assignment,
        $.compound_assignment,
        $.return_expression,
        $.break_expression,
        $.continue_expression,
        $.throw_expression,
        $.handle_expression,
      ),

    _block_like: ($) =>
      choice(
        $.block,
        $.if_expression,
        $.match_expression,
        $.for_expression,
        $.while_expression,
        $.loop_expression,
        $.try_expression,
        $.async_block,
        $.unsafe_block,
      ),

    _literal: ($) =>
      choice($.integer, $.float, $.string, $.raw_string, $.char, $.byte, $.format_string, $.boolean, $.nil, $.atom),

    integer: (_) => token(choice(
      new RegExp('[0-9][0-9_]*' + SUFFIX),
      new RegExp('0[xX][0-9a-fA-F_]+' + SUFFIX),
      new RegExp('0[bB][01_]+' + SUFFIX),
      new RegExp('0[oO][0-7_]+' + SUFFIX),
    )),
    float: (_) => token(choice(
      /[0-9][0-9_]*\.[0-9][0-9_]*([eE][+-]?[0-9_]+)?(f32|f64)?/,
      /[0-9][0-9_]*[eE][+-]?[0-9_]+(f32|f64)?/,
      /[0-9][0-9_]*(f32|f64)/,
    )),
    string: (_) => token(choice(
      /"([^"\\]|\\(.|\n))*"/,
      /"""([^"]|"[^"]|""[^"])*"""/,
      // Inside a format string, where quotes are escaped.
      /\\"([^"\\]|\\[^"])*\\"/,
    )),
    raw_string: (_) => token(choice(/r"[^"]*"/, /r#"([^"]|"[^#])*"#/)),
    char: (_) => token(choice(
      /'([^'\\\n]|\\[^u\n]|\\u\{[0-9A-Fa-f]+\})'/,
      /'([^'\\\n ;:,)}>][^'\\\n ;:,)}>]+)?'/,
    )),
    byte: (_) => token(/b'([^'\\\n]|\\.[^'\n]*)'/),
    boolean: (_) => choice('true', 'false'),
    nil: (_) => choice('nil', 'null'),
    atom: (_) => token(prec(-1, /:[A-Za-z_][A-Za-z0-9_]*/)),
    unit: ($) => seq('(', ')'),

    format_string: ($) =>
      seq(
        token(prec(1, 'f"')),
        repeat(choice($.format_text, $.interpolation)),
        token.immediate('"'),
      ),
    interpolation: ($) =>
      seq(token.immediate('{'), field('value', $._expression), optional(field('spec', $.format_spec)), '}'),
    format_spec: (_) => token.immediate(/:[^:}"\n]?[^}"\n]*/),

    parenthesized_expression: ($) => seq('(', $._expression, ')'),
    tuple_expression: ($) => seq('(', $._expression, ',', optional(list($._expression)), ')'),
    list_expression: ($) => seq('[', optional(list(choice($._expression, $.spread))), ']'),
    list_repeat: ($) => seq('[', field('value', $._expression), ';', field('count', $._expression), ']'),
    list_comprehension: ($) => seq('[', field('value', $._expression), repeat1($.comprehension_clause), ']'),
    comprehension_clause: ($) =>
      prec.right(
        seq('for', field('pattern', $._for_pattern), 'in', field('iterable', $._expression), optional(seq('if', field('condition', $._expression)))),
      ),
    spread: ($) => seq('...', $._expression),

    object: ($) => seq(alias($._object_open, '{'), optional(list(choice($.pair, $.spread))), '}'),
    pair: ($) => seq(field('key', choice(alias($._word, $.identifier), $.string)), ':', field('value', $._expression)),
    _word: ($) => $.identifier,
    set: ($) => seq('{', $._expression, ',', optional(list($._expression)), '}'),
    set_comprehension: ($) => seq('{', field('value', $._expression), repeat1($.comprehension_clause), '}'),
    dict_comprehension: ($) =>
      choice(
        seq(alias($._object_open, '{'), $.pair, repeat1($.comprehension_clause), '}'),
        seq('{', field('key', $._expression), ':', field('value', $._expression), repeat1($.comprehension_clause), '}'),
      ),

    struct_expression: ($) => prec.dynamic(-1, seq(field('name', choice($._path, $.generic_path)), field('body', $.field_initializers))),
    field_initializers: ($) =>
      seq(
        choice('{', alias($._object_open, '{')),
        optional(choice(seq(list($.field_initializer), optional($.base)), $.base)),
        '}',
      ),
    field_initializer: ($) => seq(field('name', $.identifier), optional(seq(':', field('value', $._expression)))),
    base: ($) => seq(choice('..', '...'), $._expression),

    lambda: ($) =>
      prec.right(
        PREC.lambda,
        choice(
          seq(
            optional('move'),
            field('parameters', choice('||', $.lambda_parameters)),
            choice(
              seq('->', field('return_type', $._type), field('body', $.block)),
              field('body', $._expression),
            ),
          ),
          seq(field('parameters', choice($.identifier, $.lambda_names, $.unit)), '=>', field('body', $._expression)),
          seq(
            choice('fun', 'fn'),
            field('parameters', $.parameters),
            optional(seq('->', field('return_type', $._type))),
            field('body', $.block),
          ),
          seq('\\', field('parameters', $.backslash_names), '->', field('body', $._expression)),
        ),
      ),
    lambda_parameters: ($) => seq('|', list($.lambda_parameter), '|'),
    lambda_parameter: ($) =>
      seq(field('pattern', $._simple_pattern), optional(seq(':', field('type', $._type)))),
    lambda_names: ($) => prec.dynamic(1, seq('(', list($.identifier), ')')),
    backslash_names: ($) => list($.identifier),

    macro_call: ($) => prec(PREC.postfix, seq(field('name', $.identifier), token.immediate('!'), field('arguments', $.macro_arguments))),
    macro_arguments: ($) =>
      choice(
        seq('(', optional(list($._macro_argument)), ')'),
        seq('[', optional(choice(list($._macro_argument), seq($._expression, ';', $._expression))), ']'),
        seq('{', optional(list($._macro_argument)), '}'),
      ),
    _macro_argument: ($) => choice($._argument, $.column),
    column: ($) => seq(field('name', $.string), choice('=>', ':'), field('value', $._expression)),

    call_expression: ($) => prec(PREC.postfix, seq(field('function', choice($._expression, $.generic_path)), field('arguments', $.arguments))),
    arguments: ($) => seq(alias($._call_open, '('), optional(list($._argument)), ')'),
    _argument: ($) => choice($._expression, $.named_argument, $.spread),
    named_argument: ($) => seq(field('name', $.identifier), ':', field('value', $._expression)),

    field_expression: ($) =>
      prec(
        PREC.postfix,
        seq(
          field('value', $._expression),
          field('operator', choice('.', '?.')),
          field('name', choice(alias($._word, $.identifier), $.integer)),
          optional(seq('::', field('type_arguments', $.type_arguments))),
        ),
      ),
    index_expression: ($) =>
      prec(PREC.postfix, seq(field('value', $._expression), alias($._index_open, '['), field('index', choice($._expression, $.open_range)), ']')),
    open_range: ($) =>
      choice(
        seq(choice('..', '..='), field('end', $._expression)),
        seq(field('start', $._expression), '..'),
        '..',
      ),

    try_operator: ($) => prec(PREC.postfix, seq($._expression, alias($._try, '?'))),
    cast_expression: ($) => prec.left(PREC.cast, seq(field('value', $._expression), 'as', field('type', $._path))),
    step_expression: ($) =>
      choice(
        prec(PREC.postfix, seq(field('place', $._expression), field('operator', choice('++', '--')))),
        prec(PREC.unary, seq(field('operator', choice('++', '--')), field('place', $._expression))),
      ),
    unary_expression: ($) =>
      prec(
        PREC.unary,
        choice(
          seq(field('operator', choice('-', '!', '~', '*')), field('value', $._expression)),
          seq(field('operator', '&'), optional($.mutable), field('value', $._expression)),
        ),
      ),
    await_expression: ($) => prec(PREC.unary, seq('await', $._expression)),
    spawn_expression: ($) => prec(PREC.unary, seq('spawn', $._expression)),
    lazy_expression: ($) => prec(PREC.unary, seq('lazy', $._expression)),

    binary_expression: ($) =>
      choice(
        ...BINARY.map(([side, level, operators]) =>
          side(
            level,
            seq(field('left', $._expression), field('operator', choice(...operators)), field('right', $._expression)),
          ),
        ),
        prec.left(PREC.relation, seq(field('left', $._expression), field('operator', alias(seq('not', 'in'), 'not in')), field('right', $._expression))),
      ),
    range_expression: ($) =>
      prec.left(PREC.range, seq(field('start', $._expression), field('operator', choice('..', '..=')), field('end', $._expression))),
    send_expression: ($) =>
      prec.left(PREC.coalesce, seq(field('actor', $._expression), alias($._send, '!'), field('message', $._expression))),
    ternary_expression: ($) =>
      prec.right(
        PREC.ternary,
        seq(field('condition', $._expression), alias($._ternary, '?'), field('consequence', $._expression), ':', field('alternative', $._expression)),
      ),

    assignment: ($) =>
      prec.right(PREC.assign, seq(field('left', $._expression), field('operator', choice('=', token(prec(1, /<-[ \t]/)))), field('right', $._expression))),
    compound_assignment: ($) =>
      prec.right(PREC.assign, seq(field('left', $._expression), field('operator', choice(...COMPOUND)), field('right', $._expression))),

    return_expression: ($) => prec.right(PREC.jump, seq('return', choice($._expression, $._bare))),
    break_expression: ($) => prec.right(PREC.jump, seq('break', optional(field('label', $.lifetime)), choice(field('value', $._expression), $._bare))),
    continue_expression: ($) => prec.right(PREC.jump, seq('continue', optional(field('label', $.lifetime)))),
    throw_expression: ($) => prec.right(PREC.jump, seq('throw', $._expression)),

    _condition: ($) => choice($._expression, $.let_condition),
    let_condition: ($) => seq('let', field('pattern', $._pattern), '=', field('value', $._expression)),

    if_expression: ($) =>
      prec.right(
        seq(
          'if',
          field('condition', $._condition),
          field('consequence', $.block),
          optional(seq('else', field('alternative', choice($.if_expression, $.block)))),
        ),
      ),
    match_expression: ($) => seq('match', field('value', $._expression), field('body', $.match_body)),
    match_body: ($) => seq('{', repeat($.match_arm), '}'),
    match_arm: ($) =>
      choice(
        // A block ends its arm.
        prec.right(2, seq($._arm_head, field('body', $.block), optional(choice(',', $._line_end)))),
        seq($._arm_head, choice(seq(field('body', $._block_like), $._block_end), seq(field('body', $._expression), choice(',', $._line_end, $._last)))),
      ),
    _arm_head: ($) =>
      seq(repeat($.attribute), field('pattern', $._pattern), optional(seq('if', field('guard', $._expression))), '=>'),

    _label: ($) => seq(field('label', $.lifetime), ':'),
    for_expression: ($) =>
      seq(optional($._label), 'for', field('pattern', $._for_pattern), 'in', field('iterable', $._expression), field('body', $.block)),
    _for_pattern: ($) => choice($._pattern, alias($.bare_tuple_pattern, $.tuple_pattern)),
    bare_tuple_pattern: ($) => seq($._pattern, repeat1(seq(',', $._pattern))),
    while_expression: ($) => seq(optional($._label), 'while', field('condition', $._condition), field('body', $.block)),
    loop_expression: ($) => seq(optional($._label), 'loop', field('body', $.block)),
    try_expression: ($) =>
      prec.right(seq('try', field('body', $.block), repeat($.catch_clause), optional(seq('finally', field('finally', $.block))))),
    catch_clause: ($) =>
      seq('catch', optional(choice(seq('(', optional(field('pattern', $._pattern)), ')'), field('pattern', $.identifier))), field('body', $.block)),
    async_block: ($) => seq('async', field('body', $.block)),
    unsafe_block: ($) => seq('unsafe', field('body', $.block)),
    handle_expression: ($) =>
      seq('handle', field('value', $._expression), 'with', '{', repeat(seq($.handler, optional(','))), '}'),
    handler: ($) => seq(field('name', $.identifier), field('parameters', $.parameters), '=>', field('body', $._expression)),

    // ---- patterns ----

    _pattern: ($) => choice($._simple_pattern, $.or_pattern),
    or_pattern: ($) => prec.left(seq($._pattern, '|', $._simple_pattern)),
    _simple_pattern: ($) =>
      choice(
        $._literal_pattern,
        $._path,
        $.range_pattern,
        $.binding_pattern,
        $.tuple_struct_pattern,
        $.struct_pattern,
        $.tuple_pattern,
        $.list_pattern,
        $.object_pattern,
        $.reference_pattern,
        $.rest_pattern,
      ),
    _literal_pattern: ($) =>
      choice($.integer, $.float, $.string, $.raw_string, $.char, $.byte, $.boolean, $.nil, $.atom, $.negative_literal, alias($.unit, $.tuple_pattern)),
    negative_literal: ($) => seq('-', choice($.integer, $.float)),
    _range_end: ($) => choice($.integer, $.float, $.char, $.negative_literal),
    range_pattern: ($) => prec.right(seq(field('start', $._range_end), field('operator', choice('..', '..=')), optional(field('end', $._range_end)))),
    binding_pattern: ($) =>
      choice(
        seq(choice($.mutable, 'ref'), optional($.mutable), field('name', $.identifier)),
        prec(1, seq(optional($.mutable), field('name', $.identifier), '@', field('pattern', $._simple_pattern))),
      ),
    tuple_struct_pattern: ($) => prec(1, seq(field('name', $._path), '(', optional(list($._pattern)), ')')),
    struct_pattern: ($) => prec(1, seq(field('name', $._path), field('body', $._field_patterns))),
    object_pattern: ($) => $._field_patterns,
    _field_patterns: ($) => seq(choice('{', alias($._object_open, '{')), optional(list(choice($.field_pattern, $.rest_pattern))), '}'),
    field_pattern: ($) =>
      seq(
        optional($.mutable),
        field('name', choice(alias($._word, $.identifier), $.string)),
        optional(seq(':', field('pattern', $._pattern))),
        optional(seq('=', field('default', $._expression))),
      ),
    tuple_pattern: ($) => choice(seq('(', list($._pattern), ')')),
    list_pattern: ($) => seq('[', optional(list($._pattern)), ']'),
    reference_pattern: ($) => prec(1, seq('&', $._simple_pattern)),
    rest_pattern: ($) => prec.right(seq(choice('..', '...'), optional($.identifier))),
  },
});
