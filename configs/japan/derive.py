#!/usr/bin/env python3
"""Derives the tables of the Japan scenario from the CSV files in data/.

    python3 derive.py            rewrites the tables in this folder
    python3 derive.py --check    compares with what is there; differences are shown and the exit status is 1
    python3 derive.py --into DIR writes them into another folder

Python 3 standard library only, no random numbers, no clock: the same data give the same bytes.

What it does, in order (the numbers are those of the functions below):
  1  outputs by mineral, stage and country, with the corrections of data/corrections.csv applied
  2  folding: who keeps a hub of his own, who joins the rest of the world (ROW)
  3  sites
  4  Japan's import need and its known or judged origins
  5  use outside Japan, as the residual that closes every stage
  6  trade arcs: Japan's with their volumes, the others declared with an empty volume, which the engine completes
  7  by-products: which site lives on which host
  8  prices, demand response, stocks
  9  hazards (derive_hazards.py)
Every number that this script changes beyond data/ is listed in network/corrections_applied.csv.
"""
import csv
import difflib
import io
import math
import os
import sys

sys.dont_write_bytecode = True  # no __pycache__ beside the tables
from derive_hazards import LAND_CORRIDORS, hazards_yaml, others_yaml  # noqa: E402
from derive_ignorance import ignorance_yaml  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))

# All of minerals.csv, in its order: what is designated, then the metals that are there for their by-products.
MINERALS = """lithium cobalt nickel graphite manganese ree_light ree_heavy gallium germanium indium antimony tungsten
molybdenum vanadium chromium titanium magnesium tantalum niobium platinum palladium fluorspar bismuth tellurium silicon
uranium boron barium beryllium cesium hafnium rubidium rhenium selenium strontium thallium zirconium phosphorus copper
aluminium zinc""".split()
REPORT = {'copper': 'host', 'aluminium': 'host', 'zinc': 'host',  # not designated
          'cesium': 'no_data', 'rubidium': 'no_data', 'thallium': 'no_data'}  # no statistics of output, use or trade

OWN_HUB = 0.03          # share of world output, or of Japan's imports, that gives a country a hub of its own: the class
                        # limit of the calibration (pairs of 3-30 %, restrictions from 3 %)
OWN_FEED_OUTPUT = 0.01  # a country that is a hub only for its feed keeps its own output there from this share on
OWN_FEED_MINE = 0.005   # the same at the mine stage
EXPORT_LIMIT = 0.90     # an exporter sends Japan at most this share of its output; the rest is looked through
LOOKTHROUGH_FROM = 0.02 # producers from this share of world output on take up what is looked through
ARC_SHARE_FEED = 0.01   # smaller estimated flows into feed hubs are not declared (at least two suppliers stay)
ARC_SHARE_MAIN = 0.001  # the same into CHN and ROW

GRADE_BASIS = {'A': 'measured', 'B': 'measured', 'C': 'recalled', 'D': 'judged'}

# Transit days where Japan is not the destination (judged): by region of origin and destination, door to port.
REGION = {}
for region, members in {
        'east_asia': 'CHN KOR TWN JPN MNG PRK', 'south_east_asia': 'VNM THA MYS PHL IDN MMR LAO', 'south_asia': 'IND PAK LKA',
        'oceania': 'AUS NCL PNG NZL', 'africa': 'ZAF COD ZWE ZMB MOZ MDG GAB GHA RWA NGA NAM NER CIV SEN KEN SLE MAR ETH MLI '
                  'GIN TGO EGY DZA TUN TZA',
        'europe': 'FIN NOR SWE DEU FRA BEL NLD GBR AUT ESP ITA EST ISL POL CHE IRL SRB GRC', 'cis': 'RUS KAZ UZB TJK KGZ UKR GEO ARM',
        'near_east': 'TUR OMN SAU ISR IRN ARE BHR JOR SYR', 'north_america': 'USA CAN MEX CUB DOM JAM', 'south_america': 'CHL BRA ARG PER BOL COL',
        'rest': 'ROW'}.items():
    for iso in members.split():
        REGION[iso] = region
LAGS = {  # symmetric; 'rest' stands for a mixture of near and far customers
    ('east_asia', 'east_asia'): 7, ('east_asia', 'south_east_asia'): 10, ('east_asia', 'south_asia'): 20,
    ('east_asia', 'oceania'): 16, ('east_asia', 'africa'): 35, ('east_asia', 'europe'): 40, ('east_asia', 'cis'): 14,
    ('east_asia', 'near_east'): 30, ('east_asia', 'north_america'): 25, ('east_asia', 'south_america'): 38,
    ('south_east_asia', 'south_east_asia'): 7, ('south_east_asia', 'south_asia'): 14, ('south_east_asia', 'oceania'): 14,
    ('south_east_asia', 'africa'): 30, ('south_east_asia', 'europe'): 35, ('south_east_asia', 'cis'): 30,
    ('south_east_asia', 'near_east'): 25, ('south_east_asia', 'north_america'): 30, ('south_east_asia', 'south_america'): 40,
    ('south_asia', 'oceania'): 20, ('south_asia', 'africa'): 20, ('south_asia', 'europe'): 25, ('south_asia', 'cis'): 25,
    ('south_asia', 'near_east'): 12, ('south_asia', 'north_america'): 35, ('south_asia', 'south_america'): 35,
    ('oceania', 'oceania'): 10, ('oceania', 'africa'): 25, ('oceania', 'europe'): 40, ('oceania', 'cis'): 35,
    ('oceania', 'near_east'): 30, ('oceania', 'north_america'): 30, ('oceania', 'south_america'): 30,
    ('africa', 'africa'): 14, ('africa', 'europe'): 28, ('africa', 'cis'): 35, ('africa', 'near_east'): 25,
    ('africa', 'north_america'): 32, ('africa', 'south_america'): 28,
    ('europe', 'europe'): 7, ('europe', 'cis'): 14, ('europe', 'near_east'): 14, ('europe', 'north_america'): 18,
    ('europe', 'south_america'): 28, ('cis', 'cis'): 10, ('cis', 'near_east'): 20, ('cis', 'north_america'): 30,
    ('cis', 'south_america'): 35, ('near_east', 'near_east'): 7, ('near_east', 'north_america'): 28,
    ('near_east', 'south_america'): 30, ('north_america', 'north_america'): 10, ('north_america', 'south_america'): 20,
    ('south_america', 'south_america'): 10}
