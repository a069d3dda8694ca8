//! The bundled headers of the C library: what the runtime has, under the names that C gives it.

macro_rules! headers {
    ($($name:literal)*) => {
        /// The text of a header by the name that `#include` says.
        pub fn bundled(name: &str) -> Option<&'static str> {
            match name {
                $($name => Some(include_str!(concat!("headers/", $name))),)*
                _ => None,
            }
        }
    };
}

headers! {
    "alloca.h" "assert.h" "ctype.h" "errno.h" "float.h" "getopt.h" "inttypes.h" "iso646.h" "limits.h" "locale.h" "math.h" "setjmp.h"
    "signal.h" "stdalign.h" "stdarg.h" "stdbool.h" "stddef.h" "stdint.h" "stdio.h" "stdlib.h" "stdnoreturn.h"
    "string.h" "strings.h" "sys/types.h" "time.h" "unistd.h" "wchar.h"
    "wctype.h"
}
