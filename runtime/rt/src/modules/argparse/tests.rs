use super::*;
use crate::value::Value;

fn todo() -> ArgumentParser {
    let parser = ArgumentParser::new().prog("todo").description("Keep a list of tasks.");
    parser.add_argument(Argument::new(["-v", "--verbose"]).action("count").default(0).help("say more"));
    parser.add_argument(Argument::new(["--width"]).int().default(30).metavar("N"));
    let sub = parser.add_subparsers(Argument::commands().dest("command").required(true));
    let add = sub.add_parser("add", CommandParser::new().help("add a task"));
    add.add_argument(Argument::new(["text"]).nargs("+"));
    add.add_argument(Argument::new(["-p", "--priority"]).int().choices(1..6).default(3));
    parser
}

#[test]
fn command_lines_are_read() {
    let args = todo().parse(["-vv", "--wid=7", "add", "a", "b", "-p", "2"]);
    let text = crate::repr(&args).to_string();
    assert_eq!(text, "Namespace(verbose=2, width=7, command='add', text=['a', 'b'], priority=2)");
    assert_eq!(args.get::<i64>("width"), 7);
}

#[test]
fn help_is_cpythons() {
    let help = "usage: todo [-h] [-v] [--width N] {add} ...\n\nKeep a list of tasks.\n\n\
                positional arguments:\n  {add}\n    add          add a task\n\noptions:\n  \
                -h, --help     show this help message and exit\n  -v, --verbose  say more\n  --width N\n";
    assert_eq!(todo().format_help(), help);
}

#[test]
fn positional_arguments_share_what_is_there() {
    let parser = ArgumentParser::new().prog("p");
    parser.add_argument(Argument::new(["first"]));
    parser.add_argument(Argument::new(["rest"]).nargs("*"));
    parser.add_argument(Argument::new(["last"]));
    let args = parser.parse(["a", "b", "c", "d"]);
    assert_eq!(args.get::<Vec<String>>("rest"), ["b", "c"]);
    assert_eq!(args.value("last"), Some(Value::from("d")));
}
