//! `itertools.zip_longest(*rows)`: the columns of rows whose number only the run knows.

use crate::rows::Row;
use crate::tuple::Tuple;

/// The columns of rows, as long as the longest of them.
fn columns<T, U>(
    rows: impl Iterator<Item = impl Iterator<Item = T>>,
    cell: impl Fn(Option<T>) -> U,
) -> impl Iterator<Item = Tuple<U>> {
    let mut rows: Vec<_> = rows.map(Iterator::fuse).collect();
    std::iter::from_fn(move || {
        let column: Vec<Option<T>> = rows.iter_mut().map(Iterator::next).collect();
        let is_end = column.iter().all(Option::is_none);
        (!is_end).then(|| column.into_iter().map(&cell).collect())
    })
}

/// `zip_longest(*rows, fillvalue=fill)` of any iterables.
pub fn zip_longest_all<T: Clone, I: IntoIterator<Item = T>>(
    rows: impl IntoIterator<Item = I>,
    fill: T,
) -> impl Iterator<Item = Tuple<T>> {
    columns(rows.into_iter().map(I::into_iter), move |item| item.unwrap_or_else(|| fill.clone()))
}

/// `zip_longest(*rows)` of any iterables: `None` fills.
pub fn zip_longest_all_none<T, I: IntoIterator<Item = T>>(
    rows: impl IntoIterator<Item = I>,
) -> impl Iterator<Item = Tuple<Option<T>>> {
    columns(rows.into_iter().map(I::into_iter), |item| item)
}

/// `zip_longest(*rows, fillvalue=fill)` of sequences, which stay as they are.
pub fn zip_longest_rows<R: Row<Item: Clone>>(
    rows: impl IntoIterator<Item = R>,
    fill: R::Item,
) -> impl Iterator<Item = Tuple<R::Item>> {
    columns(rows.into_iter().map(Row::items), move |item| item.unwrap_or_else(|| fill.clone()))
}

/// `zip_longest(*rows)` of sequences, which stay as they are: `None` fills.
pub fn zip_longest_rows_none<R: Row>(
    rows: impl IntoIterator<Item = R>,
) -> impl Iterator<Item = Tuple<Option<R::Item>>> {
    columns(rows.into_iter().map(Row::items), |item| item)
}

/// `zip_longest(*texts, fillvalue=fill)`: the characters of texts.
pub fn zip_longest_texts<S: AsRef<str>>(
    texts: impl IntoIterator<Item = S>,
    fill: String,
) -> impl Iterator<Item = Tuple<String>> {
    let characters = |text: S| text.as_ref().chars().map(String::from).collect::<Vec<_>>();
    zip_longest_all(texts.into_iter().map(characters), fill)
}
