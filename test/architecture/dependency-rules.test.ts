import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise } from 'dependency-cruiser'
import { forbidden, options } from '../../.dependency-cruiser.ts'

const root = join(import.meta.dirname, '../..')

/** A rule that stops firing still passes, so each one is shown files it must refuse. */
const probes = [
  ['bin-stays-in-its-room', 'bin/app.ts', '../domain/order.ts'],
  ['lib-stays-in-its-room', 'lib/stack.ts', '../platform/logger.ts'],
  ['lib-stays-in-its-room', 'lib/stack.ts', '../functions/a/handler.ts'],
  ['lib-stays-in-its-room', 'lib/stack.ts', '../connectors/a/index.ts'],
  ['lib-stays-in-its-room', 'lib/stack.ts', '../domain/order.ts'],
  ['functions-stays-in-its-room', 'functions/a/handler.ts', '../../lib/lane.ts'],
  ['schemas-stays-in-its-room', 'schemas/order.ts', '../domain/order.ts'],
  ['domain-stays-in-its-room', 'domain/order.ts', '../platform/logger.ts'],
  ['domain-stays-in-its-room', 'domain/order.ts', '../connectors/contract.ts'],
  ['effects-know-no-order', 'domain/effects/perform.ts', '../order/claims.ts'],
  ['connectors-stays-in-its-room', 'connectors/a/index.ts', '../../platform/http/send.ts'],
  ['connectors-stays-in-its-room', 'connectors/a/index.ts', '../../twins/a/twin.ts'],
  ['twins-stays-in-its-room', 'twins/a/twin.ts', '../../platform/http/send.ts'],
  ['twins-stays-in-its-room', 'twins/a/twin.ts', '../../connectors/a/settings.ts'],
  ['twins-stays-in-its-room', 'twins/a/twin.ts', '../../connectors/kit/answers.ts'],
  ['twins-stays-in-its-room', 'twins/a/twin.ts', '../../domain/parse.ts'],
  ['twins-stays-in-its-room', 'twins/kit/body.ts', '../../domain/parse.ts'],
  ['twins-stays-in-its-room', 'twins/host/courier.ts', '../../local/cloud/http-client.ts'],
  ['connectors-stays-in-its-room', 'connectors/a/index.ts', '../../functions/a/env.ts'],
  ['platform-stays-in-its-room', 'platform/store.ts', '../connectors/index.ts'],
  [
    'only-deps-and-handler-touch-platform',
    'functions/a/a.ts',
    '../../platform/telemetry/logger.ts',
  ],
  [
    'only-deps-and-handler-touch-platform',
    'functions/a/env.ts',
    '../../platform/wiring/read-env.ts',
  ],
  ['one-connector-or-function-never-imports-another', 'connectors/a/index.ts', '../b/index.ts'],
  ['one-connector-or-function-never-imports-another', 'connectors/a/orders.ts', '../b/orders.ts'],
  ['one-connector-or-function-never-imports-another', 'connectors/kit/answers.ts', '../a/index.ts'],
  ['one-connector-or-function-never-imports-another', 'functions/a/deps.ts', '../b/deps.ts'],
  ['nobody-imports-the-laptop-tests-or-twins', 'platform/a.ts', '../local/start.ts'],
  ['nobody-imports-the-laptop-tests-or-twins', 'lib/a.ts', '../test/support/a.ts'],
  ['nobody-imports-the-laptop-tests-or-twins', 'connectors/a/index.ts', '../../simulation/a.ts'],
  ['nobody-imports-the-laptop-tests-or-twins', 'connectors/a/index.ts', './fixtures/a.ts'],
  ['pure-rooms-know-zod-alone', 'connectors/a/index.ts', 'graphql'],
  ['pure-rooms-know-zod-alone', 'connectors/a/index.ts', '@aws-sdk/client-sqs'],
  ['pure-rooms-know-zod-alone', 'connectors/a/index.ts', 'node:fs'],
  ['pure-rooms-know-zod-alone', 'domain/a.ts', 'not-installed'],
  ['schemas-and-domain-have-no-node', 'domain/id.ts', 'node:crypto'],
  ['schemas-and-domain-have-no-node', 'schemas/id.ts', 'node:crypto'],
  ['a-door-is-crypto-and-types', 'connectors/a/verify.ts', 'zod'],
  ['a-door-is-crypto-and-types', 'connectors/kit/signatures.ts', 'zod'],
  ['a-door-is-crypto-and-types', 'connectors/a/verify.ts', './wire.ts'],
  ['a-door-is-crypto-and-types', 'connectors/a/verify.ts', '../../domain/parse.ts'],
  ['aws-only-in-platform-and-deps', 'functions/a/a.ts', '@aws-sdk/client-sqs'],
  ['aws-only-in-platform-and-deps', 'lib/a.ts', 'aws4fetch'],
  ['cdk-only-in-lib-and-bin', 'platform/a.ts', 'aws-cdk-lib'],
  ['cdk-only-in-lib-and-bin', 'local/a.ts', 'constructs'],
  ['no-orphans', 'domain/a.ts', undefined],
] as const

