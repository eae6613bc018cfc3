import { rmSync } from 'node:fs'
import { build } from '../../local/build.ts'
import { type Grant, isUseOf } from '../../local/cloud/grants.ts'
import type { Use } from '../../local/cloud/roles.ts'
import { partnerShipsTill, withSettings } from '../e2e/support/assembly.ts'
import { everythingHappens } from '../e2e/support/everything-happens.ts'
import { type OpenedHub, open, root } from '../e2e/support/open-hub.ts'
import { erp, eventually, shop, wms } from '../e2e/support/outside.ts'

/**
 * Grants that no journey on a laptop can need, and why a role has them all the same. One that a journey needs after all
 * does not belong here.
 */
const reasons: readonly Reason[] = [
  {
    action: /^kms:/,
    of: /:kms:/,
    why: 'DynamoDB asks the key in the name of whoever reads or writes a table under it; the laptop has no keys.',
  },
  {
    action: /^execute-api:/,
    of: /:execute-api:/,
    why: 'People assume these roles, and no function does: test/e2e/roles.test.ts.',
  },
  {
    role: /ServeApi|Poll/,
    action: /^dynamodb:DeleteItem$/,
    of: /Idempotency/,
    why: 'Powertools forgets a request whose work threw: test/platform/idempotent.test.ts.',
  },
  {
    action: /^dynamodb:(BatchGet|Delete|Put|Update)Item$/,
    of: /Crossdock-demo-Stock/,
    key: /^(sku|share)#\*$/,
    why: 'An order and its units are one transaction: whoever tells the ledger something may have to promise units, or to give them back.',
  },
  {
    action: /^dynamodb:BatchGetItem$/,
    of: /CrossReferences$/,
    key: /^shipbob\/demo-wms#\*$/,
    why: 'The same, in the words of the warehouse where the units lie.',
  },
  {
    role: /IntakeConsumer|ServeApi|CountingImports|CountMain/,
    action: /^dynamodb:(BatchGetItem|GetItem|PutItem|Query|UpdateItem)$/,
    of: /Crossdock-demo-Stock/,
    key: /^(sku|share|move|count)#\*$/,
    why: 'Counts and movements come by webhook, API, file and comparison, and all go one way, whichever of it they need.',
  },
  {
    role: /ServeApi|CountingImports|CrossReferenceFilesImports/,
    action: /^dynamodb:(BatchGetItem|PutItem|Query)$/,
    of: /Crossdock-demo-Stock/,
    key: /^listing#\*$/,
    why: 'Terms of listings come by API and file, and new names by file: test/e2e/publishing.test.ts.',
  },
  {
    role: /SweepListings|ShopifyDemoStore-Listings|ProjectorProjectStock/,
    action:
      /^(dynamodb:(BatchGet|Get|Put|Update)Item|dynamodb:Query|sqs:SendMessage|secretsmanager:GetSecretValue)$/,
    of: /Crossdock-demo-Stock|Listings-|Crossdock-demo-Cursors|Crossdock-demo-Ledger|secret:/,
    why: 'What a shop is told anew, again or late, and who gets what came, has journeys of its own: test/e2e/publishing.test.ts.',
  },
]

interface Reason {
  /** @default every role */
  readonly role?: RegExp
  readonly action: RegExp
  readonly of: RegExp
  /** @default every key, and none */
  readonly key?: RegExp
  readonly why: string
}

let assembly: string
let hub: OpenedHub
let grants: readonly Grant[]
beforeAll(async () => {
  assembly = withEverythingToWaitFor(await build(root))
  hub = await open({ assembly })
  grants = hub.hub.cloud.grants()
  await everythingHappens(hub)
})
afterAll(async () => {
  await hub?.hub.close()
  rmSync(assembly, { recursive: true, force: true })
})

const uses = () => hub.hub.cloud.uses()

test('no grant could be taken away unnoticed, but for those with a written reason', async () => {
  await eventually('a use of every grant', async () => {
    const idle = needless(grants, uses()).filter((grant) => !reasons.some(isFor(grant)))
    return idle.length === 0 ? grants : Error(idle.map(said).join('\n'))
  })
})

test('no reason is given for what is used, or for what is not there', () => {
  const idle = needless(grants, uses())
  expect(reasons.filter((reason) => !idle.some((grant) => isFor(grant)(reason)))).toEqual([])
})

test('nothing was done that is not granted', () => {
  expect(hub.happenings.filter(({ kind }) => kind === 'denied')).toEqual([])
})

test('one grant more is named, whether it is new or wider', () => {
  const [some] = grants.filter((grant) => !needless(grants, uses()).includes(grant))
  if (!some) throw new Error('there are no grants')
  for (const more of [
    { ...some, action: 'dynamodb:DeleteTable' },
    { ...some, action: `${some.action.split(':')[0]}:*` },
    { ...some, resource: '*' },
  ]) {
    expect(needless([...grants, { ...more }], uses()).map(said)).toContain(said(more))
  }
})

/**
 * Grants without which everything that was done could have been done, by others that are no wider. Two that say the same
 * are one.
 */
const needless = (all: readonly Grant[], done: readonly Use[]): readonly Grant[] => {
  const different = [...new Map(all.map((grant) => [said(grant), grant])).values()]
  return different.filter((grant) => {
    const others = different.filter(
      (other) => other !== grant && other.role === grant.role && width(other) <= width(grant),
    )
    return done
      .filter((use) => isUseOf(grant, use))
      .every((use) => others.some((other) => isUseOf(other, use)))
  })
}

/** A key narrows more than a resource, and that more than an action. */
const width = ({ action, resource, key }: Grant): number =>
  (key === undefined ? 4 : 0) + (resource.includes('*') ? 2 : 0) + (action.includes('*') ? 1 : 0)

const said = ({ role, action, resource, key }: Grant): string =>
  [role.split('/').at(-1), action, resource, key].filter(Boolean).join(' ')

const isFor =
  ({ role, action, resource, key = '' }: Grant) =>
  (reason: Reason): boolean =>
    (reason.role?.test(role) ?? true) &&
    (reason.key?.test(key) ?? true) &&
    reason.action.test(action) &&
    reason.of.test(resource)

/** A copy of the assembly where names are required, a partner ships what the till sells, and deadlines are short. */
function withEverythingToWaitFor(original: string): string {
  const required: Readonly<Record<string, object>> = {
    [erp]: { sku: 'required' },
    [wms]: { sku: 'required' },
    'generic-webhook/demo-partner': { sku: 'required' },
    [shop]: { carrier: 'required' },
  }
  return withSettings(original, (settings) => ({
    connections: settings.connections.map((connection) => ({
      ...connection,
      crossReferences: required[connection.id] ?? {},
    })),
    routes: partnerShipsTill(settings),
    stages: { ...settings.stages, accepted: 8 },
  }))
}