LAG_REST = 30

# Land corridors stay on the way whatever the destination; sea passages are kept for Japan only (routes.csv).
CORRIDOR_FREE = {('northern_rail', 'CHN')}  # Central Asia reaches China by its own border
LEFT_OUT_ROUTES = {'kachin_border',         # the border shock of Myanmar says the same
                   'cape', 'taiwan_ecs'}    # only detours of 3 days: nothing in weekly steps

# Prices (judged where no source is named)
VOLATILITY_FLOOR = {'graphite': 0.20, 'fluorspar': 0.20, 'titanium': 0.20, 'gallium': 0.33, 'boron': 0.20,
                    'thallium': 0.20}  # README, prices
VOLATILITY_LEAST = 0.15   # of the diffusive part
JUMP_SD = 0.25
JUMP_OWN = 0.5            # part of the recorded upward jumps that the model does not make itself through scarcity
SCARCITY = {'ree_light': 10, 'ree_heavy': 10, 'antimony': 10, 'bismuth': 10,  # these rose 4.5 times or more when supply was cut
            'hafnium': 10, 'strontium': 10}
SCARCITY_ELSE = 4
HALF_LIFE_NOT_IDENTIFIED = 8.0  # the upper clip of the estimate
HALF_LIFE_LEAST_OBSERVATIONS = 10
SUBSTITUTION_THRESHOLD = 1.25
UNUSUAL = 1.28            # users substitute above the price that is exceeded one year in ten, not at every swing


def read(name):
    with open(os.path.join(HERE, 'data', name), newline='', encoding='utf-8') as f:
        return list(csv.DictReader(f))


def six(x):
    """Six significant digits: what a table shows is what the balance is computed from."""
    return float('%.6g' % x)


def worst(grades):
    return max(grades) if grades else 'D'


class Stage:
    """One form of one mineral: outputs by country, later by hub."""

    def __init__(self, row):
        self.yield_ = float(row['yield_from_previous'])
        self.secondary_share = float(row['secondary_share'])
        self.primary = {}    # iso -> [t, spare, grade]
        self.secondary = {}  # iso -> [t, spare, grade]
        self.hubs = set()
        self.owned = set()   # hubs that keep their own output
        self.sites = {}      # hub -> list of site dicts
        self.feed = {}       # hub -> t of this form used by sites of the next
        self.shares = {}     # Japan's imports: iso -> (share, grade)
        self.japan_demand = 0.0
        self.japan_demand_grade = 'D'
        self.known = {}      # (from, to) -> dict(volume, basis, note)
        self.use = {}        # hub -> [(sector, t, priority, basis)]

    def output(self, iso):
        return self.primary.get(iso, [0])[0] + self.secondary.get(iso, [0])[0]

    def world(self):
        return sum(v[0] for v in self.primary.values()) + sum(v[0] for v in self.secondary.values())

    def site_output(self, hub):
        return sum(s['output'] for s in self.sites.get(hub, ()))


class Model:
    read = staticmethod(read)

    def __init__(self):
        self.minerals = {r['mineral_id']: r for r in read('minerals.csv')}
        self.corrections = [r for r in read('corrections.csv') if r['mineral'] in MINERALS]
        self.stages = {}
        self.forms = {m: self.minerals[m]['stages'].split('>') for m in MINERALS}
        self.log = []
        for r in read('stages.csv'):
            if r['mineral_id'] in MINERALS:
                self.stages[r['mineral_id'], r['stage']] = Stage(r)
        for m in MINERALS:
            self.stages[m, self.forms[m][0]].yield_ = 1.0  # nothing upstream, so no yield

    def note(self, m, f, what, before, after, reason, grade='D'):
        self.log.append([m, f, what, '%.6g' % before, '%.6g' % after, reason, grade])

    def kinds(self, kind, m=None, f=None):
        return [r for r in self.corrections if r['kind'] == kind and (m is None or (r['mineral'], r['stage']) == (m, f))]

    def all_stages(self):
        return [(m, f, self.stages[m, f]) for m in MINERALS for f in self.forms[m]]

    def next_stage(self, m, f):
        i = self.forms[m].index(f) + 1
        return self.stages[m, self.forms[m][i]] if i < len(self.forms[m]) else None


# ---- 1 outputs -------------------------------------------------------------------------------------------------------

def outputs(model):
    for r in read('production.csv'):
        if (r['mineral_id'], r['stage']) in model.stages:
            model.stages[r['mineral_id'], r['stage']].primary[r['iso3']] = \
                [float(r['annual_output']), float(r['spare_capacity_fraction']), r['quality']]
    for r in model.corrections:
        stage, country = model.stages[r['mineral'], r['stage']], r['country']
        m, f, kind = r['mineral'], r['stage'], r['kind']
        if kind == 'output_drop':
            old = stage.primary.pop(country)
            model.note(m, f, 'output of %s' % country, old[0], 0, r['reason'], r['grade'])
        elif kind == 'output_set':
            old = stage.primary[country]
            model.note(m, f, 'output of %s' % country, old[0], float(r['value']), r['reason'], r['grade'])
            stage.primary[country] = [float(r['value']), old[1], r['grade']]
        elif kind == 'output_is_secondary':
            old = stage.primary.pop(country)
            stage.secondary[country] = [old[0], old[1], r['grade']]
            model.note(m, f, 'output of %s made from ore' % country, old[0], 0, r['reason'], r['grade'])
        elif kind == 'output_move':
            t = float(r['value'])
            model.note(m, f, 'output of %s, taken from ROW' % country, 0, t, r['reason'], r['grade'])
            stage.primary['ROW'][0] -= t
            stage.primary[country] = [t, stage.primary['ROW'][1], r['grade']]
        elif kind == 'output_add':
            t = float(r['value'])
            stage.secondary[country] = [t, 0.12, r['grade']]
            model.note(m, f, 'secondary output of %s' % country, 0, t, r['reason'], r['grade'])
    for m, f, stage in model.all_stages():
        for r in model.kinds('spare_least', m, f):
            least = float(r['value'])
            for c, v in sorted(stage.primary.items()):
                if v[1] < least and r['country'] in ('', c):
                    model.note(m, f, 'spare capacity of %s' % c, v[1], least, r['reason'], r['grade'])
                    v[1] = least
        secondary_share(model, m, f, stage)
        for r in model.kinds('output_follows_feed', m, f):
            feed = model.stages[m, model.forms[m][model.forms[m].index(f) - 1]].world()
            factor = feed * stage.yield_ / stage.world() * (1 - 1e-6)
            model.note(m, f, 'output of all countries', stage.world(), stage.world() * factor, r['reason'], r['grade'])
            for v in stage.primary.values():
                v[0] *= factor


