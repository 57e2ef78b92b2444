"""Places of a C source where one small mistake can be made, and the mistakes (see README.md).

A tokenizer, not a parser: comments, strings and preprocessor lines are passed over, and clang-format's spacing tells a
binary operator from a pointer.  What it takes for a place by error does not compile, and is drawn again.
"""
import bisect
import re

TOKEN = re.compile(
    r"(?P<comment>/\*.*?\*/|//[^\n]*)"
    r"|(?P<prep>^[ \t]*#(?:[^\n\\]|\\.)*(?:\\\n(?:[^\n\\]|\\.)*)*)"
    r"|(?P<string>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<number>\.?[0-9](?:[eEpP][+-]|[0-9a-zA-Z_.])*)"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<op>->|\+\+|--|<<=|>>=|<=|>=|==|!=|&&|\|\||<<|>>|[-+*/%&|^]=|\.\.\.|[-+*/%&|^~!<>=?:;,.(){}\[\]])",
    re.S | re.M)

RELATIONAL = {"<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="],
              "&&": ["||"], "||": ["&&"]}
BINARY = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "<<": ">>", ">>": "<<", "&": "|", "|": "&", "^": "|"}
ASSIGN = {"+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=", "|=": "&=", "&=": "|=", "^=": "|=", "<<=": ">>=", ">>=": "<<=",
          "++": "--", "--": "++"}
TYPES = {"int", "double", "float", "char", "void", "const", "static", "struct", "union", "enum", "unsigned", "long", "short",
         "size_t", "lane", "inline", "typedef", "extern", "goto", "return", "case", "default", "else", "do"}
LOOPS = {"if", "for", "while", "switch", "LANES"}


class Token:
    __slots__ = ("kind", "text", "pos", "scope", "parens", "declarator")

    def __init__(self, kind, text, pos):
        self.kind, self.text, self.pos = kind, text, pos
        self.scope, self.parens, self.declarator = "file", 0, False

    @property
    def end(self):
        return self.pos + len(self.text)


class Place:
    """One place: characters [begin, end) of a file, and the texts that may stand there instead."""

    def __init__(self, operator, begin, end, before, afters):
        self.operator, self.begin, self.end, self.before, self.afters = operator, begin, end, before, afters


def tokens(text):
    out = []
    for m in TOKEN.finditer(text):
        if m.lastgroup not in ("comment", "prep"):
            out.append(Token(m.lastgroup, m.group(), m.start()))
    return out


def partners(tok):
    """Index of the closing bracket of every opening one, and the reverse."""
    pair, stack = {}, []
    for i, t in enumerate(tok):
        if t.text in ("(", "[", "{") and t.kind == "op":
            stack.append(i)
        elif t.text in (")", "]", "}") and t.kind == "op" and stack:
            j = stack.pop()
            pair[i], pair[j] = j, i
    return pair


def mark_scopes(tok):
    """file: outside of functions; body: inside; table: an initialiser; enum, struct: their lists."""
    stack, parens = [], 0
    for i, t in enumerate(tok):
        if t.text == "}" and t.kind == "op" and stack:
            parens = stack.pop()[1]
        t.scope, t.parens = (stack[-1][0] if stack else "file"), parens
        if t.text == "(":
            parens += 1
        elif t.text == ")":
            parens -= 1
        elif t.text == "{" and t.kind == "op":
            back = " ".join(x.text for x in tok[max(0, i - 3):i])
            if stack and stack[-1][0] == "body":
                scope = "enum" if re.search(r"\benum( \w+)?$", back) else \
                    "struct" if re.search(r"\b(struct|union)( \w+)?$", back) else "body"
            elif i and tok[i - 1].text == ")":
                scope = "body"
            elif re.search(r"\benum( \w+)?$", back):
                scope = "enum"
            elif (i and tok[i - 1].text == "=") or (stack and stack[-1][0] == "table"):
                scope = "table"
            else:
                scope = "struct"
            stack.append((scope, parens))
            parens = 0


def is_declaration(tok, i):
    """Whether the statement that begins at token i declares something."""
    a = tok[i]
    if a.kind != "name":
        return False
    if a.text in TYPES or a.text.endswith("_t"):
        return True
    b = tok[i + 1] if i + 1 < len(tok) else None
    c = tok[i + 2] if i + 2 < len(tok) else None
    if b is None or a.text in LOOPS:
        return False
    return b.kind == "name" or (b.text == "*" and c is not None and c.pos == b.end and c.kind == "name")


