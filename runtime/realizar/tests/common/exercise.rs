//! What tests and fuzz targets do with a file that may be broken.

use realizar::file::gguf::Gguf;
use realizar::tokenize::Tokenizer;
use realizar::{Model, OpenOptions};

/// Everything that can be asked of a file, `thorough` also computing; errors are fine. Gives the number of
/// scores that were computed.
pub fn exercise(bytes: &[u8], thorough: bool) -> realizar::Result<usize> {
    let file = Gguf::from_bytes(bytes)?;
    for key in file.keys() {
        let _ = (
            file.str(key),
            file.number(key),
            file.array(key).map(|a| a.strings().count() + a.numbers().count()),
        );
    }
    for tensor in file.tensors().filter(|t| t.len() <= 1 << 16) {
        let _ = tensor.to_f32();
    }
    if let (Ok(tokenizer), true) = (Tokenizer::from_gguf(&file), thorough) {
        let ids = tokenizer.encode("abc é 12 <|x|>\n", true, true);
        let _ = (tokenizer.decode(&ids), tokenizer.ends_generation());
    }
    let model = Model::from_bytes_with(bytes, OpenOptions { threads: Some(1) })?;
    if !thorough {
        return Ok(0);
    }
    let mut session = model.session()?;
    let scores = session.feed(&[1, 2, 3], |_| std::ops::ControlFlow::Continue(()))?.len();
    let _ = model.template().and_then(|t| t.render(&[], true));
    Ok(scores)
}
