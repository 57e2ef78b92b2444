"""The hazards of the Japan scenario, written as YAML from data/calibration.csv, chokepoints.csv, exporters.csv and
in_force.csv.  Part of derive.py; the rules it applies (which pairs of exporter and mineral, which sites, which forms) are
those of the calibration's own text, quoted in its `derivation` column."""
import re

RESTRICTED_FROM = 0.03    # pairs of exporter and mineral below this share of world output carry no restriction
DOMINANT_FROM = 0.30
REGIMES = ('normal', 'tension', 'coercion')
CYCLE_LOADING = 0.4       # of metal prices on their common factor (judged)
POWER_SMELTERS = [('nickel', 'refined'), ('antimony', 'refined'), ('vanadium', 'refined'), ('manganese', 'alloy'),
                  ('chromium', 'alloy'), ('titanium', 'sponge'), ('zinc', 'refined')]  # "other smelters" of the calibration
CHINA_GROUP_A = """gallium germanium graphite antimony tungsten bismuth indium tellurium molybdenum ree_light
ree_heavy""".split()
# Railways and roads: closed, they lose capacity as well as time, whatever the destination.
LAND_CORRIDORS = {'lobito_durban', 'transnet_rail', 'northern_rail'}


class Calibration:
    """calibration.csv by object and selector; the packed rows `a|b|c` become lists."""

    def __init__(self, read):
        self.rows = read('calibration.csv')

    def row(self, kind, start, parameter=None):
        found = [r for r in self.rows if r['object'] == kind and r['selector'].startswith(start)
                 and (parameter is None or r['parameter'] == parameter)]
        if len(found) != 1:
            raise SystemExit('calibration.csv: %d rows for %s / %s / %s' % (len(found), kind, start, parameter))
        return found[0]

    def number(self, kind, start, parameter=None):
        return float(self.row(kind, start, parameter)['value'])

    def parts(self, kind, start, parameter=None):
        return self.row(kind, start, parameter)['value'].split('|')


def beta(text):
    """`Beta(1.5,1.5) mean .50`, `Beta mean .55 conc 3`, `mean .24 conc 10`, or a plain share."""
    m = re.search(r'Beta\(([\d.]+),([\d.]+)\)', text)
    if m:
        return '{beta: {alpha: %s, beta: %s}}' % m.groups()
    m = re.search(r'mean ([\d.]+) conc ([\d.]+)', text)
    if m:
        return '{beta: {mean: %.6g %%, concentration: %s}}' % (100 * float(m.group(1)), m.group(2))
    return '%.6g %%' % (100 * float(text))


def lognormal(median, unit, sigma):
    return '{lognormal: {median: %.6g %s, sigma: %.6g}}' % (float(median), unit, float(sigma))


def restriction_type(name, shares, parts, indent):
    mix, freeze, plateau, months, sigma, relax, target = parts
    lines = ['%s:' % name]
    if isinstance(shares, dict):
        lines.append('  share: {%s}' % ', '.join('%s: %.6g' % (k, v) for k, v in shares.items()))
    weeks = re.match(r'(\d+)-(\d+) wk', freeze)
    if weeks:
        lines.append('  freeze: {uniform: {min: %s weeks, max: %s weeks}}' % weeks.groups())
    lines += ['  severity: %s' % beta(plateau), '  duration: %s' % lognormal(months, 'months', sigma),
              '  relaxation_half_life: %s weeks' % relax]
    if target != 'ALL':
        lines.append('  target: %s' % target)
    return [' ' * indent + l for l in lines]


def exporters_of(model, country, mine_only=False):
    """Minerals of which `country` makes at least RESTRICTED_FROM of the world at a stage where it also exports."""
    found = {}
    for m in model.forms:
        for f in model.forms[m]:
            stage = model.stages[m, f]
            exports = any(a == country for (a, b) in list(stage.known) + list(stage.fitted)) or country in stage.alternatives
            share = stage.site_output(country) / stage.total
            if exports and share >= RESTRICTED_FROM and not (mine_only and f != 'mine'):
                found[m] = max(found.get(m, 0), share)
    return found


