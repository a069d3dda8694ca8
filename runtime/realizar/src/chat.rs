//! Chat templates: the Jinja text in a model file that turns messages into a prompt.

use minijinja::{Environment, ErrorKind, Value, context};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::file::gguf::Gguf;
use crate::tokenize::Tokenizer;

/// Steps that a template may take; a loop without end stops here.
const FUEL: u64 = 2_000_000;

/// What files without a template are given, by a token that only one way of writing turns has.
const BY_TOKEN: [(&str, &str); 3] = [
    (
        "<|im_start|>",
        "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}\
         {% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    ),
    (
        "<start_of_turn>",
        "{{ bos_token }}{% for m in messages %}\
         {% set role = 'model' if m.role == 'assistant' else 'user' %}\
         {{ '<start_of_turn>' + role + '\n' + m.content.strip() + '<end_of_turn>\n' }}{% endfor %}\
         {% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}",
    ),
    (
        "<|start_header_id|>",
        "{{ bos_token }}{% for m in messages %}\
         {{ '<|start_header_id|>' + m.role + '<|end_header_id|>\n\n' + m.content.strip() + '<|eot_id|>' }}{% endfor %}\
         {% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
    ),
];

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// `system`, `user` or `assistant`.
    pub role: String,
    /// What was said.
    pub content: String,
}

impl Message {
    /// A message with a role.
    pub fn new(role: impl Into<String>, content: impl Into<String>) -> Self {
        Self { role: role.into(), content: content.into() }
    }
}

/// A model's chat template.
#[derive(Debug, Clone)]
pub struct Template {
    source: String,
    bos: String,
    eos: String,
}

impl Template {
    pub(crate) fn from_gguf(file: &Gguf<'_>, tokenizer: &Tokenizer) -> Result<Self> {
        let vocab = tokenizer.vocab();
        let by_token = || BY_TOKEN.iter().find(|(token, _)| vocab.id(token.as_bytes()).is_some());
        let source = file.str("tokenizer.chat_template").or_else(|| by_token().map(|(_, source)| *source));
        let source = source.ok_or_else(|| {
            Error::input("the model has no chat template, and no token that tells how turns are written")
        })?;
        let special = &vocab.special;
        let text = |id: Option<u32>| {
            let raw = id.map_or(&[][..], |id| tokenizer.vocab().raw(id));
            String::from_utf8_lossy(raw).into_owned()
        };
        Ok(Self::new(source, &text(special.bos), &text(special.eos)))
    }

    /// A template from its text and the two tokens that templates mention.
    #[must_use]
    pub fn new(source: &str, bos: &str, eos: &str) -> Self {
        Self { source: source.into(), bos: bos.into(), eos: eos.into() }
    }

    /// The prompt for a conversation; `answer` opens the assistant's turn at the end.
    ///
    /// # Errors
    /// `Format` when the template does not parse, fails, refuses the messages, or does not end.
    pub fn render(&self, messages: &[Message], answer: bool) -> Result<String> {
        let mut env = Environment::new();
        env.set_fuel(Some(FUEL));
        env.set_trim_blocks(true);
        env.set_lstrip_blocks(true);
        env.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        env.add_function("raise_exception", |text: String| -> std::result::Result<Value, minijinja::Error> {
            Err(minijinja::Error::new(ErrorKind::InvalidOperation, text))
        });
        // Templates print the date; a fixed one keeps equal input at equal output.
        env.add_function("strftime_now", |_format: String| "1 Jan 2025".to_owned());
        let failed = |e: minijinja::Error| Error::format(format!("chat template: {e:#}"));
        env.add_template("chat", &self.source).map_err(failed)?;
        let template = env.get_template("chat").map_err(failed)?;
        let values = context! {
            messages => messages,
            add_generation_prompt => answer,
            bos_token => self.bos,
            eos_token => self.eos,
        };
        template.render(values).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHATML: &str = "{% for m in messages %}{{'<|im_start|>' + m['role'] + '\n' + m['content'].strip() + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    #[test]
    fn renders_turns_and_opens_the_answer() {
        let messages = [Message::new("user", " Hi ")];
        let text = Template::new(CHATML, "", "").render(&messages, true).expect("renders");
        assert_eq!(text, "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
    }

    #[test]
    fn turns_are_written_as_the_vocabulary_knows_them() {
        let messages =
            [Message::new("user", "Hi "), Message::new("assistant", "Yes?"), Message::new("user", "No")];
        let texts = BY_TOKEN.map(|(_, source)| Template::new(source, "<s>", "").render(&messages, true));
        let [chatml, gemma, llama] = texts.map(|text| text.expect("renders"));
        assert!(
            chatml.starts_with("<|im_start|>user\nHi <|im_end|>\n<|im_start|>assistant\nYes?<|im_end|>\n")
        );
        assert_eq!(
            gemma,
            "<s><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\nYes?<end_of_turn>\n\
             <start_of_turn>user\nNo<end_of_turn>\n<start_of_turn>model\n"
        );
        assert!(llama.ends_with("No<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"));
    }

    #[test]
    fn a_template_without_end_or_with_an_exception_is_an_error() {
        let endless = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        assert!(Template::new(endless, "", "").render(&[], true).is_err());
        let refusing = "{{ raise_exception('roles must alternate') }}";
        let error = Template::new(refusing, "", "").render(&[], true).expect_err("refused");
        assert!(error.to_string().contains("roles must alternate"));
        assert!(Template::new("{% if", "", "").render(&[], true).is_err());
    }
}
