import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../../lib/bundle.ts'
import type { Deployment } from '../../lib/deployment.ts'
import { readSettings } from '../../lib/settings/settings.ts'

const deployment: Deployment = {
  ...readSettings('demo'),
  bundles: mkdtempSync(join(tmpdir(), 'crossdock-bundles-')),
}
const file = (...path: string[]) => join(deployment.bundles, ...path)
const functions = readdirSync('functions')

beforeAll(() => bundle(deployment), 60_000)

test('every function is bundled', () => {
  expect(readdirSync(deployment.bundles).toSorted()).toEqual(functions.toSorted())
})

test.each(functions)('%s is small enough to start fast', (name) => {
  const limit = name === 'receive-webhook' ? 50_000 : 900_000
  expect(statSync(file(name, 'index.cjs')).size).toBeLessThan(limit)
})

test('a bundle carries the connectors that its environment names, and no other', () => {
  const text = readFileSync(file('transform-message', 'index.cjs'), 'utf8')
  for (const title of ['Shopify', 'NetSuite', 'ShipBob', 'A system by webhook']) {
    expect(text).toContain(`title:"${title}"`)
  }
  for (const title of ['Mirakl', 'Business Central']) expect(text).not.toContain(`title:"${title}"`)
})

test("the webhook function has every connector's door, no schemas and no SDK", () => {
  const door = readFileSync(file('receive-webhook', 'index.cjs'), 'utf8')
  expect(door).toContain('connectors/shopify/verify.ts')
  expect(door).toContain('connectors/shipbob/verify.ts')
  expect(door).not.toMatch(/_zod|middlewareStack/)
})

test("no bundle contains zod's locales except English", () => {
  for (const name of functions) {
    const text = readFileSync(file(name, 'index.cjs'), 'utf8')
    expect(text).not.toMatch(/Ungültige Eingabe/)
  }
})

test('settings are written beside each bundle, and unchanged files are not rewritten', async () => {
  const settings = file('perform-effects', 'settings.json')
  const { bundles: _, ...written } = deployment
  expect(JSON.parse(readFileSync(settings, 'utf8'))).toEqual(written)

  const { mtimeMs } = statSync(settings)
  await bundle(deployment)
  expect(statSync(settings).mtimeMs).toBe(mtimeMs)
})

test('the API has its description beside it, as docs/openapi.json has it', () => {
  const description = JSON.parse(readFileSync(file('serve-api', 'openapi.json'), 'utf8'))
  expect(description).toEqual(JSON.parse(readFileSync('docs/openapi.json', 'utf8')))
})