def in_force(model, country, minerals, indent):
    rows = [r for r in model.read('in_force.csv') if r['exporter'] == country and r['mineral'] in minerals]
    if not rows:
        return []
    lines = ['in_force:']
    for r in rows:
        lines.append('  - {mineral: %s, type: %s, since: %s, severity: %.6g %%}  # %s' %
                     (r['mineral'], r['type'], r['since'], 100 * float(r['severity']), r['event_id']))
    return [' ' * indent + l for l in lines]


def onset(values, indent):
    if isinstance(values, dict):
        return ' ' * indent + 'onset: {%s}' % ', '.join('%s: %.6g /year' % kv for kv in values.items())
    return ' ' * indent + 'onset: %.6g /year' % values


def regimes_yaml(cal):
    lines = ['  regimes:']
    for c in ('CHN', 'RUS'):
        g = {p: cal.number('regime', c, p) for p in ('G01', 'G12', 'G10', 'G21')}
        try:
            direct = cal.number('regime', c, 'G02')
        except SystemExit:
            direct = 0
        lines.append('    %s: {tension: %.6g /year, coercion: %.6g /year, relax: %.6g /year, ease: %.6g /year%s, start: %s}' % (
            c, g['G01'], g['G12'], g['G10'], g['G21'], ', direct: %.6g /year' % direct if direct else '',
            REGIMES[int(cal.number('regime', c, 'initial_regime'))]))
    return lines


def restrictions_yaml(model, cal):
    lines = ['  restrictions:']

    def regime_onset(start):
        return {r: cal.number('restriction_onset', start, 'lambda_regime%d' % i) for i, r in enumerate(REGIMES)}

    def china_types(indent):
        out = [' ' * indent + 'types:']
        for name in ('licence', 'quota', 'embargo'):
            calm = cal.parts('restriction_type', 'CHN regime 0-1 / ' + name)
            hard = cal.parts('restriction_type', 'CHN regime 2 / ' + name)
            shares = {'normal': float(calm[0]), 'tension': float(calm[0]), 'coercion': float(hard[0])}
            out += restriction_type(name, shares, hard, indent + 2)
        return out

    china = exporters_of(model, 'CHN')
    a = [m for m in CHINA_GROUP_A if m in china]
    b = [m for m in china if m not in CHINA_GROUP_A]
    groups = [('china-strategic', [m for m in a if m != 'graphite'], '[refined, magnet]', 'CHN group A',
               'group A: every stage except the mine'),
              ('china-graphite', [m for m in a if m == 'graphite'], 'all', 'CHN group A', 'group A: graphite at every stage'),
              ('china-other', b, 'all', 'CHN group B', 'group B: all other minerals of which China makes 3 % or more')]
    for name, minerals, forms, selector, why in groups:
        lines += ['    %s:  # %s' % (name, why), '      exporter: CHN', '      minerals: [%s]' % ', '.join(minerals),
                  '      forms: %s' % forms, onset(regime_onset(selector), 6)]
        lines += china_types(6) + in_force(model, 'CHN', minerals, 6)
    russia = exporters_of(model, 'RUS')
    lines += ['    russia:', '      exporter: RUS', '      minerals: [%s]' % ', '.join(russia), '      forms: all',
              onset(regime_onset('RUS'), 6), '      types:']
    lines += restriction_type('export_stop', None, cal.parts('restriction_type', 'RUS'), 8) + in_force(model, 'RUS', russia, 6)

    nationalist = [r['iso3'] for r in model.read('exporters.csv') if r['class'] == 'nationalist']
    parts = cal.parts('restriction_type', 'nationalist')
    pairs = [0, 0]
    for c in sorted(nationalist):
        found = exporters_of(model, c, mine_only=True)
        for part, label, pick in ((0, 'nationalist exporter, >= 30 %', lambda s: s >= DOMINANT_FROM),
                                  (1, 'nationalist exporter, 3-30 %', lambda s: s < DOMINANT_FROM)):
            minerals = [m for m in found if pick(found[m])]
            if not minerals:
                continue
            pairs[part] += len(minerals)
            lines += ['    %s-ore%s:' % (c.lower(), '' if part else '-dominant'), '      exporter: %s' % c,
                      '      minerals: [%s]' % ', '.join(minerals), '      forms: [mine]',
                      onset(cal.number('restriction_onset', label, 'lambda'), 6), '      types:']
            lines += restriction_type('ore_restriction', None, parts, 8) + in_force(model, c, minerals, 6)
    model.nationalist_pairs = pairs
    return lines