def stage_numbers(model):
    """Yields and secondary shares of stages.csv that do not close."""
    for r in model.kinds('stage_yield') + model.kinds('stage_secondary'):
        m, f, stage, value = r['mineral'], r['stage'], model.stages[r['mineral'], r['stage']], float(r['value'])
        if r['kind'] == 'stage_yield':
            model.note(m, f, 'yield', stage.yield_, value, r['reason'], r['grade'])
            stage.yield_ = value
        else:
            model.note(m, f, 'share of scrap and residues in the output', stage.secondary_share, value, r['reason'], r['grade'])
            stage.secondary_share = value


def secondary_share(model, m, f, stage):
    """The share of a stage that is made from scrap.  Japan: the recycling input rate of its demand, where that counts
    recycled metal.  Some countries by a rate of their own; the rest of the world's secondary tonnes in the countries
    listed, in proportion to their output."""
    left = stage.secondary_share * sum(v[0] for v in stage.primary.values())
    left -= stage.secondary.get('JPN', [0])[0] if stage.secondary_share > 0 else 0

    def from_scrap(country, part):
        t, spare, grade = stage.primary[country]
        stage.primary[country][0] = t * (1 - part)
        stage.secondary[country] = [stage.secondary.get(country, [0])[0] + t * part, spare, 'D']
        return t * part

    for r in model.kinds('recycling_japan', m, f):
        rate = float(model.minerals[m]['recycling_input_rate_japan'])
        t = rate * japan_demand(model, m)
        stage.secondary['JPN'] = [t, 0.12, 'D']
        left -= t
        model.note(m, f, 'recycling in JPN (%.0f %% of demand)' % (100 * rate), 0, t, r['reason'], r['grade'])
    for r in model.kinds('secondary_rate', m, f):
        left -= from_scrap(r['country'], float(r['value']))
    places = [c for r in model.kinds('secondary_in', m, f) for c in r['country'].split(';') if c in stage.primary]
    if left > 0 and places:
        part = left / sum(stage.primary[c][0] for c in places)
        for c in places:
            from_scrap(c, part)


def japan_demand(model, m):
    return float(model.minerals[m]['japan_demand'])


def japan_demands(model):
    model.growth_elsewhere = {}
    for r in model.kinds('growth_elsewhere'):
        m = r['mineral']
        model.growth_elsewhere[m] = r['value']
        model.note(m, r['stage'], 'growth of use outside JPN (%/year)', float(model.minerals[m]['japan_growth_pct']),
                   float(r['value']), r['reason'], r['grade'])
    for m in MINERALS:
        given = [r for r in model.kinds('demand') if r['mineral'] == m]
        final = model.minerals[m]['final_stage']
        model.stages[m, final].japan_demand = japan_demand(model, m)
        model.stages[m, final].japan_demand_grade = model.minerals[m]['quality']
        for r in given:
            stage = model.stages[m, r['stage']]
            model.note(m, r['stage'], 'demand of JPN', stage.japan_demand, float(r['value']), r['reason'], r['grade'])
            stage.japan_demand, stage.japan_demand_grade = float(r['value']), r['grade']


# ---- Japan's import shares -------------------------------------------------------------------------------------------

def import_shares(model):
    for r in read('japan_imports.csv'):
        key = r['mineral_id'], r['stage']
        if key in model.stages and r['use_in_model'] == '1':
            share, grade = model.stages[key].shares.get(r['iso3'], (0.0, 'A'))
            model.stages[key].shares[r['iso3']] = (share + float(r['share']), worst([grade, r['quality']]))
    for m, f, stage in model.all_stages():
        given = model.kinds('import_share', m, f)
        if given:
            old, stage.shares = stage.shares, {r['country']: (float(r['value']), r['grade']) for r in given}
            for c in sorted(set(old) | set(stage.shares)):
                model.note(m, f, 'share of %s in the imports of JPN' % c, old.get(c, (0,))[0],
                           stage.shares.get(c, (0,))[0], given[0]['reason'], given[0]['grade'])
        for r in model.kinds('import_drop', m, f):
            gone = dict(stage.shares) if r['country'] == '*' else {r['country']: stage.shares[r['country']]}
            for c, (share, grade) in gone.items():
                del stage.shares[c]
                model.note(m, f, 'share of %s in the imports of JPN' % c, share, 0, r['reason'], r['grade'])
        total = sum(s for s, g in stage.shares.values())
        stage.shares = {c: (s / total, g) for c, (s, g) in stage.shares.items()}


# ---- 2 folding -------------------------------------------------------------------------------------------------------

