import type { PlanFacts, ReleaseFact } from '../../src/domain/plan-facts';
import { buildPlan, verifyPlan } from '../../src/planning';
import { factsFor, release } from './build';

const running = (component: string, version: string) => ({
  [component]: { version, digest: `${component}${version[0]}` },
});

/** One component that runs 3.0.0 with this history. */
function one(releases: readonly ReleaseFact[], over: Partial<PlanFacts> = {}): PlanFacts {
  return { ...factsFor(['shop'], ['shop']), live: running('shop', '3.0.0'), releases, ...over };
}

const targetOf = (facts: PlanFacts) => buildPlan(facts).targets.find(({ component }) => component === 'shop');

describe('known-bad histories', () => {
  test('the previous revision was itself an aborted release: it is passed over, and said so', () => {
    const target = targetOf(
      one([
        release('shop', '3.0.0', 'unknown'),
        release('shop', '2.0.0', 'unknown', { why: 'its rollout was aborted' }),
        release('shop', '1.0.0', 'good'),
      ]),
    );
    expect(target?.to.version).toBe('1.0.0');
    expect(target?.why).toEqual(['2.0.0 passed over: never verified as good (its rollout was aborted)']);
  });

  test('the previous release is marked unstable: it is never a target', () => {
    const target = targetOf(one([release('shop', '2.0.0', 'unstable'), release('shop', '1.0.0', 'good')]));
    expect(target?.to.version).toBe('1.0.0');
    expect(target?.why).toEqual(['2.0.0 passed over: unstable']);
  });

  test('the same version with another digest is another release', () => {
    const rebuilt = { ...release('shop', '3.0.0', 'good'), digest: 'rebuilt' };
    const target = targetOf(one([release('shop', '3.0.0', 'unstable'), rebuilt]));
    expect(target).toMatchObject({ from: { digest: 'shop3' }, to: { version: '3.0.0', digest: 'rebuilt' } });
  });

  test('a failed deployment between is not gone back to, whenever it was live', () => {
    const target = targetOf(
      one([
        release('shop', '3.0.0', 'unknown', { lastLiveAtMs: 300 }),
        release('shop', '2.0.0', 'unknown', { lastLiveAtMs: 200, why: 'its deployment failed' }),
        release('shop', '1.0.0', 'good', { lastLiveAtMs: 100 }),
      ]),
    );
    expect(target?.to.version).toBe('1.0.0');
  });

  test('the artifact of the last good release was deleted from the registry: the one before it, with the reason', () => {
    const gone = [{ kind: 'registry', available: false, why: 'tag deleted' }];
    const target = targetOf(
      one([
        release('shop', '2.0.0', 'good', { sources: gone }),
        release('shop', '1.0.0', 'good', { sources: [{ kind: 'registry', available: true }] }),
      ]),
    );
    expect(target).toMatchObject({ to: { version: '1.0.0' }, source: 'registry' });
    expect(target?.why).toEqual(['2.0.0 passed over: its artifact can not be had any more (registry: tag deleted)']);
  });

  test('a rollback of a rollback does not go back up to the release that was rolled back', () => {
    const history = [
      release('shop', '3.0.0', 'unstable', { lastLiveAtMs: 200 }),
      release('shop', '2.0.0', 'good', { lastLiveAtMs: 300 }),
      release('shop', '1.0.0', 'good', { lastLiveAtMs: 100 }),
    ];
    const target = targetOf(one(history, { live: running('shop', '2.0.0') }));
    expect(target?.to.version).toBe('1.0.0');
    expect(target?.why).toEqual(['3.0.0 passed over: unstable']);
  });

  test('two bad releases in a row: every one that is passed over is named', () => {
    const target = targetOf(
      one(
        [
          release('shop', '4.0.0', 'unknown'),
          release('shop', '3.0.0', 'unstable'),
          release('shop', '2.0.0', 'revoked'),
          release('shop', '1.0.0', 'good'),
        ],
        { live: running('shop', '4.0.0') },
      ),
    );
    expect(target?.to.version).toBe('1.0.0');
    expect(target?.why).toEqual(['3.0.0 passed over: unstable', '2.0.0 passed over: revoked']);
  });

  test('no known-good release at all is a refusal that names every one', () => {
    const [refusal] = buildPlan(
      one([release('shop', '2.0.0', 'unstable'), release('shop', '1.0.0', 'unknown')]),
    ).refusals;
    expect(refusal).toMatchObject({ code: 'NO_KNOWN_GOOD_TARGET', components: ['shop'], path: [] });
    expect(refusal?.why).toBe(
      'shop has no known-good release to go back to: 2.0.0 passed over: unstable; 1.0.0 passed over: never verified as good',
    );
    expect(refusal?.offers[0]).toBe(
      'lastgood release mark known-good shop@1.0.0 --environment production --reason "why"',
    );
  });
});

