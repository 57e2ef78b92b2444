"""Synthetic scenarios for the benchmarks: any number of minerals, countries, sites and trades, and any horizon."""
import os

HEAD = """format: 1
name: {name}
run: {{paths: {paths}, seed: 1, start: 2026-01-05, step: 7 days, steps: {steps}, focus: {focus}}}
countries: [{countries}]
minerals:
{minerals}network:
  sites:
{sites}{trade}  demand:
{demand}{hazards}tallies: {{required_stock: true}}
"""
HAZARDS = """hazards:
  regimes:
    {first}: {{tension: 0.3 /year, coercion: 0.3 /year, relax: 0.5 /year, ease: 0.5 /year, start: tension}}
  restrictions:
    control:
      exporter: {first}
      minerals: all
      forms: [metal]
      onset: {{normal: 0.1 /year, tension: 0.4 /year, coercion: 1 /year}}
      types:
        quota: {{share: 100 %, severity: {{beta: {{mean: 60 %, sd: 20 %}}}}, duration: {{lognormal: {{median: 40 weeks, sigma: 0.8}}}}, relaxation_half_life: 8 weeks}}
  outages:
    plant: {{select: {{kinds: [mine]}}, mttf: 2 years, mttr: {{lognormal: {{median: 8 weeks, sigma: 0.8}}}}}}
"""
PRICED = ("{forms: [metal], price: {initial: 100 USD/t, half_life: 1 year, volatility: 30 %/sqrt(year), "
          "jumps: {rate: 1 /year, mean: 0.2, sd: 0.2}, scarcity: 4}, demand_response: {elasticity: 0.1}}")


def country(i):
    return "".join(chr(65 + i // 26 ** k % 26) for k in (2, 1, 0))


def write(folder, name, minerals=1, nodes=8, steps=104, sites=1, neighbours=2, hazards=True, paths=1024):
    """A ring of countries: each mines 10 t a step at `sites` places, uses as much, and sells 2 t to each of the next
    `neighbours`.  Returns the name of the file."""
    rows = {"minerals": [], "sites": [], "trade": [], "demand": []}
    for m in range(minerals):
        rows["minerals"].append("  m%d: %s\n" % (m, PRICED if hazards else "{forms: [metal]}"))
        for i in range(nodes):
            for k in range(sites):
                rows["sites"].append("    s%d-%d-%d: {mineral: m%d, form: metal, country: %s, kind: mine, output: %g t/step, spare: 20 %%}\n"
                                     % (m, i, k, m, country(i), 10 / sites))
            for k in range(1, neighbours + 1):
                rows["trade"].append("    - {mineral: m%d, form: metal, from: %s, to: %s, volume: 2 t/step, lag: 14 days}\n"
                                     % (m, country(i), country((i + k) % nodes)))
            rows["demand"].append("    - {mineral: m%d, form: metal, country: %s, rate: 10 t/step}\n" % (m, country(i)))
    trade = "".join(rows["trade"])
    text = HEAD.format(name=name, paths=paths, steps=steps, focus=country(1), countries=", ".join(country(i) for i in range(nodes)),
                       minerals="".join(rows["minerals"]), sites="".join(rows["sites"]), trade="  trade:\n" + trade if trade else "",
                       demand="".join(rows["demand"]), hazards=HAZARDS.format(first=country(0)) if hazards else "")
    path = os.path.join(folder, name + ".yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path
