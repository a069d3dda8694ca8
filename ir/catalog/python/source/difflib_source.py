"""`difflib`: how two sequences differ, by their longest matching blocks."""

from collections import namedtuple

Match = namedtuple("Match", "a b size")


class SequenceMatcher:
    def __init__(self, isjunk=None, a="", b="", autojunk=True):
        self.isjunk = isjunk
        self.autojunk = autojunk
        self.a = a
        self.b = b
        self.b2j = {}
        self._index()

    def _index(self):
        self.b2j = {}
        for at, element in enumerate(self.b):
            self.b2j.setdefault(element, []).append(at)
        if self.isjunk is not None:
            for element in [element for element in self.b2j if self.isjunk(element)]:
                del self.b2j[element]
        count = len(self.b)
        if self.autojunk and count >= 200:
            most = count // 100 + 1
            for element in [element for element, places in self.b2j.items() if len(places) > most]:
                del self.b2j[element]

    def set_seqs(self, a, b):
        self.a = a
        self.set_seq2(b)

    def set_seq1(self, a):
        self.a = a

    def set_seq2(self, b):
        self.b = b
        self._index()

    def _is_junk(self, element):
        return self.isjunk is not None and self.isjunk(element)

    def find_longest_match(self, alo=0, ahi=None, blo=0, bhi=None):
        ahi = len(self.a) if ahi is None else ahi
        bhi = len(self.b) if bhi is None else bhi
        best_a, best_b, best_size = alo, blo, 0
        lengths = {}
        for i in range(alo, ahi):
            new_lengths = {}
            for j in self.b2j.get(self.a[i], []):
                if j < blo:
                    continue
                if j >= bhi:
                    break
                size = lengths.get(j - 1, 0) + 1
                new_lengths[j] = size
                if size > best_size:
                    best_a, best_b, best_size = i - size + 1, j - size + 1, size
            lengths = new_lengths
        for junk in (False, True):
            while (
                best_a > alo
                and best_b > blo
                and self._is_junk(self.b[best_b - 1]) == junk
                and self.a[best_a - 1] == self.b[best_b - 1]
            ):
                best_a, best_b, best_size = best_a - 1, best_b - 1, best_size + 1
            while (
                best_a + best_size < ahi
                and best_b + best_size < bhi
                and self._is_junk(self.b[best_b + best_size]) == junk
                and self.a[best_a + best_size] == self.b[best_b + best_size]
            ):
                best_size += 1
        return Match(best_a, best_b, best_size)

    def get_matching_blocks(self):
        queue = [(0, len(self.a), 0, len(self.b))]
        blocks = []
        while queue:
            alo, ahi, blo, bhi = queue.pop()
            found = self.find_longest_match(alo, ahi, blo, bhi)
            if found.size:
                blocks.append((found.a, found.b, found.size))
                if alo < found.a and blo < found.b:
                    queue.append((alo, found.a, blo, found.b))
                if found.a + found.size < ahi and found.b + found.size < bhi:
                    queue.append((found.a + found.size, ahi, found.b + found.size, bhi))
        blocks.sort()
        last_a, last_b, last_size = 0, 0, 0
        out = []
        for a, b, size in blocks:
            if last_a + last_size == a and last_b + last_size == b:
                last_size += size
            else:
                if last_size:
                    out.append(Match(last_a, last_b, last_size))
                last_a, last_b, last_size = a, b, size
        if last_size:
            out.append(Match(last_a, last_b, last_size))
        out.append(Match(len(self.a), len(self.b), 0))
        return out

    def get_opcodes(self):
        i = j = 0
        out = []
        for block in self.get_matching_blocks():
            tag = ""
            if i < block.a and j < block.b:
                tag = "replace"
            elif i < block.a:
                tag = "delete"
            elif j < block.b:
                tag = "insert"
            if tag:
                out.append((tag, i, block.a, j, block.b))
            i, j = block.a + block.size, block.b + block.size
            if block.size:
                out.append(("equal", block.a, i, block.b, j))
        return out

    def get_grouped_opcodes(self, n=3):
        codes = self.get_opcodes()
        if not codes:
            codes = [("equal", 0, 1, 0, 1)]
        tag, i1, i2, j1, j2 = codes[0]
        if tag == "equal":
            codes[0] = (tag, max(i1, i2 - n), i2, max(j1, j2 - n), j2)
        tag, i1, i2, j1, j2 = codes[-1]
        if tag == "equal":
            codes[-1] = (tag, i1, min(i2, i1 + n), j1, min(j2, j1 + n))
        groups = []
        group = []
        for tag, i1, i2, j1, j2 in codes:
            if tag == "equal" and i2 - i1 > n + n:
                group.append((tag, i1, min(i2, i1 + n), j1, min(j2, j1 + n)))
                groups.append(group)
                group = []
                i1, j1 = max(i1, i2 - n), max(j1, j2 - n)
            group.append((tag, i1, i2, j1, j2))
        if group and not (len(group) == 1 and group[0][0] == "equal"):
            groups.append(group)
        return groups

    def ratio(self):
        matches = sum(block.size for block in self.get_matching_blocks())
        length = len(self.a) + len(self.b)
        return 2.0 * matches / length if length else 1.0

    def quick_ratio(self):
        counts = {}
        for element in self.b:
            counts[element] = counts.get(element, 0) + 1
        matches = 0
        for element in self.a:
            left = counts.get(element, 0)
            counts[element] = left - 1
            if left > 0:
                matches += 1
        length = len(self.a) + len(self.b)
        return 2.0 * matches / length if length else 1.0

    def real_quick_ratio(self):
        length = len(self.a) + len(self.b)
        return 2.0 * min(len(self.a), len(self.b)) / length if length else 1.0


def get_close_matches(word: str, possibilities, n: int = 3, cutoff: float = 0.6):
    if n <= 0:
        raise ValueError(f"n must be > 0: {n!r}")
    if not 0.0 <= cutoff <= 1.0:
        raise ValueError(f"cutoff must be in [0.0, 1.0]: {cutoff!r}")
    found = []
    for other in possibilities:
        ratio = SequenceMatcher(None, other, word).ratio()
        if ratio >= cutoff:
            found.append((ratio, other))
    found.sort(reverse=True)
    return [other for _, other in found[:n]]


def _range_unified(start: int, stop: int) -> str:
    length = stop - start
    if length == 1:
        return f"{start + 1}"
    begin = start if length == 0 else start + 1
    return f"{begin},{length}"


def unified_diff(
    a,
    b,
    fromfile: str = "",
    tofile: str = "",
    fromfiledate: str = "",
    tofiledate: str = "",
    n: int = 3,
    lineterm: str = "\n",
):
    started = False
    for group in SequenceMatcher(None, a, b).get_grouped_opcodes(n):
        if not started:
            started = True
            fromdate = f"\t{fromfiledate}" if fromfiledate else ""
            todate = f"\t{tofiledate}" if tofiledate else ""
            yield f"--- {fromfile}{fromdate}{lineterm}"
            yield f"+++ {tofile}{todate}{lineterm}"
        first, last = group[0], group[-1]
        range_a = _range_unified(first[1], last[2])
        range_b = _range_unified(first[3], last[4])
        yield f"@@ -{range_a} +{range_b} @@{lineterm}"
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                for line in a[i1:i2]:
                    yield " " + line
                continue
            if tag in ("replace", "delete"):
                for line in a[i1:i2]:
                    yield "-" + line
            if tag in ("replace", "insert"):
                for line in b[j1:j2]:
                    yield "+" + line