def fold(model):
    """Hubs of a stage: JPN, CHN, ROW; producers and suppliers of Japan from OWN_HUB on; and, going upstream, every
    country that refines, because its refineries draw their feed there."""
    for m in MINERALS:
        refiners = set()
        for f in reversed(model.forms[m]):
            stage = model.stages[m, f]
            world, first = stage.world(), f == model.forms[m][0]
            own = {c for c in set(stage.primary) | set(stage.secondary) if stage.output(c) >= OWN_HUB * world}
            own |= {c for c, (s, g) in stage.shares.items() if s >= OWN_HUB and stage.output(c) > 0}
            least = OWN_FEED_MINE if first else OWN_FEED_OUTPUT
            own |= {c for c in refiners if stage.output(c) >= least * world}
            own |= {'JPN', 'CHN', 'ROW'}
            stage.owned, stage.hubs = own, own | refiners
            refiners = {c for c in own if c != 'ROW' and stage.primary.get(c, [0])[0] > 0} if not first else set()


# ---- 3 sites ---------------------------------------------------------------------------------------------------------

def make_sites(model):
    for m, f, stage in model.all_stages():
        world = stage.world()
        first = f == model.forms[m][0]
        for recycle, table in ((False, stage.primary), (True, stage.secondary)):
            parts = {}
            for c, (t, spare, grade) in table.items():
                parts.setdefault(c if c in stage.owned else 'ROW', []).append((t, spare, grade))
            for hub in sorted(parts):
                t = six(sum(p[0] for p in parts[hub]))
                if t <= 0:
                    continue
                spare = sum(p[0] * p[1] for p in parts[hub]) / sum(p[0] for p in parts[hub])
                grade = dominant([(p[0], p[2]) for p in parts[hub]])
                plants = min(12, max(1, round(20 * t / world)))
                if hub == 'JPN':
                    plants = max(3, plants)
                for r in model.kinds('plants', m, f):
                    if r['country'] == hub and not (recycle and stage.primary.get(hub, [0])[0] > 0):
                        model.note(m, f, 'plants of %s' % hub, plants, int(r['value']), r['reason'], r['grade'])
                        plants = int(r['value'])
                stage.sites.setdefault(hub, []).append({
                    'id': '%s_%s_%s%s' % (m, f, hub, '_recycling' if recycle else ''), 'mineral': m, 'form': f,
                    'country': hub, 'kind': 'recycle' if recycle else 'mine' if first else 'refine', 'output': t,
                    'spare': six(100 * spare), 'yield': six(100 * stage.yield_) if not recycle and not first else 100,
                    'plants': plants, 'basis': GRADE_BASIS[grade], 'grade': grade, 'share': t / world})
    for m, f, stage in model.all_stages():
        following = model.next_stage(m, f)
        for hub, sites in (following.sites.items() if following else ()):
            for s in sites:
                if s['kind'] == 'refine':
                    stage.feed[hub] = stage.feed.get(hub, 0) + s['output'] / (s['yield'] / 100)


def dominant(parts):
    """The worst grade that is needed to cover half of the tonnes, counted from the best."""
    total, seen = sum(t for t, g in parts), 0.0
    for t, g in sorted(parts, key=lambda p: p[1]):
        seen += t
        if seen >= 0.5 * total:
            return g
    return 'D'


# ---- 4 Japan's imports -----------------------------------------------------------------------------------------------

def japan_imports(model):
    for m, f, stage in model.all_stages():
        use = stage.japan_demand + stage.feed.get('JPN', 0)
        need = use - stage.site_output('JPN')
        for r in model.kinds('import_gross', m, f):  # a net exporter that imports all the same
            gross = float(r['value']) * use
            if gross > need:
                model.note(m, f, 'imports of JPN', max(0, need), gross, r['reason'], r['grade'])
                need = gross
        stage.japan_need = need
        if need <= 1e-9 or not stage.shares:
            continue
        tradeplaces = {r['country']: r for r in model.kinds('import_lookthrough', m, f)}
        origin, pool, grades, notes = {}, 0.0, {}, {}
        for c, (share, grade) in sorted(stage.shares.items()):
            hub = c if c in stage.owned else 'ROW'
            if c in tradeplaces or stage.site_output(hub) == 0:
                pool += share * need
                reason = (tradeplaces[c]['reason'] if c in tradeplaces
                          else 'no output there: re-export, looked through to the producers')
                model.note(m, f, 'import of JPN from %s' % c, share * need, 0, reason)
                continue
            origin[hub] = origin.get(hub, 0) + share * need
            grades.setdefault(hub, []).append((share * need, grade))
            notes.setdefault(hub, []).append('%s %.1f %%' % (c, 100 * share))
        through = {}
        for hub in sorted(origin):
            limit = EXPORT_LIMIT * stage.site_output(hub)
            if origin[hub] > limit:
                model.note(m, f, 'import of JPN from %s' % hub, origin[hub], limit,
                           'more than %.0f %% of its output: re-export, looked through to the producers' % (100 * EXPORT_LIMIT))
                pool += origin[hub] - limit
                origin[hub] = limit
        while pool > 1e-9 * need:
            room = {h: stage.site_output(h) for h in sorted(stage.owned) if h not in ('JPN', 'ROW')
                    and stage.site_output(h) >= LOOKTHROUGH_FROM * stage.world()
                    and origin.get(h, 0) < EXPORT_LIMIT * stage.site_output(h) * (1 - 1e-12)}
            if not room:
                raise SystemExit('%s/%s: %g t/year of imports have no producer' % (m, f, pool))
            total, left = sum(room.values()), 0.0
            for h, t in room.items():
                part = pool * t / total
                fits = min(part, EXPORT_LIMIT * t - origin.get(h, 0))
                origin[h] = origin.get(h, 0) + fits
                through[h] = through.get(h, 0) + fits
                left += part - fits
            pool = left
        scale = need / sum(origin.values())
        for hub in sorted(origin):
            grade = dominant(grades[hub]) if hub in grades else 'D'
            extra = through.get(hub, 0)
            if extra > 0.05 * origin[hub]:
                grade = 'D'
            text = ' + '.join(notes.get(hub, []))
            if extra > 0:
                text += '%slooked through %.1f %%' % (' + ' if text else '', 100 * extra / need)
            stage.known[hub, 'JPN'] = {'volume': origin[hub] * scale, 'basis': GRADE_BASIS[grade], 'grade': grade, 'note': text}


