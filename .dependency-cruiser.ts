import type { ICruiseOptions, IForbiddenRuleType } from 'dependency-cruiser'

const rooms =
  '^(bin|lib|functions|schemas|domain|connectors|platform|twins|local|simulation|bench|settings|test|docs)/'

/** A room imports from itself, from these, and from no other room. */
const room = (from: string, allowed: readonly string[], comment: string): IForbiddenRuleType => ({
  name: `${from}-stays-in-its-room`,
  comment,
  severity: 'error',
  from: { path: `^${from}/` },
  to: { path: rooms, pathNot: [`^${from}/`, ...allowed.map((path) => `^${path}`)] },
})

const connector = '^connectors/([^/]+)/'

/** Verifies for those connectors whose systems sign by one standard. */
const sharedDoor = '^connectors/kit/signatures\\.ts$'
const outside = '^(twins|local|simulation|bench|test)/'

export const forbidden: IForbiddenRuleType[] = [
  room('bin', ['lib/'], 'bin only instantiates stacks.'),
  room(
    'lib',
    ['schemas/', 'connectors/(index|contract)\\.ts$', 'functions/[^/]+/env\\.ts$'],
    'Infrastructure reads registries and Env schemas, nothing that runs.',
  ),
  room(
    'functions',
    ['platform/', 'connectors/', 'domain/', 'schemas/'],
    'A Lambda knows nothing of the infrastructure it runs on.',
  ),
  room('schemas', [], 'Schemas are the vocabulary; they know nothing.'),
  room('domain', ['schemas/'], 'Domain rules are pure.'),
  {
    name: 'effects-know-no-order',
    comment:
      'Whatever is carried out at a system is carried out for an aggregate; an order is one of them.',
    severity: 'error',
    from: { path: '^domain/effects/' },
    to: { path: '^domain/(order|returns|settlements)/' },
  },
  room(
    'connectors',
    ['domain/', 'schemas/'],
    'A connector speaks the vendor on one side, canonical on the other.',
  ),
  room(
    'twins',
    ['schemas/'],
    "A twin is written from its vendor's contract: what it took from us would agree with our mistakes.",
  ),
  room('platform', ['domain/', 'schemas/'], 'Platform implements the ports.'),
  {
    name: 'only-deps-and-handler-touch-platform',
    comment: 'Logic is wired in one place; the wiring is all that knows AWS.',
    severity: 'error',
    from: { path: '^functions/[^/]+/', pathNot: '/(deps|handler)\\.ts$' },
    to: { path: '^platform/' },
  },
  {
    name: 'one-connector-or-function-never-imports-another',
    severity: 'error',
    from: { path: '^(connectors|functions)/([^/]+)/' },
    to: { path: '^$1/[^/]+/', pathNot: ['^$1/$2/', '^connectors/kit/'] },
  },
  {
    name: 'nobody-imports-the-laptop-tests-or-twins',
    comment: 'A twin in a bundle, or a test in a Lambda, would be a stand-in for the real thing.',
    severity: 'error',
    from: { pathNot: outside },
    to: { path: [outside, '/fixtures/'] },
  },
  {
    name: 'pure-rooms-know-zod-alone',
    comment:
      'Purity that one can see: no SDK, no helper library, no node but node:crypto in a connector.',
    severity: 'error',
    from: { path: '^(schemas|domain|connectors)/' },
    to: {
      dependencyTypes: [
        'npm',
        'npm-dev',
        'npm-optional',
        'npm-no-pkg',
        'npm-unknown',
        'core',
        'unknown',
        'undetermined',
      ],
      pathNot: ['node_modules/zod/', '^(node:)?crypto$'],
    },
  },
  {
    name: 'schemas-and-domain-have-no-node',
    severity: 'error',
    from: { path: '^(schemas|domain)/' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'a-door-is-crypto-and-types',
    comment: 'It goes into the webhook function, which has to start within milliseconds.',
    severity: 'error',
    from: { path: [`${connector}verify\\.ts$`, sharedDoor] },
    to: { pathNot: ['^(node:)?crypto$', sharedDoor], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'aws-only-in-platform-and-deps',
    severity: 'error',
    from: {
      pathNot:
        '^(platform/|functions/[^/]+/deps\\.ts$|(twins|local|simulation|bench|test)/|node_modules)',
    },
    to: { path: 'node_modules/(@aws-sdk|@aws-lambda-powertools|aws4fetch)/' },
  },
  {
    name: 'cdk-only-in-lib-and-bin',
    severity: 'error',
    from: { pathNot: '^(lib|bin|test)/|node_modules' },
    to: { path: 'node_modules/(aws-cdk-lib|constructs|cdk-nag)/' },
  },
  {
    name: 'no-cycles',
    comment: 'Also of types: two files that need each other are one thought.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    severity: 'error',
    from: {
      orphan: true,
      pathNot: ['^(bin|test)/', '/(handler|twin)\\.ts$', '\\.(js|mjs|json)$', '\\.d\\.ts$'],
    },
    to: {},
  },
]

export const options: ICruiseOptions = {
  doNotFollow: { path: 'node_modules' },
  tsPreCompilationDeps: true,
  moduleSystems: ['es6'],
  // A module that is not resolved matches no path, and so breaks no rule.
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['types', 'import', 'require', 'node', 'default'],
  },
  exclude: { path: '^(cdk\\.out|dist|coverage)/' },
}

export default { forbidden, options }
