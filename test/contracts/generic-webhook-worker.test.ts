import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemOf } from '../../functions/perform-effects/system-of.ts'
import { readSettings } from '../../lib/settings/settings.ts'
import { performDeps } from '../../platform/wiring/perform-deps.ts'
import { lookupUrl, partner, url } from '../support/generic-webhook.ts'

/** The effects that a worker of a connection with these settings carries out. */
function effectsOf(own: object) {
  const { connections, ...settings } = readSettings('demo')
  const like = connections.find(({ connector }) => connector === 'generic-webhook')
  const connection = {
    ...Object(like),
    id: partner,
    own: { capabilities: ['fulfilment'], url, ...own },
  }
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-worker-'))
  writeFileSync(
    join(folder, 'settings.json'),
    JSON.stringify({ ...settings, connections: [connection] }),
  )
  process.env['LAMBDA_TASK_ROOT'] = folder
  process.env['AWS_REGION'] = 'eu-central-1'
  const env = {
    CONNECTION: partner,
    LEDGER_TABLE: 'ledger',
    PEOPLE_TABLE: 'people',
    CURSORS_TABLE: 'cursors',
    CROSS_REFERENCES_TABLE: 'cross-references',
    STOCK_TABLE: 'stock',
    LANE_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/1/lane',
  }
  return performDeps(env, systemOf).system.effects
}

test.each([
  ['lookup', { lookupUrl }],
  ['key', {}],
  ['none', { isIdempotent: false }],
])('a worker is as careful as its connection needs: %s', (by, own) => {
  expect(effectsOf(own)['release-order']?.safety.by).toBe(by)
})

test('a worker of a system that cannot amend has nothing to amend with', () => {
  expect(Object.keys(effectsOf({ amends: false }))).toEqual(['release-order', 'cancel-release'])
})
