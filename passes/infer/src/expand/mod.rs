//! What the program says about itself is written out before types are inferred: its context managers
//! become calls and `try`, its decorators become functions.
//!
//! Works on the whole program at Hir, so that what comes after knows neither.

mod applied;
mod argparse;
mod assigned_again;
mod assigned_methods;
mod async_iterators;
mod asynchronous;
mod attribute_dict;
mod attribute_reads;
mod attributes;
mod bare_decorators;
mod base_calls;
mod built_comparisons;
mod builtin_base;
mod by_name;
mod by_name_choice;
mod cache;
mod cache_nested;
mod cached_calls;
mod cached_property;
mod call_shapes;
mod called;
mod capture;
mod chained;
mod chosen_contexts;
mod class_decorator;
mod class_defaults;
mod class_marks;
mod class_paths;
mod class_tuples;
mod class_values;
mod commands;
mod computed_defaults;
mod computed_getters;
mod context_decorators;
mod converted;
mod counted_reader;
mod csv_dialects;
mod decorate;
mod decorated_classes;
mod default_functions;
mod deleters;
mod derived;
mod derived_arguments;
mod derived_new;
mod derived_super;
mod descriptor_body;
mod descriptors;
mod dict_update;
mod dir_names;
mod dunders;
mod enum_aliases;
mod enum_fields;
mod enum_missing;
mod environment;
mod error_attributes;
mod errors_by_name;
mod exit_stack;
mod findall;
mod flags;
mod fluent_errors;
mod folder_walk;
mod formats;
mod forward;
mod forwarded;
mod function_attributes;
mod function_docs;
mod handed_contexts;
mod handled;
mod hooks;
mod int_flags;
mod item_slices;
mod json_encoders;
mod kept_attributes;
mod kept_views;
mod keywords;
mod kinds_of_functions;
mod lambda_defaults;
mod late_names;
mod lazy;
mod made_once;
mod member_defaults;
mod mixins;
mod module_values;
mod named_wrappers;
mod names;
mod names_given;
mod nested_classes;
mod nested_patterns;
mod open_overrides;
mod operators;
mod options;
mod overrides;
mod own_class;
mod own_dict;
mod parsers;
mod partial;
mod partial_calls;
mod partial_methods;
mod plain_bases;
mod record_data;
mod recursive_lambdas;
mod register;
mod sentinels;
mod set_by_name;
mod single_dispatch;
mod special_params;
mod star_functions;
mod subclasses;
mod sums;
mod super_reads;
mod tees;
mod template;
mod threads;
mod throws;
mod tuple_makers;
mod type_tests;
mod version;
mod view_names;
mod walrus;
mod with;
mod wrapper_attributes;

use batuta_core::{Callee, Hir, Node, Program};
use std::sync::Arc;

/// The same program with what its classes are asked for written out: before methods are made for them.
pub(crate) fn expand_classes(program: &Program<Hir>) -> Program<Hir> {
    let mut out = program.clone();
    crate::suites::expand(&mut out);
    class_paths::expand(&mut out);
    decorated_classes::expand(&mut out);
    assigned_again::expand(&mut out);
    assigned_methods::expand(&mut out);
    fluent_errors::expand(&mut out);
    own_dict::expand(&mut out);
    names::expand(&mut out);
    dict_update::expand(&mut out);
    set_by_name::expand(&mut out);
    dir_names::expand(&mut out);
    environment::expand(&mut out);
    function_attributes::expand(&mut out);
    member_defaults::expand(&mut out);
    json_encoders::expand(&mut out);
    partial_methods::expand(&mut out);
    base_calls::expand(&mut out);
    super_reads::expand(&mut out);
    deleters::expand(&mut out);
    descriptors::expand(&mut out);
    nested_classes::expand(&mut out);
    plain_bases::expand(&mut out);
    derived::expand(&mut out);
    made_once::expand(&mut out);
    mixins::expand(&mut out);
    async_iterators::expand(&mut out);
    item_slices::expand(&mut out);
    built_comparisons::expand(&mut out);
    enum_aliases::expand(&mut out);
    enum_fields::expand(&mut out);
    enum_missing::expand(&mut out);
    special_params::expand(&mut out);
    flags::expand(&mut out);
    default_functions::expand(&mut out);
    hooks::expand(&mut out);
    class_tuples::expand(&mut out);
    view_names::expand(&mut out);
    tuple_makers::expand(&mut out);
    forwarded::expand_positional(&mut out);
    options::expand(&mut out);
    class_marks::expand(&mut out);
    open_overrides::expand(&mut out);
    own_class::expand(&mut out);
    subclasses::expand(&mut out);
    forwarded::expand(&mut out);
    call_shapes::expand(&mut out);
    class_defaults::expand(&mut out);
    attributes::expand(&mut out);
    record_data::expand(&mut out);
    attribute_dict::expand(&mut out);
    derived_new::refuse_others(&mut out);
    out
}