def others_yaml(model):
    """Exporters with hardly any record of restrictions: one object a country, a very small rate."""
    nationalist = {r['iso3'] for r in model.read('exporters.csv') if r['class'] == 'nationalist'}
    hubs = sorted({h for m, f, stage in model.all_stages() for h in stage.hubs} - nationalist - {'CHN', 'RUS', 'ROW', 'JPN'})
    cal = Calibration(model.read)
    rate = cal.number('restriction_onset', 'other exporters')
    lines = ['# Written by derive.py: exporters with no restriction on record (OECD, Chile, Brazil, South Africa and others).',
             '# The rate is tiny; leaving this file out of japan.yaml changes little.',
             'hazards:', '  restrictions:']
    model.other_pairs = 0
    for c in hubs:
        found = exporters_of(model, c)
        if not found:
            continue
        model.other_pairs += len(found)
        lines += ['    %s-any:' % c.lower(), '      exporter: %s' % c, '      minerals: [%s]' % ', '.join(found),
                  '      forms: all', onset(rate, 6), '      types:']
        lines += restriction_type('ore_restriction', None, cal.parts('restriction_type', 'nationalist'), 8)
    return '\n'.join(lines) + '\n'


def outages_yaml(model, cal):
    special = ['magnet', 'sponge', 'hf']
    plain = sorted({f for m, f, s in model.all_stages()} - set(special) - {'mine'})
    lines = ['  outages:']

    def routine(name, selector, row):
        mttf, mttr = cal.parts('outage_routine', row)
        years = re.match(r'(\d+) y', mttf).group(1)
        weeks, sigma = re.match(r'(\d+) wk lognormal ([\d.]+)', mttr).groups()
        return ['    %s:' % name, '      select: {%s}' % selector,
                '      mttf: %s years' % years, '      mttr: %s' % lognormal(weeks, 'weeks', sigma)]

    lines += routine('mine', 'kinds: [mine]', 'mine')
    lines += routine('refinery', 'kinds: [refine, recycle], forms: [mine, %s]' % ', '.join(plain), 'refinery')
    lines += routine('magnet-sponge-hf', 'kinds: [refine, recycle], forms: [%s]' % ', '.join(special), 'magnet')
    dominant_sites, middle = [], []
    for m, f, stage in model.all_stages():
        for hub in sorted(stage.sites):
            s = stage.sites[hub][0]  # the primary site stands for the pair; recycling has its routine outages
            share = stage.site_output(hub) / stage.total
            if hub == 'ROW' or s['kind'] == 'recycle' or share < RESTRICTED_FROM:
                continue
            (dominant_sites if share >= DOMINANT_FROM else middle).append(s['id'])
    model.significant = len(dominant_sites), len(middle)
    for name, sites, rate_row, sev_row in (
            ('significant-dominant', dominant_sites, 'country-stage pair >= 30 %', 'dominant'),
            ('significant', middle, 'country-stage pair 3-30 %', '3-30 %')):
        severity, weeks, sigma = cal.parts('outage_significant', sev_row)
        rate = cal.number('outage_significant', rate_row)
        lines += ['    %s:' % name, '      label: significant', '      units: site',
                  '      mttf: %.6g years  # %.6g a year' % (1 / rate, rate), '      mttr: %s' % lognormal(weeks, 'weeks', sigma),
                  '      derating: %s' % beta(severity), '      select:', '        sites:']
        lines += ['          - %s' % s for s in sites]
    return lines


