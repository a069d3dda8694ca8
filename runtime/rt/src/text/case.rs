//! Upper, lower and title case.

/// Pushes the title case of `c`.
fn push_title(text: &mut String, c: char) {
    match c {
        'Ǆ' | 'ǅ' | 'ǆ' => text.push('ǅ'),
        'Ǉ' | 'ǈ' | 'ǉ' => text.push('ǈ'),
        'Ǌ' | 'ǋ' | 'ǌ' => text.push('ǋ'),
        'Ǳ' | 'ǲ' | 'ǳ' => text.push('ǲ'),
        'ა'..='ჿ' => text.push(c),
        _ => {
            let mut upper = c.to_uppercase();
            text.extend(upper.next());
            text.extend(upper.flat_map(char::to_lowercase));
        }
    }
}

fn is_cased(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase() || crate::unicode::is_title(c)
}

pub(super) fn title(text: &str) -> String {
    let lower = text.to_lowercase();
    // Lowering keeps positions only where each character gives one.
    let source = if lower.chars().count() == text.chars().count() { lower.as_str() } else { text };
    let mut titled = String::with_capacity(text.len());
    let mut inside = false;
    for (c, original) in source.chars().zip(text.chars()) {
        if inside {
            titled.extend(c.to_lowercase());
        } else {
            push_title(&mut titled, original);
        }
        inside = is_cased(original);
    }
    titled
}

pub(super) fn capitalize(text: &str) -> String {
    let mut capital = String::with_capacity(text.len());
    let mut chars = text.chars();
    if let Some(first) = chars.next() {
        push_title(&mut capital, first);
    }
    // The whole text is lowered, because a final sigma depends on what stands before it.
    let first_lower = text.len() - chars.as_str().len();
    let skip = text[..first_lower].chars().flat_map(char::to_lowercase).count();
    capital.extend(text.to_lowercase().chars().skip(skip));
    capital
}

pub(super) fn swapcase(text: &str) -> String {
    let mut swapped = String::with_capacity(text.len());
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let word_ends = !chars.peek().is_some_and(|&next| is_cased(next));
        if c == 'Σ' && is_cased(before) && word_ends {
            swapped.push('ς');
        } else if c.is_uppercase() {
            swapped.extend(c.to_lowercase());
        } else if c.is_lowercase() {
            swapped.extend(c.to_uppercase());
        } else {
            swapped.push(c);
        }
        before = c;
    }
    swapped
}

pub(super) fn casefold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'ı' => folded.push(c),
            'ẞ' => folded.push_str("ss"),
            'Ꭰ'..='Ᏽ' => folded.push(c),
            _ => folded.extend(c.to_uppercase().flat_map(char::to_lowercase)),
        }
    }
    folded
}

pub(super) fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_uppercase)
        && !text.chars().any(|c| c.is_lowercase() || crate::unicode::is_title(c))
}

pub(super) fn is_lower(text: &str) -> bool {
    text.chars().any(char::is_lowercase)
        && !text.chars().any(|c| c.is_uppercase() || crate::unicode::is_title(c))
}

pub(super) fn is_title(text: &str) -> bool {
    let mut any = false;
    let mut inside = false;
    for c in text.chars() {
        let starts = c.is_uppercase() || crate::unicode::is_title(c);
        if starts == inside && (starts || c.is_lowercase()) {
            return false;
        }
        inside = starts || c.is_lowercase();
        any |= inside;
    }
    any
}