# ---- 5 use outside Japan ---------------------------------------------------------------------------------------------

def use_elsewhere(model):
    share = {(r['mineral'], r['stage']): float(r['china_share_of_use_outside_japan']) for r in read('use_shares.csv')}
    for m, f, stage in model.all_stages():
        total = sum(stage.site_output(h) for h in stage.sites)
        final = f == model.minerals[m]['final_stage'] or f == model.forms[m][-1]
        if stage.japan_demand > 0:
            stage.use.setdefault('JPN', []).append(('final', stage.japan_demand, 1, GRADE_BASIS[stage.japan_demand_grade]))
        rest = total - sum(stage.feed.values()) - stage.japan_demand
        stage.rest, stage.total = rest, total
        if abs(rest) <= 2e-6 * total:
            continue
        if rest < 0:
            raise SystemExit('%s/%s: use exceeds output by %g t/year: a correction is missing' % (m, f, -rest))
        china = share[m, f]
        sector, priority = ('final', 1) if final else ('other', 2)
        for hub, part in (('CHN', china), ('ROW', 1 - china)):
            if part > 0:
                stage.use.setdefault(hub, []).append((sector, rest * part, priority, 'estimated'))


def drop_empty_hubs(model):
    for m, f, stage in model.all_stages():
        stage.hubs -= {h for h in stage.hubs if not stage.site_output(h) and not hub_use(stage, h)
                       and not any(h in a for a in stage.known)}


def hub_use(stage, hub):
    return stage.feed.get(hub, 0) + sum(u[1] for u in stage.use.get(hub, ()))


# ---- 6 trade ---------------------------------------------------------------------------------------------------------

def links(model):
    """Flows between third countries that are known in kind: a share of the importer's feed, within the exporter's output."""
    for m, f, stage in model.all_stages():
        for r in model.kinds('link', m, f):
            a, b = r['country'].split('>')
            if a not in stage.hubs or b not in stage.hubs or not stage.feed.get(b):
                continue
            t = min(float(r['value']) * (hub_use(stage, b) - stage.site_output(b)), EXPORT_LIMIT * stage.site_output(a))
            stage.known[a, b] = {'volume': t, 'basis': GRADE_BASIS[r['grade']], 'grade': r['grade'], 'note': r['reason']}
            model.note(m, f, 'trade from %s to %s' % (a, b), 0, t, r['reason'], r['grade'])


def residuals(stage):
    """Supply and need that the known flows leave, home use served first: the rule of the engine."""
    supply, need = {}, {}
    for h in sorted(stage.hubs):
        s = stage.site_output(h) - sum(k['volume'] for (a, b), k in stage.known.items() if a == h)
        u = hub_use(stage, h) - sum(k['volume'] for (a, b), k in stage.known.items() if b == h)
        if s < 0:
            u, s = u - s, 0.0
        if u < 0:
            s, u = s - u, 0.0
        home = min(s, u)
        supply[h], need[h] = s - home, u - home
    tiny = 1e-9 * max(1e-30, sum(stage.site_output(h) for h in stage.hubs))
    return {h: x for h, x in supply.items() if x > tiny}, {h: x for h, x in need.items() if x > tiny}


def proportional_fit(supply, need, arcs, rounds=400):
    """Iterative proportional fitting over `arcs`; returns the flows and the largest part of a supply left over."""
    v = {a: supply[a[0]] * need[a[1]] for a in arcs}
    for _ in range(rounds):
        row = {}
        for (i, j), x in v.items():
            row[i] = row.get(i, 0) + x
        for i, j in v:
            v[i, j] *= supply[i] / row[i] if row[i] > 0 else 0
        col = {}
        for (i, j), x in v.items():
            col[j] = col.get(j, 0) + x
        for i, j in v:
            v[i, j] *= need[j] / col[j] if col[j] > 0 else 0
    total = sum(supply.values())
    sent = {i: sum(x for (a, b), x in v.items() if a == i) for i in supply}
    got = {j: sum(x for (a, b), x in v.items() if b == j) for j in need}
    error = max([abs(sent[i] - supply[i]) / total for i in supply] + [abs(got[j] - need[j]) / total for j in need] + [0])
    return v, error


def declare(model):
    """Which unknown flows are declared: all of them are fitted once, the small ones are dropped, and dropped ones come
    back until what is left can be fitted."""
    for m, f, stage in model.all_stages():
        supply, need = residuals(stage)
        only = dict(r['country'].split('>') for r in model.kinds('link_only', m, f))
        arcs = [(i, j) for i in sorted(supply) for j in sorted(need)
                if i != j and only.get(i, j) == j and (i, j) not in stage.known]
        full, error = proportional_fit(supply, need, arcs)
        stage.full_error = error
        keep = set()
        for j in need:
            inbound = sorted((a for a in arcs if a[1] == j), key=lambda a: (-full[a], a))
            share = ARC_SHARE_MAIN if j in ('CHN', 'ROW') else ARC_SHARE_FEED
            keep |= {a for n, a in enumerate(inbound) if n < 2 or full[a] >= share * need[j]}
        for i in supply:  # an exporter keeps its largest customer
            outbound = sorted((a for a in arcs if a[0] == i), key=lambda a: (-full[a], a))
            keep |= set(outbound[:1])
        dropped = sorted((a for a in arcs if a not in keep), key=lambda a: (-full[a], a))
        while True:
            fitted, error = proportional_fit(supply, need, sorted(keep))
            if error < 1e-7 or not dropped:
                break
            keep.add(dropped.pop(0))
        stage.fit_error = error
        stage.fitted = {a: fitted[a] for a in sorted(keep)}
        alternatives(model, m, f, stage, supply)


