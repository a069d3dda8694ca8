import sys,unicodedata
def ranges(pred):
    out=[];start=None
    for c in range(0x110000):
        if 0xd800<=c<0xe000: ok=False
        else: ok=pred(chr(c))
        if ok and start is None: start=c
        if not ok and start is not None: out.append((start,c-1)); start=None
    if start is not None: out.append((start,0x10ffff))
    return out
def emit(name,doc,rs):
    print(f"/// {doc}")
    print("#[rustfmt::skip]")
    print(f"pub(crate) const {name}: &[(u32, u32)] = &[")
    line="   "
    for a,b in rs:
        s=f" ({a:#x}, {b:#x}),"
        if len(line)+len(s)>118: print(line); line="   "
        line+=s
    print(line); print("];\n")
print("//! Character classes of CPython 3.11 (Unicode 14.0), as ascending inclusive ranges.\n//! Written by `tests/cpython/unicode_tables.py`; do not edit.\n")
emit("NOT_PRINTABLE","Where `str.isprintable` is false.",ranges(lambda c: not c.isprintable()))
emit("ALPHA","Where `str.isalpha` is true.",ranges(str.isalpha))
emit("DIGIT","Where `str.isdigit` is true and `str.isdecimal` is false.",ranges(lambda c:c.isdigit() and not c.isdecimal()))
emit("NUMERIC","Where `str.isnumeric` is true and `str.isdigit` is false.",ranges(lambda c:c.isnumeric() and not c.isdigit()))
emit("TITLE","Title case letters, category Lt.",ranges(lambda c:unicodedata.category(c)=='Lt'))
z=[c for c in range(0x110000) if not 0xd800<=c<0xe000 and chr(c).isdecimal() and unicodedata.decimal(chr(c))==0]
# all runs of ten?
for c in z:
    assert all(chr(c+i).isdecimal() and unicodedata.decimal(chr(c+i))==i for i in range(10))
assert 10*len(z)==sum(1 for c in range(0x110000) if not 0xd800<=c<0xe000 and chr(c).isdecimal())
emit("DECIMAL","Decimal digits: runs of ten, zero first.",[(c,c+9) for c in z])