test('of several releases that nobody verified the newest is the one to vouch for', () => {
  const never = ['1.0.0', '2.0.0'].map((version) => release('shop', version, 'unknown'));
  expect(buildPlan(one(never)).refusals[0]?.offers[0]).toContain('known-good shop@2.0.0 ');
});

test('a label that the bad release carries, too, is not the one to vouch for', () => {
  const rebuilt = release('shop', '3.0.0', 'unknown', { digest: 'sha256:rebuilt', lastLiveAtMs: 2 });
  const offered = (...releases: readonly ReleaseFact[]) => buildPlan(one(releases)).refusals[0]?.offers[0];
  expect(offered(rebuilt, release('shop', '2.0.0', 'unknown'))).toContain('known-good shop@2.0.0 ');
  expect(offered(rebuilt)).toContain('known-good shop@sha256:rebuilt ');
});

test('of two releases of one label only the one that was live last is vouched for', () => {
  const built = ['sha256:one', 'sha256:two'].map((digest, at) =>
    release('shop', '2.0.0', 'unknown', { digest, lastLiveAtMs: at }),
  );
  expect(buildPlan(one(built)).refusals[0]?.offers[0]).toContain('known-good shop@sha256:two ');
});

describe('which of several', () => {
  test('the last one that was live, where that is known, else the highest version below the live one', () => {
    const releases = [
      release('shop', '2.0.0', 'good'),
      release('shop', '1.0.0', 'good'),
      release('shop', '4.0.0', 'good'),
    ];
    expect(targetOf(one(releases))?.to.version).toBe('2.0.0');
    const timed = releases.map((found, at) => ({ ...found, lastLiveAtMs: at }));
    expect(targetOf(one(timed))?.to.version).toBe('4.0.0');
  });

  test('versions compare by number: 2.9.0 before 2.10.0, a pre-release before its release', () => {
    const versions = ['2.9.0', '2.10.0', '2.10.0-rc.9', '2.10.0-rc.10'];
    const releases = versions.map((version) => release('shop', version, 'good', { digest: version }));
    expect(targetOf(one(releases))?.to.version).toBe('2.10.0');
    expect(targetOf(one(releases.filter(({ version }) => version !== '2.10.0')))?.to.version).toBe('2.10.0-rc.10');
  });

  test('labels that are not semver compare by number: m9 before m10', () => {
    const facts = one(
      [release('shop', 'm9', 'good', { digest: 'a' }), release('shop', 'm10', 'good', { digest: 'b' })],
      {
        live: { shop: { version: 'm11', digest: 'c' } },
      },
    );
    expect(targetOf(facts)?.to.version).toBe('m10');
  });

  test('a label that the range of a rule can not judge is passed over, and the rule is named', () => {
    const facts: PlanFacts = {
      ...factsFor(['shop', 'api'], ['shop'], {
        catalog: { compatibility: { rules: [{ id: 'r', forbid: [{ shop: '<1' }, { api: '<1' }] }] } },
      }),
      releases: [
        release('shop', 'nightly', 'good', { digest: 'n', lastLiveAtMs: 2 }),
        release('shop', '1.0.0', 'good', { lastLiveAtMs: 1 }),
      ],
    };
    expect(targetOf(facts)?.why).toEqual([
      'nightly passed over: it is not a semver version, and the range of r can not judge it',
    ]);
  });

  test('the first available source is used, in the order of trust, and those before it are named as tried', () => {
    const sources = [
      { kind: 'backup', available: true },
      { kind: 'registry', available: true },
      { kind: 'pre-deploy capture', available: false, why: 'expired' },
    ];
    expect(targetOf(one([release('shop', '2.0.0', 'good', { sources })]))).toMatchObject({
      source: 'registry',
      sourcesTried: [{ kind: 'pre-deploy capture', available: false, why: 'expired' }],
    });
  });

  test('a source that nobody has heard of comes after a backup', () => {
    const sources = [
      { kind: 'attic', available: true },
      { kind: 'backup', available: true },
    ];
    expect(targetOf(one([release('shop', '2.0.0', 'good', { sources })]))?.source).toBe('backup');
  });

  test('a source is known however it is written', () => {
    const sources = ['Attic', 'Git mirror'].map((kind) => ({ kind, available: true }));
    expect(targetOf(one([release('shop', '2.0.0', 'good', { sources })]))?.source).toBe('Git mirror');
  });

  test('of two that were live last at the same time the newer, however they are listed', () => {
    const same = ['1.0.0', '2.0.0'].map((version) => release('shop', version, 'good', { lastLiveAtMs: 5 }));
    expect([same, same.toReversed()].map((listed) => targetOf(one(listed))?.to.version)).toEqual(['2.0.0', '2.0.0']);
  });

  test('a source that only the layers know is named too', () => {
    const layers = {
      shop: [
        {
          layer: 'files',
          reversibility: 'reversible' as const,
          sources: [
            { kind: 'cache', available: false },
            { kind: 'releases/2.0.0', available: true },
          ],
          steps: [],
        },
      ],
    };
    expect(targetOf(one([release('shop', '2.0.0', 'good')], { layers }))).toMatchObject({
      source: 'releases/2.0.0',
      sourcesTried: [{ kind: 'cache', available: false }],
    });
  });

  describe('whose artifact nobody has seen', () => {
    const risk = 'nobody has seen a source that still has the artifact: shop 2.0.0';
    const layersWith = (available: boolean) => ({
      shop: [{ layer: 'files', reversibility: 'reversible' as const, sources: [{ kind: 'cache', available }] }],
    });
    const good = release('shop', '2.0.0', 'good');
    const probed = { ...good, sources: [{ kind: 'registry', available: true }] };

    test.each([
      ['is a risk when no source was probed', one([good]), [risk]],
      ['is a risk when the layers looked and found nothing', one([good], { layers: layersWith(false) }), [risk]],
      ['is none when a source has it', one([probed]), []],
      ['is none when a layer found it', one([good], { layers: layersWith(true) }), []],
      ['is none when it runs already', one([release('shop', '3.0.0', 'good')], { to: { shop: '3.0.0' } }), []],
    ])('%s', (_name, facts, risks) => {
      expect(buildPlan(facts).risks.filter((text) => text.startsWith('nobody has seen'))).toEqual(risks);
    });

    test('is told of by label where nobody knows digests', () => {
      const steps = [{ from: '3', to: '2', version: '2.0.0' }];
      const facts = one([], {
        live: { shop: { version: '3.0.0', digest: '' } },
        layers: { shop: [{ layer: 'schema', reversibility: 'reversible', steps }] },
      });
      expect(buildPlan(facts).risks).toContain(risk);
    });
  });

  test('a set of versions that was seen live together is preferred, and the newer ones are not passed over silently', () => {
    const facts: PlanFacts = {
      ...factsFor(['shop', 'api'], ['shop', 'api'], {
        catalog: { components: { shop: { dependsOn: ['api'] }, api: {} } },
      }),
      live: { ...running('shop', '3.0.0'), ...running('api', '3.0.0') },
      releases: ['shop', 'api'].flatMap((name) => [release(name, '2.0.0', 'good'), release(name, '1.0.0', 'good')]),
    };
    expect(buildPlan(facts).targets.map(({ to }) => to.version)).toEqual(['2.0.0', '2.0.0']);
    const seen = { ...facts, observedTogether: [{ shop: '2.0.0', api: '1.0.0' }] };
    const plan = buildPlan(seen);
    expect(plan.targets.map(({ component, to }) => `${component} ${to.version}`)).toEqual(['api 1.0.0', 'shop 2.0.0']);
    expect(plan.targets[0]?.why).toEqual([
      '2.0.0 passed over: it fits the other targets less well (rules, or never seen together)',
    ]);
    expect(verifyPlan(plan, seen)).toEqual([]);
  });

  test('when the newest targets may not live together, the next older one that may is picked', () => {
    const facts: PlanFacts = {
      ...factsFor(['shop', 'api'], ['shop', 'api'], {
        catalog: { compatibility: { rules: [{ id: 'x', forbid: [{ shop: '2.0.0' }, { api: '2.0.0' }] }] } },
      }),
      live: { ...running('shop', '3.0.0'), ...running('api', '3.0.0') },
      releases: ['shop', 'api'].flatMap((name) => [release(name, '2.0.0', 'good'), release(name, '1.0.0', 'good')]),
    };
    const plan = buildPlan(facts);
    expect(plan.refusals).toEqual([]);
    expect(plan.targets.map(({ component, to }) => `${component} ${to.version}`)).toEqual(['api 1.0.0', 'shop 2.0.0']);
    expect(verifyPlan(plan, facts)).toEqual([]);
  });

  test('when no other candidate is left, the forbidden end is refused with what would help', () => {
    const facts: PlanFacts = {
      ...factsFor(['shop', 'api'], ['shop', 'api'], {
        catalog: { compatibility: { rules: [{ id: 'x', forbid: [{ shop: '1.0.0' }, { api: '1.0.0' }] }] } },
      }),
    };
    expect(buildPlan(facts).refusals).toMatchObject([
      {
        code: 'END_STATE_FORBIDDEN',
        components: ['api', 'shop'],
        path: [{ from: 'api', to: 'shop', rule: 'x' }],
        why: 'api 1.0.0 × shop 1.0.0 is forbidden by x, and both would be live in the end',
        offers: [
          'lastgood rollback production api shop --accept x --reason "why"',
          'fix forward: deploy a corrected shop and api',
        ],
      },
    ]);
  });
});

