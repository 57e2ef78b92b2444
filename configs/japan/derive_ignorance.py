"""What is not known of the Japan scenario, written as YAML from the ranges of data/calibration.csv (columns low and high).
Part of derive.py.

A rate is lognormal with 10 % below `low` and 10 % above `high`; where `low` is 0, its median is the value and 10 % are above
`high`.  Rates that are one number in the calibration (a class of exporters) have one name, so that they are drawn together.
Left out: what is 0 or a word in the calibration (direct jumps, contagion, the regime at the start), home priority (three
numbers with one range), shocks and chokepoints (no range in the data)."""
import re

from derive_hazards import Calibration, DOMINANT_FROM, REGIMES, exporters_of


def law(row, name, invert=False):
    """The law of a rate a year; of a mean time, the inverse."""
    low, value, high = (float(row[k]) for k in ('low', 'value', 'high'))
    if invert:
        return '{lognormal: {p10: %.6g years, p90: %.6g years}, as: %s}' % (1 / high, 1 / low, name)
    if low == 0:
        return '{lognormal: {median: %.6g /year, p90: %.6g /year}, as: %s}' % (value, high, name)
    return '{lognormal: {p10: %.6g /year, p90: %.6g /year}, as: %s}' % (low, high, name)


def regimes_yaml(cal):
    lines = ['  regimes:']
    for c in ('CHN', 'RUS'):
        lines.append('    %s:' % c)
        for key, parameter in (('tension', 'G01'), ('coercion', 'G12'), ('relax', 'G10'), ('ease', 'G21')):
            lines.append('      %s: %s' % (key, law(cal.row('regime', c, parameter), 'regime-%s-%s' % (c.lower(), key))))
    return lines


def onset_by_regime(cal, selector, name):
    lines = ['      onset:']
    for i, r in enumerate(REGIMES):
        lines.append('        %s: %s' % (r, law(cal.row('restriction_onset', selector, 'lambda_regime%d' % i), '%s-%s' % (name, r))))
    return lines


def restrictions_yaml(model, cal):
    lines = ['  restrictions:']
    for name, selector, shared in (('china-strategic', 'CHN group A', 'china-a'), ('china-graphite', 'CHN group A', 'china-a'),
                                   ('china-other', 'CHN group B', 'china-b'), ('russia', 'RUS', 'russia')):
        lines += ['    %s:' % name] + onset_by_regime(cal, selector, 'onset-' + shared)
    nationalist = [r['iso3'] for r in model.read('exporters.csv') if r['class'] == 'nationalist']
    for c in sorted(nationalist):
        shares = exporters_of(model, c, mine_only=True).values()
        for there, suffix, label, shared in (
                (any(s >= DOMINANT_FROM for s in shares), '-ore-dominant', 'nationalist exporter, >= 30 %', 'nationalist-dominant'),
                (any(s < DOMINANT_FROM for s in shares), '-ore', 'nationalist exporter, 3-30 %', 'nationalist')):
            if there:
                lines += ['    %s%s:' % (c.lower(), suffix),
                          '      onset: %s' % law(cal.row('restriction_onset', label, 'lambda'), 'onset-' + shared)]
    hubs = sorted({h for m, f, stage in model.all_stages() for h in stage.hubs} - set(nationalist) - {'CHN', 'RUS', 'ROW', 'JPN'})
    for c in hubs:
        if exporters_of(model, c):
            lines += ['    %s-any:' % c.lower(),
                      '      onset: %s' % law(cal.row('restriction_onset', 'other exporters'), 'onset-others')]
    return lines


def outages_yaml(cal):
    lines = ['  outages:']
    for name, row in (('mine', 'mine'), ('refinery', 'refinery'), ('magnet-sponge-hf', 'magnet')):
        r = cal.row('outage_routine', row)
        low, high = (list(map(float, r[k].split('|'))) for k in ('low', 'high'))
        sigma = re.search(r'lognormal ([\d.]+)', r['value']).group(1)
        lines += ['    %s:' % name,
                  '      mttf: {lognormal: {p10: %.6g years, p90: %.6g years}}' % (low[0], high[0]),
                  '      mttr: {lognormal: {median: {lognormal: {p10: %.6g weeks, p90: %.6g weeks}}, sigma: %.6g}}' %
                  (low[1], high[1], float(sigma))]
    for name, row in (('significant-dominant', 'country-stage pair >= 30 %'), ('significant', 'country-stage pair 3-30 %')):
        lines += ['    %s:' % name, '      mttf: %s' % law(cal.row('outage_significant', row), name, invert=True)]
    return lines


def ignorance_yaml(model):
    cal = Calibration(model.read)
    lines = ['# Written by derive.py from the ranges of data/calibration.csv; derive_ignorance.py says how.  Do not edit.',
             'ignorance: {grades: default}', 'hazards:']
    return '\n'.join(lines + regimes_yaml(cal) + restrictions_yaml(model, cal) + outages_yaml(cal)) + '\n'