def shocks_yaml(model, cal):
    lines = ['  shocks:']
    hubs = {(h, s['kind']) for m, f, stage in model.all_stages() for h, l in stage.sites.items() for s in l}
    countries = {h for h, k in hubs}

    def shock(name, country, rate, parts, hits, why):
        severity, weeks, sigma = parts
        return ['    %s:  # %s' % (name, why), '      country: %s' % country, '      rate: %.6g /year' % rate,
                '      severity: %s' % beta(severity), '      duration: %s' % lognormal(weeks, 'weeks', sigma),
                '      hits:'] + ['        - {select: {%s}%s}' % (s, ', probability: %.4g %%' % (100 * p) if p < 1 else '')
                                  for s, p in hits]

    rate, *parts = cal.parts('common_mode', 'fragile states')
    fragile = [r['iso3'] for r in model.read('exporters.csv') if r['class'] == 'fragile']
    for c in fragile:
        if c in countries:
            lines += shock('unrest-%s' % c.lower(), c, float(rate), parts, [('countries: [%s]' % c, 1)], 'war or unrest, all minerals of the country')
    model.fragile_folded = [c for c in fragile if c not in countries]

    rates, *parts = cal.parts('common_mode', 'CHN power rationing')
    found = {}
    for part in rates.split(','):
        name, value = part.rsplit(' ', 1)
        found[name.strip()] = float(value)
    top = max(found.values())
    hits = [('countries: [CHN], minerals: [%s], forms: [refined]' % m, found[m] / top) for m in ('silicon', 'magnesium', 'lithium', 'phosphorus')]
    hits += [('countries: [CHN], minerals: [%s], forms: [%s]' % (m, f), found['other smelters'] / top) for m, f in POWER_SMELTERS]
    lines += shock('power-rationing', 'CHN', top, parts, hits, 'one event a country, thinned per mineral')

    rate, *parts = cal.parts('common_mode', 'global pandemic')
    nationalist = [r['iso3'] for r in model.read('exporters.csv') if r['class'] == 'nationalist']
    mines = sorted(c for c in nationalist if (c, 'mine') in hubs)
    hits = [('countries: [%s], kinds: [mine]' % c, 0.125) for c in mines] + [('countries: [ZAF], kinds: [mine]', 1)]
    lines += shock('pandemic', 'WLD', float(rate), parts, hits, 'mines of a random eighth of the nationalist exporters, and of South Africa')

    rate, *parts = cal.parts('common_mode', 'MMR border')
    lines += shock('border-mmr', 'MMR', float(rate), parts, [('countries: [MMR], minerals: [ree_light, ree_heavy], kinds: [mine]', 1)],
                   'Kachin border; stands for the chokepoint of that name')
    rate, *parts = cal.parts('common_mode', 'JPN earthquake')
    lines += shock('earthquake-jpn', 'JPN', float(rate), parts, [('countries: [JPN]', 1)], 'refineries of Japan')
    return lines


def chokepoints_yaml(model, cal, routes):
    used = set()
    for m, f, stage in model.all_stages():
        for a, b in list(stage.known) + list(stage.fitted) + [(h, 'JPN') for h in stage.alternatives]:
            used |= set(routes.lag_and_routes(a, b)[1])
    lines = ['  chokepoints:']
    for r in model.read('chokepoints.csv'):
        name = r['chokepoint']
        if name not in used:
            continue
        try:
            rate = cal.number('chokepoint', name)
        except SystemExit:
            rate = float(r['closure_rate_per_year'])  # the Cape has no calibrated row
        detour, loss = float(r['detour_days']), float(r['capacity_loss_mean'])
        if detour > 0 and name not in LAND_CORRIDORS:
            loss = 0  # a ship goes round: longer, not less
        lines.append('    %s: {rate: %.6g /year, duration: %s%s%s}' % (
            name, rate, lognormal(r['duration_median_months'], 'months', r['duration_sigma_ln']),
            ', capacity_loss: %.6g %%' % (100 * loss) if loss else '', ', detour: %.6g days' % detour if detour else ''))
    return lines


def hazards_yaml(model, routes):
    cal = Calibration(model.read)
    lines = ['# Written by derive.py from data/calibration.csv, chokepoints.csv, exporters.csv and in_force.csv.  Do not edit.',
             'hazards:']
    lines += regimes_yaml(cal) + restrictions_yaml(model, cal) + outages_yaml(model, cal) + shocks_yaml(model, cal)
    lines += chokepoints_yaml(model, cal, routes)
    lines += ['', 'correlation:  # metal prices share a cycle (judged); politics is joint through the regimes', '  factors: [cycle]',
              '  loadings:', '    price/*: {cycle: %.6g}' % CYCLE_LOADING]
    return '\n'.join(lines) + '\n'
