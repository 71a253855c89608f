/**
 * The import arrows of the repository. Each rule names what must never be imported; a new arrow is a decision,
 * to be written down in infra/decisions before it is allowed here.
 */
const ours = '^(contracts|api|mobile-sdk|labeling-ui|infra|test)/';
const contractsOnly = '^contracts/(?!protocol/)';

/** `from` may import only itself and `allowed` among our own folders. */
const only = (name, from, allowed, fromNot = []) => ({
  name,
  severity: 'error',
  from: { path: from, ...(fromNot.length > 0 ? { pathNot: fromNot } : {}) },
  to: { path: ours, pathNot: [from, ...allowed] },
});

/** Inside the api, a layer may be imported by the layers above it only. */
const never = (name, from, to) => ({ name, severity: 'error', from: { path: from }, to: { path: to } });

const layer = (name) => `^api/src/${name}/`;
const feature = (name) => `^api/src/modules/${name}/`;
const features = (...names) => `^api/src/modules/(${names.join('|')})/`;

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Two files that import each other are one file, or the arrow between them is wrong.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nobody-imports-test',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    only('protocol-imports-nothing-of-ours', '^contracts/protocol/', []),
    only('contracts-to-protocol', contractsOnly, ['^contracts/protocol/']),
    only('api-to-contracts-and-protocol', '^api/', ['^contracts/']),
    only(
      'sdk-to-abi-and-protocol',
      '^mobile-sdk/',
      // `allod recompute` is the scorer itself, which is pure code over published votes and knows no API.
      ['^contracts/abi/', '^contracts/protocol/', '^api/schema\\.graphql$', '^api/src/cli/recompute\\.ts$'],
      ['\\.test\\.ts$'],
    ),
    only('ui-to-sdk-and-protocol', '^labeling-ui/', ['^mobile-sdk/', '^contracts/protocol/']),
    only(
      'keepers-to-abi-and-protocol',
      '^infra/keepers/',
      ['^contracts/abi/', '^contracts/protocol/'],
      ['\\.test\\.ts$'],
    ),
    only('dev-to-dealer-sdk-and-contracts', '^infra/dev/', [
      '^infra/keepers/src/dealer\\.ts$',
      '^mobile-sdk/',
      '^contracts/',
    ]),

    never('api-config-is-the-ground', layer('config'), '^api/src/(common|database|jobs|integrations|modules)/'),
    never('api-common-is-below', layer('common'), '^api/src/(database|jobs|integrations|modules)/'),
    never('api-database-is-below', layer('database'), '^api/src/(jobs|integrations|modules)/'),
    never('api-jobs-is-below', layer('jobs'), '^api/src/(integrations|modules)/'),
    never('api-integrations-is-below', layer('integrations'), '^api/src/modules/'),

    never(
      'accounts-is-the-lowest',
      feature('accounts'),
      features('payouts', 'access', 'contributions', 'datasets', 'licensing', 'labeling'),
    ),
    never(
      'payouts-knows-accounts',
      feature('payouts'),
      features('access', 'contributions', 'datasets', 'licensing', 'labeling'),
    ),
    never(
      'access-knows-accounts',
      feature('access'),
      features('payouts', 'contributions', 'datasets', 'licensing', 'labeling'),
    ),
    never(
      'contributions-below-datasets',
      feature('contributions'),
      features('payouts', 'datasets', 'licensing', 'labeling'),
    ),
    never('datasets-below-the-markets', feature('datasets'), features('licensing', 'labeling')),
    never('licensing-beside-labeling', feature('licensing'), features('labeling')),
    never('labeling-beside-licensing', feature('labeling'), features('licensing')),

    never('ui-features-never-each-other', '^labeling-ui/src/features/([^/]+)/', '^labeling-ui/src/features/'),
    never('ui-shared-below-features', '^labeling-ui/src/(components|hooks|lib)/', '^labeling-ui/src/(features|app)/'),
    never('sdk-crypto-is-pure', '^mobile-sdk/src/crypto/', '^mobile-sdk/src/(actions|upload|keys|graphql|platform)/'),
  ].map((rule) =>
    rule.name === 'ui-features-never-each-other'
      ? { ...rule, to: { ...rule.to, pathNot: '^labeling-ui/src/features/$1/' } }
      : rule,
  ),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|dist|dist-next|coverage|artifacts|cache|\\.toolchain|\\.allod)/' },
    includeOnly: { path: ours },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