def alternatives(model, m, f, stage, supply):
    """Large exporters that do not supply Japan yet: declared with volume 0, to be qualified when there is need.  Russia is
    left out: no new purchases there."""
    stage.alternatives = []
    if stage.japan_need <= 1e-9:
        return
    now = {a for (a, b) in list(stage.known) + list(stage.fitted) if b == 'JPN'}
    spare = {h: supply.get(h, 0) + sum(s['output'] * s['spare'] / 100 for s in stage.sites.get(h, ())) for h in stage.hubs}
    only = {r['country'].split('>')[0] for r in model.kinds('link_only', m, f)}
    names = [h for h in sorted(stage.hubs, key=lambda h: (-spare[h], h)) if h not in now | only | {'JPN', 'ROW', 'RUS'}
             and stage.site_output(h) >= LOOKTHROUGH_FROM * stage.total and supply.get(h, 0) > 0]
    count = 3 if len(now) <= 2 else 2 if len(now) <= 4 else 1
    stage.alternatives = names[:count]
    if len(now) + len(stage.alternatives) < 2 and stage.site_output('ROW') > 0:
        stage.alternatives.append('ROW')


class Routes:
    def __init__(self):
        self.rows = {r['origin_iso3']: r for r in read('routes.csv')}

    def lag_and_routes(self, a, b):
        row = self.rows[a]
        passages = [p for p in row['chokepoints'].split(';') if p and p not in LEFT_OUT_ROUTES]
        if b == 'JPN':
            return float(row['transit_days']), passages
        land = [p for p in passages if p in LAND_CORRIDORS and (p, b) not in CORRIDOR_FREE]
        if 'ROW' in (a, b):
            return LAG_REST, land
        pair = (REGION[a], REGION[b])
        return LAGS[pair] if pair in LAGS else LAGS[pair[1], pair[0]], land


# ---- 7 by-products ---------------------------------------------------------------------------------------------------

def host_rows(model):
    """network/hosts.csv and, row by row of byproducts.csv, what became of it.  A by-product's site follows the host's site in
    its own country, else the one in the rest of the world.  The share of the world's supply that comes from a host is spread
    over the countries that host_links.csv allows, so that it is kept as long as no site exceeds 100 %."""
    rules = {(r['byproduct'], r['byproduct_stage'], r['host'], r['host_scope']): r for r in read('host_links.csv')}
    rows, trace, bound = [], [], {}
    by_id = {s['id']: s for m, f, stage in model.all_stages() for l in stage.sites.values() for s in l}
    for b in read('byproducts.csv'):
        m, f, host, g, scope = (b[k] for k in ('byproduct', 'byproduct_stage', 'host', 'host_stage', 'host_scope'))
        rule = rules.pop((m, f, host, scope), None)
        share = float(b['share_of_supply_from_host'])

        def say(done, world, headroom, reason):
            trace.append([m, f, host, g, scope, '%.6g' % (100 * share), '%.6g' % (100 * world), headroom, done, reason])

        if m not in MINERALS or host not in MINERALS:
            say('left free', 0, '', 'not a mineral of this set' if m not in MINERALS else 'the host is not in this set')
            continue
        if rule and rule['use'] == '0':
            say('left out', 0, '', rule['reason'])
            continue
        stage, hosts = model.stages[m, f], model.stages[host, g]
        sites = {h: s for h in stage.sites for s in stage.sites[h] if s['kind'] != 'recycle'}
        total = sum(s['output'] for s in sites.values())
        listed = [c for c in (rule['countries'].split(';') if rule else []) if c]
        if scope != 'WORLD':
            listed = [scope]
        if listed and listed[0].startswith('-'):
            sites = {h: s for h, s in sites.items() if '-' + h not in listed}
        elif listed:
            sites = {h: s for h, s in sites.items() if h in listed}
        here = sum(s['output'] for s in sites.values())
        part = min(float((rule or {}).get('share_most') or 1), share if scope != 'WORLD' else share * total / here)
        raw = float(b['recoverable_kg_per_t_host']) / float(b['realised_kg_per_t_host'])
        headroom = six(max(1.0, float(rule['headroom']) if rule and rule['headroom'] else raw))
        reason = rule['reason'] if rule else ''
        if raw < 1:
            reason += '%srealised output exceeds what the row calls recoverable (%.3g times it): headroom 1' % (
                '; ' if reason else '', 1 / raw)
        grade = worst([b['quality'], rule['grade'] if rule else 'A'])
        done = 0.0
        for h in sorted(sites):
            mine = [s['id'] for at in (h, 'ROW') for s in hosts.sites.get(at, ()) if s['kind'] != 'recycle']
            left = min(part, 1.0 - bound.get(sites[h]['id'], 0.0))
            if not mine or left <= 1e-9:
                continue
            bound[sites[h]['id']] = bound.get(sites[h]['id'], 0.0) + left
            works = by_id[mine[0]]
            if left >= 0.5 and REPORT.get(m) != 'no_data' and works['country'] == h and works['plants'] < sites[h]['plants']:
                model.note(host, g, 'plants of %s' % h, works['plants'], sites[h]['plants'],
                           'the %s of %s comes from these works, and has as many' % (m, h))
                works['plants'] = sites[h]['plants']
            done += left * sites[h]['output']
            rows.append([sites[h]['id'], mine[0], '%.6g' % (math.floor(1e6 * left) / 1e4),  # never above 100 % in sum
                         '%.6g' % headroom, 'limit', GRADE_BASIS[grade], grade])
        say('bound', done / total, '%.6g' % headroom, reason)
    if rules:
        raise SystemExit('host_links.csv: no such row in byproducts.csv: %s' % sorted(rules))
    after = {}
    for r in rows:
        after.setdefault(by_id[r[0]]['mineral'], set()).add(by_id[r[1]]['mineral'])

    def hosts_of(m, path):
        if m in path:
            raise SystemExit('by-products go round in a circle: %s' % ' > '.join(path + [m]))
        for h in sorted(after.get(m, ())):
            hosts_of(h, path + [m])

    for m in MINERALS:
        hosts_of(m, [])
    return (table(['site', 'host', 'share [%]', 'headroom', 'mode', 'basis', 'grade'], rows),
            table(['byproduct', 'form', 'host', 'host form', 'scope', 'share in the data [%]', 'share of primary output bound [%]',
                   'headroom', 'what', 'reason'], trace))


