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
    "alloca.h" "assert.h" "ctype.h" "dirent.h" "err.h" "errno.h" "fcntl.h" "float.h" "getopt.h" "inttypes.h" "iso646.h" "libgen.h" "limits.h" "locale.h" "math.h" "setjmp.h"
    "signal.h" "stdalign.h" "stdarg.h" "stdbool.h" "stddef.h" "stdint.h" "stdio.h" "stdlib.h" "stdnoreturn.h"
    "string.h" "strings.h" "sys/stat.h" "sys/time.h" "sys/types.h" "time.h" "uchar.h" "unistd.h" "wchar.h"
    "wctype.h"
}
