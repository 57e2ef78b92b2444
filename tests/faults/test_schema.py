"""The JSON Schema that `kura describe --schema` prints: well formed, all references resolve, the scenarios of configs/ and
of configs/README.md conform, and spoilt ones do not.  Checked with a small validator of the words the schema uses."""
import glob, json, os, re, subprocess, sys

try:
    import yaml
except ImportError:
    print("python3-yaml is not installed")
    sys.exit(77)

source, binary = os.environ["KURA_SOURCE_DIR"], os.environ["KURA_BINARY"]
if not os.path.exists(binary):
    print("no command line to ask")
    sys.exit(77)
schema = json.loads(subprocess.run([binary, "describe", "--schema"], capture_output=True, check=True, text=True).stdout)
KNOWN = {"$schema", "title", "definitions", "description", "type", "enum", "const", "pattern", "format", "anyOf", "allOf", "$ref", "properties",
         "additionalProperties", "required", "items", "minItems", "maxItems", "minProperties", "maxProperties", "minimum"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def faults(s, value, path="$"):
    """What is wrong with the value, as a list of texts."""
    if s is True or s == {}:
        return []
    assert set(s) <= KNOWN, set(s) - KNOWN
    if "$ref" in s:
        name = re.fullmatch("#/definitions/(.*)", s["$ref"]).group(1)
        return faults(schema["definitions"][name], value, path)
    out = []
    if "type" in s and not any(is_type(value, t) for t in ([s["type"]] if isinstance(s["type"], str) else s["type"])):
        return ["%s is no %s" % (path, s["type"])]
    if "enum" in s and value not in s["enum"]:
        out.append("%s is none of %s" % (path, s["enum"]))
    if "const" in s and value != s["const"]:
        out.append("%s is not %s" % (path, s["const"]))
    if "pattern" in s and isinstance(value, str) and not re.search(s["pattern"], value):
        out.append("%s: %r does not match %s" % (path, value, s["pattern"]))
    if "minimum" in s and is_type(value, "number") and value < s["minimum"]:
        out.append("%s is below %s" % (path, s["minimum"]))
    for part in s.get("allOf", []):
        out += faults(part, value, path)
    if "anyOf" in s:
        found = [faults(part, value, path) for part in s["anyOf"]]
        if all(found):
            out.append("%s fits nothing: %s" % (path, found))
    if isinstance(value, dict):
        properties, more = s.get("properties", {}), s.get("additionalProperties", True)
        out += ["%s lacks %s" % (path, k) for k in s.get("required", []) if k not in value]
        if not s.get("minProperties", 0) <= len(value) <= s.get("maxProperties", len(value)):
            out.append("%s has %d keys" % (path, len(value)))
        for k, v in value.items():
            if k in properties:
                out += faults(properties[k], v, path + "." + str(k))
            elif more is False:
                out.append("%s has an unknown key %s" % (path, k))
            else:
                out += faults(more, v, path + "." + str(k))
    if isinstance(value, list):
        if not s.get("minItems", 0) <= len(value) <= s.get("maxItems", len(value)):
            out.append("%s has %d items" % (path, len(value)))
        for i, v in enumerate(value):
            out += faults(s.get("items", True), v, "%s[%d]" % (path, i))
    return out


class Loader(yaml.SafeLoader):
    """As editors read YAML 1.2: no dates, no yes and no, no 1_000."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (("null", r"^(?:~|null|)$", "~n\0"), ("bool", r"^(?:true|false)$", "tf"), ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
                            ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+0123456789.")):
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), list(first))


def check(name, text, conforms):
    found = faults(schema, yaml.load(text, Loader))
    if bool(found) == conforms:
        print("%s: %s" % (name, found or "should not conform"))
        sys.exit(1)


def refs(s):
    if isinstance(s, dict):
        for k, v in s.items():
            if k == "$ref":
                assert v[len("#/definitions/"):] in schema["definitions"], v
            refs(v)
    elif isinstance(s, list):
        for v in s:
            refs(v)


refs(schema)
readme = open(os.path.join(source, "configs", "README.md")).read()
example = re.search(r"```yaml\n(.*?)```", readme, re.S).group(1)
check("configs/README.md", example, True)
files = sorted(glob.glob(os.path.join(source, "configs", "**", "*.yaml"), recursive=True))
for path in files:
    check(path, open(path).read(), True)
for find, put in (("run: {paths", "run: {path"), ("439_000 USD/t", "439 kt"), ("half_life: 3 years", "half_life: 3 yaers"), ("start: coercion", "start: coersion"),
                  ("focus: JPN", "focus: Japan"), ("forms: [refined]  ", "forms: {a: b}"), ("probability: 34 %", "probability: 34 t"),
                  ("{lognormal: {median: 4 weeks, sigma: 0.8}}", "{lognormul: {median: 4 weeks, sigma: 0.8}}"), ("object: restriction/CHN/gallium, ", ""),
                  ("0.055 /year", "0.055"), ("required_stock: true", "required_stock: yes"), ("kinds: [refine, mine]", "kinds: [refinery]")):
    assert find in example, find
    check(find, example.replace(find, put, 1), False)
print("%d scenarios conform" % (len(files) + 1))