# ---- tables ----------------------------------------------------------------------------------------------------------

def table(header, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator='\n')
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def ten(x):
    return '%.10g' % x


def sites_table(model):
    rows = []
    for m, f, stage in model.all_stages():
        for hub in sorted(stage.sites):
            for s in stage.sites[hub]:
                rows.append([s['id'], m, f, hub, s['kind'], '%.6g' % s['output'], '%.6g' % s['spare'], '%.6g' % s['yield'],
                             s['plants'], s['basis'], s['grade']])
    return table(['id', 'mineral', 'form', 'country', 'kind', 'output [t/year]', 'spare [%]', 'yield [%]', 'plants',
                  'basis', 'grade'], rows)


def trade_table(model, routes):
    rows = []
    for m, f, stage in model.all_stages():
        arcs = {a: (ten(k['volume']), k['basis'], k['note']) for a, k in stage.known.items()}
        arcs.update({a: ('', 'estimated', '') for a in stage.fitted})
        arcs.update({(h, 'JPN'): ('0', 'judged', 'declared, not yet qualified') for h in stage.alternatives})
        for a, b in sorted(arcs, key=lambda x: (x[1] != 'JPN', x[1], x[0])):
            volume, basis, note = arcs[a, b]
            lag, passages = routes.lag_and_routes(a, b)
            rows.append([m, f, a, b, volume, '%.6g' % lag, ';'.join(passages), basis, note])
    return table(['mineral', 'form', 'from', 'to', 'volume [t/year]', 'lag [days]', 'routes', 'basis', 'note'], rows)


def demand_table(model):
    rows = []
    for m, f, stage in model.all_stages():
        japan = model.minerals[m]['japan_growth_pct']
        elsewhere = model.growth_elsewhere.get(m, japan)
        for hub in sorted(stage.use):
            for sector, t, priority, basis in stage.use[hub]:
                rows.append([m, f, hub, sector, ten(t), japan if hub == 'JPN' else elsewhere, priority, basis])
    return table(['mineral', 'form', 'country', 'sector', 'rate [t/year]', 'growth [%/year]', 'priority', 'basis'], rows)


def stocks(model):
    """Firm inventories of Japan as cover of a hub, the national stock as a tier.  The historic scheme is not used."""
    hubs, tiers = [], []
    for r in read('stockpile.csv'):
        m, f = r['mineral_id'], r['stage_held']
        if (m, f) not in model.stages:
            continue
        stage = model.stages[m, f]
        days = float(r['actual_days_est'])
        if r['owner'] == 'private_inventory':
            storage = ''
            if days > 300:  # more than the default storage of 52 weeks of throughput would allow
                storage = '%.6g' % six(1.5 * hub_use(stage, 'JPN') * (days + 14) / 365.25)
            hubs.append([m, f, 'JPN', '%.6g' % days, storage])
        elif r['owner'] == 'JOGMEC_national_target_2020' and days > 0:
            final = model.stages[m, model.forms[m][-1]]
            # where Japan's own plants supply most of its use, the inbound trigger does not see their outages
            mostly_own = stage.site_output('JPN') > 0.5 * hub_use(stage, 'JPN')
            trigger = 'always' if mostly_own and stage is final else 'inbound'
            tiers.append(['national-' + m.replace('_', '-'), 'national', 'JPN', m, f, '%.6g' % days, 7, 4, 4, trigger])
    return (table(['mineral', 'form', 'country', 'cover [days]', 'storage [t]'], hubs),
            table(['id', 'owner', 'country', 'mineral', 'form', 'opening [days]', 'at_most [days/step]', 'delay [weeks]',
                   'minimum [weeks]', 'trigger'], tiers))


def corrections_table(model):
    return table(['mineral', 'form', 'what', 'before', 'after', 'reason', 'grade'], model.log)


def balance_table(model):
    rows = []
    for m, f, stage in model.all_stages():
        rows.append([m, f, '%.6g' % stage.total, '%.6g' % sum(stage.feed.values()), '%.6g' % stage.japan_demand,
                     '%.6g' % max(0, stage.japan_need), '%.6g' % stage.rest, '%.1f' % (100 * stage.rest / stage.total)])
    return table(['mineral', 'stage', 'world output [t/year]', 'feed to next [t/year]', 'demand of Japan [t/year]',
                  'import need of Japan [t/year]', 'use elsewhere [t/year]', 'use elsewhere [% of output]'], rows)


# ---- 8 minerals ------------------------------------------------------------------------------------------------------

def grade_of(model, m):
    """The worst of three: Japan's demand; world output of the final form, by the grade that covers half of the
    tonnes; its imports of that form (or, if there are none, of its feed), likewise."""
    final = model.minerals[m]['final_stage']
    stage = model.stages[m, final]
    grades = [stage.japan_demand_grade, dominant([(s['output'], s['grade']) for l in stage.sites.values() for s in l])]
    for f in reversed(model.forms[m][:model.forms[m].index(final) + 1]):  # no imports of it: those of its feed
        flows = [(k['volume'], k['grade']) for (a, b), k in model.stages[m, f].known.items() if b == 'JPN']
        if flows:
            break
    grades.append(dominant(flows) if flows else grades[1])
    return max(grades), grades