test('a forbidden end offers the other releases of both sides by name, also where they would be forbidden too', () => {
  const facts: PlanFacts = {
    ...factsFor(['shop', 'api'], ['shop', 'api'], {
      catalog: { compatibility: { rules: [{ id: 'x', forbid: [{ shop: '<2' }, { api: '<2' }] }] } },
    }),
    releases: ['shop', 'api'].flatMap((name) => [
      release(name, '1.0.0', 'good'),
      release(name, '0.9.0', 'good', { digest: `${name}09` }),
    ]),
  };
  expect(buildPlan(facts).refusals[0]?.offers.slice(1, 3)).toEqual([
    'lastgood plan production api shop --to shop=0.9.0',
    'lastgood plan production api shop --to api=0.9.0',
  ]);
});

describe('explicit targets', () => {
  const history = [
    release('shop', '3.0.0', 'unknown'),
    release('shop', '2.0.0', 'good'),
    release('shop', '1.0.0', 'good'),
    release('shop', '0.9.0', 'unstable', { why: 'drops orders' }),
  ];

  test('an older known-good release is taken when it is asked for', () => {
    expect(targetOf(one(history, { to: { shop: '1.0.0' } }))?.to.version).toBe('1.0.0');
    expect(targetOf(one(history, { to: { shop: 'shop1' } }))?.to.version).toBe('1.0.0');
  });

  test('one that is not known-good is refused with the rule that it breaks', () => {
    const [refusal] = buildPlan(one(history, { to: { shop: '0.9.0' } })).refusals;
    expect(refusal).toMatchObject({
      code: 'TARGET_NOT_ALLOWED',
      why: 'shop can not go to 0.9.0: unstable (drops orders)',
      offers: [
        'take the last known-good one, 2.0.0:  lastgood plan production shop',
        'fix forward: deploy a corrected shop',
      ],
    });
  });

  test('one that was never verified may be vouched for', () => {
    const unverified = one([...history, release('shop', '0.5.0', 'unknown', { digest: 'shop05' })]);
    expect(buildPlan({ ...unverified, to: { shop: '0.5.0' } }).refusals[0]?.offers[1]).toBe(
      'lastgood release mark known-good shop@0.5.0 --environment production --reason "why"',
    );
  });

  test('one that nobody knows is refused with those that are known, the most alike first, and how many more', () => {
    const why = (wanted: string, ...versions: readonly string[]): string | undefined => {
      const known = versions.map((version) => release('shop', version, 'good', { digest: version }));
      return buildPlan(one(known, { to: { shop: wanted } })).refusals[0]?.why;
    };
    const unknown = 'no such release is known; known are';
    expect(why('v2.0.0', '2.5.0', '2.0.0', '1.0.0')).toBe(`shop can not go to v2.0.0: ${unknown} 2.0.0, 2.5.0, 1.0.0`);
    expect(why('2.0.1', '2.5.0', 'v2.0.0', '1.0.0')).toBe(`shop can not go to 2.0.1: ${unknown} v2.0.0, 2.5.0, 1.0.0`);
    expect(why('1.v0', 'v1.v0', '1.0')).toBe(`shop can not go to 1.v0: ${unknown} v1.v0, 1.0`);
    expect(why('1v3', '13.0', '1v2')).toBe(`shop can not go to 1v3: ${unknown} 1v2, 13.0`);
    const nine = Array.from({ length: 9 }, (_none, at) => `1.${at}.0`);
    expect(why('1.9.0', ...nine)).toMatch(/1\.1\.0 and 1 more$/);
    expect(why('1.9.0', ...nine.slice(1))).toMatch(/1\.1\.0$/);
    expect(why('1.9.0')).toBe('shop can not go to 1.9.0: no other release of it is known');
  });

  test('one that nobody knows is refused', () => {
    const [refusal] = buildPlan(one(history, { to: { shop: '7.0.0' } })).refusals;
    expect(refusal?.why).toBe('shop can not go to 7.0.0: no such release is known; known are 2.0.0, 1.0.0, 0.9.0');
  });

  test('the release that runs is no move: there is nothing to do', () => {
    const plan = buildPlan(one(history, { to: { shop: '3.0.0' } }));
    expect(plan.units).toEqual([]);
    expect(plan.verdictText).toBe('SAFE (nothing to do: everything is at its target)');
    expect(verifyPlan(plan, one(history, { to: { shop: '3.0.0' } }))).toEqual([]);
  });
});
