#!/usr/bin/env python3
"""The tables of configs/japan: they are what derive.py makes of data/, they refer to each other, and every form closes."""
import csv
import os
import re
import subprocess
import sys

ROOT = os.environ.get('KURA_SOURCE_DIR') or os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
JAPAN = os.path.join(ROOT, 'configs', 'japan')
MINERALS = 41
HOSTS, NO_DATA = {'copper', 'aluminium', 'zinc'}, {'cesium', 'rubidium', 'thallium'}
failures = []


def expect(condition, text):
    if not condition:
        failures.append(text)
        print('FAIL', text)


def table(*name):
    with open(os.path.join(JAPAN, *name), newline='', encoding='utf-8') as f:
        return list(csv.DictReader(f))


def text(name):
    with open(os.path.join(JAPAN, name), encoding='utf-8') as f:
        return f.read()


def number(s):
    return float(s) if s else None


def base_flow(stage):
    """What the engine does with one form: home use first, then proportional fitting over the empty cells.  Returns the
    largest part of any hub's throughput that stays unbalanced."""
    hubs, known, open_arcs = stage['hubs'], stage['known'], stage['open']
    left, lack = {}, {}
    for h in hubs:
        s = stage['output'].get(h, 0) - sum(v for (a, b), v in known.items() if a == h)
        u = stage['use'].get(h, 0) - sum(v for (a, b), v in known.items() if b == h)
        if s < 0:
            u, s = u - s, 0.0
        if u < 0:
            s, u = s - u, 0.0
        left[h], lack[h] = s - min(s, u), u - min(s, u)
    v = {(a, b): left[a] * lack[b] for a, b in open_arcs}
    for _ in range(400):
        for end, want in ((0, left), (1, lack)):
            total = {}
            for arc, x in v.items():
                total[arc[end]] = total.get(arc[end], 0) + x
            for arc in v:
                if v[arc] > 0:
                    v[arc] *= want[arc[end]] / total[arc[end]]
    worst = 0.0
    for h in hubs:
        out = sum(x for (a, b), x in v.items() if a == h)
        into = sum(x for (a, b), x in v.items() if b == h)
        through = stage['output'].get(h, 0) + sum(x for (a, b), x in known.items() if b == h) + lack[h]
        if through > 0:
            worst = max(worst, abs(left[h] - out) / through, abs(lack[h] - into) / through)
    return worst