/** What the rules must leave alone, because the house is built of it. */
const permitted = [
  ['bin/app.ts', '../lib/stack.ts'],
  ['lib/stack.ts', '../functions/a/env.ts'],
  ['lib/stack.ts', '../connectors/index.ts'],
  ['lib/stack.ts', 'aws-cdk-lib'],
  ['functions/a/deps.ts', '../../platform/telemetry/logger.ts'],
  ['functions/a/deps.ts', '@aws-sdk/client-sqs'],
  ['domain/order/aggregate.ts', '../effects/catalogue.ts'],
  ['connectors/a/verify.ts', 'node:crypto'],
  ['twins/a/twin.ts', 'graphql'],
  ['twins/a/twin.ts', '../kit/answer.ts'],
  ['twins/a/twin.ts', '../../schemas/canonical/money.ts'],
  ['connectors/index.ts', './a/index.ts'],
  ['connectors/a/wire.ts', 'zod'],
  ['local/start.ts', '../twins/a/twin.ts'],
  ['test/a.test.ts', '../local/start.ts'],
] as const

let baseDir: string
beforeEach(() => {
  baseDir = mkdtempSync(join(tmpdir(), 'probe-'))
  symlinkSync(join(root, 'node_modules'), join(baseDir, 'node_modules'))
  symlinkSync(join(root, 'package.json'), join(baseDir, 'package.json'))
})
afterEach(() => {
  rmSync(baseDir, { recursive: true })
})

test.each(probes)('%s: %s may not import %s', async (rule, from, to) => {
  plant(from, to)
  expect(await violations()).toContain(rule)
})

test.each(permitted)('%s may import %s', async (from, to) => {
  plant(from, to)
  expect((await violations()).filter((rule) => rule !== 'no-orphans')).toEqual([])
})

test('a door may import types', async () => {
  write('domain/door.ts', 'export interface Door {}\n')
  write(
    'connectors/a/verify.ts',
    `import type { Door } from '../../domain/door.ts'\nexport const door: Door = {}\n`,
  )
  expect(await violations()).toEqual([])
})

test.each(['', 'type '])('no-cycles: two files may not import %seach other', async (type) => {
  for (const [one, other] of ['ab', 'ba']) {
    write(
      `domain/${one}.ts`,
      `import ${type}{ X } from './${other}.ts'\nexport type X = number\nexport const x: X = 1\n`,
    )
  }
  expect(await violations()).toContain('no-cycles')
})

test('every rule has a probe, and there are fewer than twenty', () => {
  const probed = new Set<string>(['no-cycles', ...probes.map(([rule]) => rule)])
  expect(forbidden.map(({ name }) => name).filter((name) => !probed.has(name ?? ''))).toEqual([])
  expect(forbidden.length).toBeLessThan(20)
})

async function violations(): Promise<string[]> {
  const { output } = await cruise(['.'], {
    ...options,
    baseDir,
    ruleSet: { forbidden },
    validate: true,
  })
  if (typeof output === 'string') throw new Error(output)
  return output.summary.violations.map(({ rule }) => rule.name)
}

function plant(from: string, to: string | undefined): void {
  write(from, to === undefined ? 'export {}\n' : `import '${to}'\n`)
  if (to?.startsWith('.')) write(join(dirname(from), to), 'export {}\n')
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(baseDir, path)), { recursive: true })
  writeFileSync(join(baseDir, path), text)
}