def price_of(model, m):
    r = model.minerals[m]
    floor = VOLATILITY_FLOOR.get(m, 0)
    total = max(float(r['price_vol_annual']), floor)
    rate, mean = jumps_of(m, r)
    jumps = rate * (mean ** 2 + JUMP_SD ** 2) if rate > 0 else 0.0
    diffusive = max(VOLATILITY_LEAST ** 2, total ** 2 - jumps) ** 0.5  # the recorded variance, jumps included, is kept
    half = float(r['price_halflife_years']) if half_life_known(model, m) else six(median_half_life(model))
    usual = total / (2 * math.log(2) / half) ** 0.5                    # stationary sd of the log price
    threshold = max(SUBSTITUTION_THRESHOLD, math.exp(UNUSUAL * usual))
    return {'initial': six(float(r['price_usd_per_t_contained'])), 'half': half, 'volatility': diffusive, 'rate': rate,
            'mean': mean, 'threshold': threshold}


def median_half_life(model):
    known = sorted(float(model.minerals[m]['price_halflife_years']) for m in MINERALS if half_life_known(model, m))
    middle = len(known) // 2
    return known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2


def jumps_of(m, r):
    """The record counts jumps both ways; only upward ones are simulated, less those that scarcity makes by itself."""
    mean = float(r['jump_up_mean_log'])
    if mean <= 0:
        return 0.0, 0.0
    prices = sorted((int(p['year']), float(p['price_usd_per_t_contained'])) for p in PRICES if p['mineral_id'] == m)
    moves = [(b[1] / a[1]) for a, b in zip(prices, prices[1:])]
    moves.sort(key=lambda x: -max(x, 1 / x))
    count = max(1, round(float(r['jump_freq_per_year']) * len(moves)))
    up = sum(x > 1 for x in moves[:count]) / count
    return six(JUMP_OWN * up * float(r['jump_freq_per_year'])), mean


PRICES = read('prices.csv')


def minerals_yaml(model):
    out = ['# Written by derive.py: minerals, prices and demand response of the Japan scenario.  Do not edit; see README.md.',
           'minerals:']
    for m in MINERALS:
        r = model.minerals[m]
        grade, parts = grade_of(model, m)
        p = price_of(model, m)
        response = ['elasticity: %.6g' % abs(float(r['elasticity_demand_sr'])), 'price_range: [1, 20]']
        if REPORT.get(m) == 'host':  # README, by-products: a price swing is not to cut what the by-products come from
            p['volatility'], p['rate'] = 0.0, 0.0
        limit = float(r['substitutable_3y'])
        if limit > 0:
            response.append('substitution: {limit: %.6g %%, lag: 3 years, irreversible: 50 %%, threshold: %.3g}'
                            % (100 * limit, p['threshold']))
        price = ['initial: %s USD/t' % money(p['initial']), 'half_life: %.6g years' % p['half'],
                 'volatility: %.3g %%/sqrt(year)' % (100 * p['volatility'])]
        if p['rate'] > 0:
            price.append('jumps: {rate: %.4g /year, mean: %.6g, sd: %.6g}' % (p['rate'], p['mean'], JUMP_SD))
        price.append('scarcity: %d' % SCARCITY.get(m, SCARCITY_ELSE))
        out += ['  %s:' % m,
                '    name: "%s"' % r['name'],
                '    unit: "%s"' % r['unit'],
                '    grade: %s  # demand %s, world output %s, imports %s' % (grade, parts[0], parts[1], parts[2]),
                '    forms: [%s]' % ', '.join(model.forms[m])] + (['    report: %s' % REPORT[m]] if m in REPORT else []) + [
                '    price: {%s}' % ', '.join(price),
                '    demand_response: {%s}' % ', '.join(response)]
    return '\n'.join(out) + '\n'


def half_life_known(model, m):
    r = model.minerals[m]
    return (float(r['price_halflife_years']) < HALF_LIFE_NOT_IDENTIFIED
            and int(r['vol_n_obs']) >= HALF_LIFE_LEAST_OBSERVATIONS)


def money(x):
    return '{:,.0f}'.format(x).replace(',', '_') if x == int(x) else '%.6g' % x


# ---- all together ----------------------------------------------------------------------------------------------------

def derive():
    model, routes = Model(), Routes()
    stage_numbers(model)
    outputs(model)
    japan_demands(model)
    import_shares(model)
    fold(model)
    make_sites(model)
    japan_imports(model)
    use_elsewhere(model)
    links(model)
    drop_empty_hubs(model)
    declare(model)
    hubs, tiers = stocks(model)
    hosts, host_trace = host_rows(model)
    files = {
        'network/hosts.csv': hosts, 'network/hosts_explained.csv': host_trace,
        'network/sites.csv': sites_table(model), 'network/trade.csv': trade_table(model, routes),
        'network/demand.csv': demand_table(model), 'network/hubs.csv': hubs, 'stockpiles.csv': tiers,
        'minerals.yaml': minerals_yaml(model), 'hazards.yaml': hazards_yaml(model, routes),
        'hazards_other_exporters.yaml': others_yaml(model), 'ignorance.yaml': ignorance_yaml(model),
        'network/corrections_applied.csv': corrections_table(model), 'network/balance.csv': balance_table(model)}
    return model, files


def main(arguments):
    model, files = derive()
    check = arguments == ['--check']
    into = arguments[1] if len(arguments) == 2 and arguments[0] == '--into' else HERE
    if arguments and not check and into == HERE:
        sys.stderr.write(__doc__)
        return 64
    different = 0
    for name, text in sorted(files.items()):
        path = os.path.join(into, name)
        if check:
            there = open(path, encoding='utf-8').read() if os.path.exists(path) else ''
            if there != text:
                different = 1
                sys.stdout.writelines(list(difflib.unified_diff(there.splitlines(True), text.splitlines(True),
                                                                name + ' (committed)', name + ' (derived)'))[:60])
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8', newline='') as f:
                f.write(text)
    if not check:
        hubs = sum(len(s.hubs) for m, f, s in model.all_stages())
        sites = sum(len(l) for m, f, s in model.all_stages() for l in s.sites.values())
        arcs = files['network/trade.csv'].count('\n') - 1
        print('%d hubs, %d sites, %d arcs, %d demand rows' % (hubs, sites, arcs, files['network/demand.csv'].count('\n') - 1))
    return different


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
