"""Every rule that a key of the scenario language, a variable of a result or a comment of the engine names is in
configs/MODEL.md."""
import glob
import os
import re
import sys

ROOT = os.environ["KURA_SOURCE_DIR"]
text = open(os.path.join(ROOT, "configs/MODEL.md"), encoding="utf-8").read()
known = set(re.findall(r"\b(?:R?\d+(?:\.\d+)?[a-z]?|[ABC]\d+)\b", text))
bad = []


def need(where, rules):
    for rule in rules.replace(",", " ").split():
        if rule not in known:
            bad.append("%s names rule %s, which configs/MODEL.md does not have" % (where, rule))


for path in glob.glob(os.path.join(ROOT, "src/model/keys_*.c")):
    for m in re.finditer(r'DOC\(\s*"([^"]+)"', open(path, encoding="utf-8").read()):
        need(os.path.basename(path), m.group(1))
RULE = r"(?:R?\d+\.\d+[a-z]?|[ABC]\d+)"
for path in glob.glob(os.path.join(ROOT, "src/sim/**/*.[ch]"), recursive=True) + glob.glob(os.path.join(ROOT, "src/tally/*.c")):
    source = open(path, encoding="utf-8").read()
    for m in re.finditer(r"\[(%s(?:, ?%s)*)\]" % (RULE, RULE), source):
        need(os.path.relpath(path, ROOT), m.group(1))
    for m in re.finditer(r'"(%s(?: %s)*)"' % (RULE, RULE), source):
        need(os.path.relpath(path, ROOT), m.group(1))
print("\n".join(sorted(set(bad))) or "all rules are described")
sys.exit(1 if bad else 0)
