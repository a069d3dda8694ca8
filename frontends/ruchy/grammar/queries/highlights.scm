(comment) @comment
(block_comment) @comment

[(string) (raw_string) (char) (byte) (format_text)] @string
(format_string ["f\"" "\""] @string)
(interpolation ["{" "}"] @punctuation.special)
(format_spec) @string.special
[(integer) (float)] @number
[(boolean) (nil) (atom)] @constant.builtin
(lifetime) @label

(attribute name: (identifier) @attribute)
(attribute_text) @attribute

(function_item name: (identifier) @function)
(call_expression function: (identifier) @function)
(call_expression function: (scoped_identifier name: (identifier) @function))
(call_expression function: (field_expression name: (identifier) @function.method))
(macro_call name: (identifier) @function.macro)
(field_expression name: (identifier) @property)
(field name: (identifier) @property)
(pair key: (identifier) @property)
(field_initializer name: (identifier) @property)
(parameter pattern: (identifier) @variable.parameter)
(self_parameter) @variable.builtin

(struct_item name: (identifier) @type)
(enum_item name: (identifier) @type)
(trait_item name: (identifier) @type)
(class_item name: (identifier) @type)
(actor_item name: (identifier) @type)
(type_alias name: (identifier) @type)
(variant name: (identifier) @constructor)
(generic_type name: (identifier) @type)
(struct_expression name: (identifier) @constructor)
((identifier) @type (#match? @type "^[A-Z][a-z]"))

[
  "actor" "as" "async" "await" "break" "catch" "class" "const" "continue" "effect" "else" "enum" "finally"
  "fn" "for" "from" "fun" "handle" "if" "impl" "import" "in" "lazy" "let" "loop" "match" "mod" "module"
  "pub" "receive" "return" "spawn" "static" "struct" "test" "throw" "trait" "try" "type" "unsafe" "use" "var"
  "where" "while" "with"
] @keyword
(mutable) @keyword
(modifier) @keyword

["+" "-" "*" "/" "%" "**" "==" "!=" "<" "<=" ">" ">=" "&&" "||" "!" "&" "|" "^" "~" "<<" ">>" "|>" "??" "?" ".." "..=" "="
 "+=" "-=" "*=" "/=" "%=" "=>" "->"] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ";" "." "::"] @punctuation.delimiter