pub(crate) use built_comparisons::BUILT;
pub(crate) use by_name::KEPT;
pub(crate) use derived::{inner_field, made_of_one};
pub(crate) use error_attributes::SOME_ERRORS_HAVE;
pub(crate) use function_docs::class_text;
pub(crate) use item_slices::SLICES;
pub(crate) use mixins::{drop_mixins, mixin_methods};
pub(crate) use overrides::expand as overrides;
pub(crate) use record_data::{OF_CLASS, drop_unused};

/// The same program with its own context managers written out.
pub(crate) fn expand(program: &Program<Hir>) -> Program<Hir> {
    let mut out = program.clone();
    recursive_lambdas::expand_modules(&mut out);
    cached_calls::expand(&mut out);
    bare_decorators::expand(&mut out);
    named_wrappers::expand(&mut out);
    decorate::expand(&mut out);
    kept_attributes::expand(&mut out);
    threads::expand(&mut out);
    function_docs::expand(&mut out);
    commands::expand(&mut out);
    argparse::expand(&mut out);
    counted_reader::expand(&mut out);
    findall::expand(&mut out);
    chosen_contexts::expand(&mut out);
    csv_dialects::expand(&mut out);
    partial_calls::expand(&mut out);
    let start = out.clone();
    let managers = with::Managers::new(&start);
    let has_stacks = exit_stack::has_stacks(&start);
    let has_contexts = chained::is_asked(&start);
    let has_templates = template::has_templates(&start);
    let views = kept_views::names(&start);
    let rebound =
        start.globals.values().filter(|global| global.is_rebound).map(|global| global.path).collect();
    for body in out.fns.values_mut() {
        if has_stacks {
            exit_stack::expand(&managers, &start, Arc::make_mut(body));
        }
        if with::has_managers(body) {
            with::expand(&managers, Arc::make_mut(body));
        }
        managers.trim(Arc::make_mut(body));
        computed_getters::expand(Arc::make_mut(body));
        if by_name::has_calls(body) {
            by_name::expand(&start, Arc::make_mut(body));
        }
        let is_sum = |node: &Node| matches!(node, Node::Call { callee: Callee::Lib(name), .. } if *name == "builtins.sum");
        if body.nodes.iter().any(|(_, row)| is_sum(&row.kind)) {
            sums::expand(&start, Arc::make_mut(body));
        }
        module_values::expand(Arc::make_mut(body));
        tees::expand(Arc::make_mut(body));
        throws::expand(&start, Arc::make_mut(body));
        lazy::expand(Arc::make_mut(body));
        converted::expand(Arc::make_mut(body));
        kept_views::expand(&start, &views, Arc::make_mut(body));
        asynchronous::expand(Arc::make_mut(body));
        let is_walk =
            |node: &Node| matches!(node, Node::Call { callee: Callee::Lib(name), .. } if *name == "os.walk");
        if body.nodes.iter().any(|(_, row)| is_walk(&row.kind)) {
            folder_walk::expand(Arc::make_mut(body));
        }
        builtin_base::expand(&start, Arc::make_mut(body));
        nested_patterns::expand(Arc::make_mut(body));
        if body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::Block { label: None, .. })) {
            walrus::expand(Arc::make_mut(body));
        }
        dunders::expand(&start, Arc::make_mut(body));
        if operators::has_calls(body) {
            operators::expand(Arc::make_mut(body));
        }
        if version::is_asked(body) {
            version::expand(Arc::make_mut(body));
        }
        if body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::Try { .. })) {
            handled::expand(&start, Arc::make_mut(body));
        }
        if body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::Try { .. })) {
            error_attributes::expand(&start, Arc::make_mut(body));
            errors_by_name::expand(&start, Arc::make_mut(body));
        }
        if has_contexts {
            chained::expand(&start, Arc::make_mut(body));
        }
        sentinels::expand(&start, Arc::make_mut(body));
        keywords::expand(&start, Arc::make_mut(body));
        type_tests::expand(&start, Arc::make_mut(body));
        kinds_of_functions::expand(&start, Arc::make_mut(body));
        let is_format = |node: &Node| matches!(node, Node::Call { callee: Callee::Lib(name), .. } if *name == "builtins.format");
        if body.nodes.iter().any(|(_, row)| is_format(&row.kind)) {
            formats::expand(Arc::make_mut(body));
        }
        if has_templates {
            template::expand(Arc::make_mut(body));
        }
        let is_partial = |node: &Node| matches!(node, Node::Call { callee: Callee::Lib(name), .. } if matches!(name.as_str(), "functools.partial" | partial::WHOLE));
        if body.nodes.iter().any(|(_, row)| is_partial(&row.kind)) {
            partial::expand(&start, Arc::make_mut(body));
        }
        star_functions::expand(&start, Arc::make_mut(body));
        if body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::Closure(_))) {
            if applied::has_calls(body) {
                applied::expand(Arc::make_mut(body));
            }
            recursive_lambdas::expand(Arc::make_mut(body));
            lambda_defaults::expand(Arc::make_mut(body));
            cache_nested::expand(Arc::make_mut(body));
            called::expand_nested(&start, Arc::make_mut(body));
            capture::expand(Arc::make_mut(body), &rebound);
            computed_defaults::expand(Arc::make_mut(body), &rebound);
            late_names::expand(Arc::make_mut(body));
        }
    }
    out
}