def mark_declarators(tok, pair):
    """The [n] of a declaration is the size of an array, not an index."""
    declares, begin = False, True
    for i, t in enumerate(tok):
        if begin:
            declares = is_declaration(tok, i)
        begin = t.text in (";", "{", "}") or (t.text == "(" and i and tok[i - 1].text == "for")
        if t.text == "=":
            declares = False
        elif t.text == "[" and (declares or t.scope in ("file", "struct")):
            for k in range(i, pair.get(i, i) + 1):
                tok[k].declarator = True
        elif t.text == "," and t.scope == "body" and t.parens == 0:
            declares = declares or False


def statements(tok, pair):
    """(first, last) token of every statement that can be dropped: assignments, calls, jumps."""
    i = 0
    while i < len(tok):
        before = tok[i - 1] if i else None
        starts = (before is not None and tok[i].scope == "body" and tok[i].parens == 0 and tok[i].kind == "name"
                  and (before.text in (";", "{", "}", ":", "else") or (before.text == ")" and follows_loop(tok, pair, i - 1))))
        if starts and tok[i].text not in LOOPS and not is_declaration(tok, i):
            k = i
            while k < len(tok) and tok[k].text != ";" and tok[k].text not in ("{", "}"):
                k = pair[k] + 1 if tok[k].text in ("(", "[") and k in pair else k + 1
            if k < len(tok) and tok[k].text == ";":
                words = [x.text for x in tok[i:k]]
                if words in (["break"], ["continue"]) or any(w in ("(", "=", "++", "--") or w in ASSIGN for w in words):
                    yield i, k
        i += 1


def follows_loop(tok, pair, close):
    opens = pair.get(close)
    return opens is not None and opens > 0 and tok[opens - 1].text in LOOPS


def number_variants(text):
    if re.fullmatch(r"0[xX][0-9a-fA-F]+[uUlL]*|[0-9]+[uUlL]*", text):
        return [f"({text} + 1)", f"({text} - 1)"] if text.strip("uUlL") != "0" else ["1", "(-1)"]
    return [f"({text} * 2)", f"({text} + 1)", f"({text} * 1.0009765625)"]


def spaced(text, t):
    return text[t.pos - 1].isspace() and text[t.end:t.end + 1].isspace()


def places(text):
    tok = tokens(text)
    pair = partners(tok)
    mark_scopes(tok)
    mark_declarators(tok, pair)
    out = []

    def put(operator, begin, end, afters):
        out.append(Place(operator, begin, end, text[begin:end], afters))

    for i, t in enumerate(tok):
        code = t.scope in ("body", "table")
        before = tok[i - 1] if i else None
        after = tok[i + 1] if i + 1 < len(tok) else None
        if t.kind == "number" and (code or t.scope == "enum" or (t.scope == "file" and not t.declarator)) \
                and not t.declarator:
            put("constant", t.pos, t.end, number_variants(t.text))
        elif t.text == "double" and t.kind == "name" and after is not None and (after.kind == "name" or after.text == ")"):
            if after.text != "restrict":
                put("float", t.pos, t.end, ["float"])
        elif t.kind != "op" or not code:
            continue
        elif t.text in RELATIONAL:
            put("relational", t.pos, t.end, RELATIONAL[t.text])
        elif t.text == "!":
            put("relational", t.pos, t.end, [""])
        elif t.text in BINARY and spaced(text, t):
            put("arithmetic", t.pos, t.end, [BINARY[t.text]])
        elif t.text in ASSIGN:
            put("arithmetic", t.pos, t.end, [ASSIGN[t.text]])
        elif t.text == "-" and after is not None and after.pos == t.end and not (
                before is not None and (before.kind in ("name", "number") and before.text != "return" or before.text in (")", "]"))):
            put("arithmetic", t.pos, t.end, [""])
        elif t.text == "[" and not t.declarator and i in pair and before is not None and (
                before.kind == "name" or before.text in (")", "]")):
            inner = text[t.end:tok[pair[i]].pos]
            put("index", t.end, tok[pair[i]].pos, [f"({inner}) + 1", f"({inner}) - 1"])
    for first, last in statements(tok, pair):
        begin, end = tok[first].pos, tok[last].pos
        put("drop", begin, end, ["\n" * text.count("\n", begin, end)])
    out.sort(key=lambda p: (p.begin, p.operator, p.end))
    return out


def line_of(text):
    starts = [0] + [m.end() for m in re.finditer("\n", text)]
    return lambda pos: bisect.bisect_right(starts, pos)