def main():
    check = subprocess.run([sys.executable, os.path.join(JAPAN, 'derive.py'), '--check'], capture_output=True, text=True)
    expect(check.returncode == 0, 'derive.py --check:\n' + check.stdout[:3000] + check.stderr[:1000])

    sites, trade, demand = (table('network', n + '.csv') for n in ('sites', 'trade', 'demand'))
    forms = {}
    for m, body in re.findall(r'^  ([a-z_]+):\n((?:    .*\n)+)', text('minerals.yaml'), re.M):
        forms[m] = re.search(r'forms: \[(.*)\]', body).group(1).split(', ')
    expect(len(forms) == MINERALS, '%d minerals instead of %d' % (len(forms), MINERALS))

    report = {m: (re.search(r'report: (.*)', body) or [0, 'headline'])[1]
              for m, body in re.findall(r'^  ([a-z_]+):\n((?:    .*\n)+)', text('minerals.yaml'), re.M)}
    expect({m for m in report if report[m] == 'host'} == HOSTS, 'the hosts are %s' % sorted(HOSTS))
    expect({m for m in report if report[m] == 'no_data'} == NO_DATA, 'without data are %s' % sorted(NO_DATA))
    designated = [r['mineral_id'].split(';') for r in table('data', 'designated35.csv')]
    expect(len(designated) == 36 and all(i for row in designated for i in row), '36 designated minerals')
    expect({i for row in designated for i in row} == set(forms) - HOSTS, 'every designated mineral is here and only the hosts are not')

    ids = [s['id'] for s in sites]
    expect(len(ids) == len(set(ids)), 'site ids are not unique')
    stages = {(m, f): {'hubs': set(), 'known': {}, 'open': [], 'output': {}, 'use': {}} for m in forms for f in forms[m]}
    for s in sites:
        key = s['mineral'], s['form']
        expect(key in stages, 'site %s: no such form' % s['id'])
        x, y = float(s['output [t/year]']), float(s['yield [%]']) / 100
        expect(x > 0 and 0 < y <= 1 and 1 <= int(s['plants']) <= 12, 'site %s: numbers' % s['id'])
        expect(s['country'] != 'JPN' or int(s['plants']) >= 3, 'site %s: a Japanese stage has at least 3 plants' % s['id'])
        expect(s['basis'] in ('measured', 'recalled', 'judged') and s['grade'] in 'ABCD', 'site %s: basis' % s['id'])
        stages[key]['hubs'].add(s['country'])
        stages[key]['output'][s['country']] = stages[key]['output'].get(s['country'], 0) + x
        if s['kind'] == 'refine':
            i = forms[s['mineral']].index(s['form'])
            expect(i > 0, 'site %s: refines without a form before' % s['id'])
            feed = stages[s['mineral'], forms[s['mineral']][i - 1]]
            feed['hubs'].add(s['country'])
            feed['use'][s['country']] = feed['use'].get(s['country'], 0) + x / y
    for d in demand:
        stage = stages[d['mineral'], d['form']]
        stage['hubs'].add(d['country'])
        stage['use'][d['country']] = stage['use'].get(d['country'], 0) + float(d['rate [t/year]'])
        expect(d['priority'] in '12' and float(d['rate [t/year]']) > 0, 'demand %(mineral)s/%(form)s/%(country)s' % d)
    passages = set(re.findall(r'^    ([a-z_]+): \{rate:', text('hazards.yaml'), re.M))
    seen = set()
    for a in trade:
        key, arc = (a['mineral'], a['form']), (a['from'], a['to'])
        name = '%s/%s %s>%s' % (key + arc)
        expect(key + arc not in seen and arc[0] != arc[1], name + ': twice or to itself')
        seen.add(key + arc)
        for c in arc:
            expect(c in stages[key]['hubs'], '%s: %s has neither site nor use there' % (name, c))
        expect(float(a['lag [days]']) >= 1, name + ': lag')
        expect(all(r in passages for r in a['routes'].split(';') if r), name + ': unknown route')
        expect((a['basis'] == 'estimated') == (a['volume [t/year]'] == ''), name + ': only empty cells are estimated')
        volume = number(a['volume [t/year]'])
        if volume is None:
            stages[key]['open'].append(arc)
        elif volume > 0:
            stages[key]['known'][arc] = volume

    for (m, f), stage in stages.items():
        made, used = sum(stage['output'].values()), sum(stage['use'].values())
        expect(abs(made - used) <= 3e-6 * made, '%s/%s: output %.10g, use %.10g' % (m, f, made, used))
        worst = base_flow(stage)
        expect(worst < 5e-6, '%s/%s: %.2g of a hub stays unbalanced' % (m, f, worst))
        bound = {a: v for (a, b), v in stage['known'].items() if b == 'JPN'}
        need = stage['use'].get('JPN', 0) - stage['output'].get('JPN', 0)
        if bound and need > 0.01 * stage['use']['JPN']:  # not where Japan imports only what it exports again
            expect(abs(sum(bound.values()) / need - 1) < 1e-6, '%s/%s: shares of Japan sum to %.8f' % (m, f, sum(bound.values()) / need))
        for a, v in bound.items():
            expect(v <= 0.9001 * stage['output'].get(a, 0), '%s/%s: %s sends Japan more than it makes' % (m, f, a))

    hubs = sum(len(s['hubs']) for s in stages.values())
    print('%d forms, %d hubs, %d sites, %d arcs' % (len(stages), hubs, len(sites), len(trade)))
    expect(500 <= hubs <= 650 and 450 <= len(sites) <= 600 and 1000 <= len(trade) <= 1300, 'size of the network')

    site_of = {s['id']: s for s in sites}
    carried, after = {}, {}
    for h in table('network', 'hosts.csv'):
        name = '%(site)s < %(host)s' % h
        expect(h['site'] in site_of and h['host'] in site_of, name + ': no such site')
        by, host = site_of[h['site']], site_of[h['host']]
        expect(by['kind'] != 'recycle' and host['kind'] != 'recycle', name + ': scrap has no host')
        expect(host['country'] in (by['country'], 'ROW'), name + ': the host is neither there nor in the rest of the world')
        expect(float(h['headroom']) >= 1 and float(h['share [%]']) > 0 and h['mode'] == 'limit', name + ': numbers')
        expect(h['grade'] in 'ABCD', name + ': grade')
        carried[h['site']] = carried.get(h['site'], 0) + float(h['share [%]'])
        after.setdefault(by['mineral'], set()).add(host['mineral'])
    expect(max(carried.values()) <= 100, 'no site comes from more than 100 % of hosts')
    left = set(forms)  # hosts first: as long as some mineral has none of its hosts left, it goes
    while any(not after.get(m, set()) & left for m in left):
        left -= {m for m in left if not after.get(m, set()) & left}
    expect(not left, 'by-products go round in a circle: %s' % sorted(left))
    for by, host in (('gallium', 'aluminium'), ('germanium', 'zinc'), ('indium', 'zinc'), ('selenium', 'copper'), ('tellurium', 'copper'),
                     ('rhenium', 'copper'), ('hafnium', 'zirconium'), ('cobalt', 'copper')):
        expect(host in after.get(by, ()), '%s comes from %s' % (by, host))
    expect(len(table('network', 'hosts_explained.csv')) == len(table('data', 'byproducts.csv')), 'each row of byproducts.csv is explained')

    hazards = text('hazards.yaml') + text('hazards_other_exporters.yaml')
    for s in re.findall(r'^          - ([A-Za-z0-9_]+)$', hazards, re.M):
        expect(s in ids, 'hazards: no site %s' % s)
    pairs = set()
    for exporter, minerals in re.findall(r'exporter: ([A-Z]{3})\n      minerals: \[(.*)\]', hazards):
        for m in minerals.split(', '):
            expect(m in forms, 'hazards: no mineral %s' % m)
            expect((exporter, m) not in pairs, 'hazards: %s restricts %s twice' % (exporter, m))
            pairs.add((exporter, m))
    for t in table('stockpiles.csv'):
        expect((t['mineral'], t['form']) in stages and 'JPN' in stages[t['mineral'], t['form']]['use'], 'stockpile ' + t['id'])
    for h in table('network', 'hubs.csv'):
        expect('JPN' in stages[h['mineral'], h['form']]['use'], 'hub %(mineral)s/%(form)s' % h)

    grades = dict(re.findall(r'\n  ([a-z_]+):\n    name: .*\n    unit: .*\n    grade: ([A-D])', text('minerals.yaml')))
    shown = dict(re.findall(r'^\| ([a-z_]+) \| \*\*([A-D])\*\* \|', text('README.md'), re.M))
    expect(shown == grades, 'README.md: the grades differ from minerals.yaml: %s' % sorted(set(shown.items()) ^ set(grades.items())))
    if failures:
        print('%d failures' % len(failures))
    return 1 if failures else 0


sys.exit(main())
