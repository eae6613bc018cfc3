import { createHmac, createPrivateKey, sign } from 'node:crypto'
import { businessCentral } from '../../connectors/business-central/index.ts'
import type { Connector } from '../../connectors/contract.ts'
import { genericWebhook } from '../../connectors/generic-webhook/index.ts'
import { door as partnerDoor } from '../../connectors/generic-webhook/verify.ts'
import { mirakl } from '../../connectors/mirakl/index.ts'
import { netsuite } from '../../connectors/netsuite/index.ts'
import { shipbob } from '../../connectors/shipbob/index.ts'
import { door as shipbobDoor } from '../../connectors/shipbob/verify.ts'
import { shopify } from '../../connectors/shopify/index.ts'
import { door as shopifyDoor } from '../../connectors/shopify/verify.ts'
import type { Account } from '../../domain/account.ts'
import type { Door } from '../../domain/door.ts'
import type { Effects } from '../../domain/effects/effect.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Result } from '../../domain/result.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import { twin as businessCentralTwin } from '../../twins/business-central/twin.ts'
import { twin as partnerTwin } from '../../twins/generic-webhook/twin.ts'
import type { MakeTwin, Twin, TwinReply, TwinRequest } from '../../twins/kit/twin.ts'
import { twin as miraklTwin } from '../../twins/mirakl/twin.ts'
import { twin as netsuiteTwin } from '../../twins/netsuite/twin.ts'
import { twin as shipbobTwin } from '../../twins/shipbob/twin.ts'
import { twin as shopifyTwin } from '../../twins/shopify/twin.ts'
import { twinAccount } from '../support/account.ts'
import {
  subjectOf as bookingAtBusinessCentral,
  businessCentralSettings,
} from '../support/business-central.ts'
import { subjectOf as messageToPartner, url } from '../support/generic-webhook.ts'
import { subjectOf as bookingAtNetsuite, netsuiteSettings } from '../support/netsuite.ts'
import { subjectOf as release } from '../support/shipbob.ts'
import { memoryWorld } from '../support/twin-world.ts'

/** Changes what a connector sends, as a mistake in it would; the secret is what an attentive vendor gave out. */
type Mistake = (request: TwinRequest, secret: Twin['secret']) => TwinRequest

interface Vendor {
  readonly connector: Pick<Connector, 'id' | 'hosts' | 'settings' | 'mintsTokens'>
  readonly twin: MakeTwin
  readonly settings: object
  /** Something that needs the vendor's answer. */
  act(account: Account): Promise<Result<unknown, Failure>>
  readonly mistakes: Readonly<Record<string, readonly [Mistake, status: number, said: RegExp]>>
}

const vendors: readonly Vendor[] = [
  {
    connector: shopify,
    twin: shopifyTwin,
    settings: { shop: 'demo-store.myshopify.com' },
    act: (account) => shopify.orders.fetchOrder(account, '1'),
    mistakes: {
      'the host of another shop': [toHost('other-store.myshopify.com'), 404, /Not Found/],
      'a path of the REST API': [toPath('graphql.json', 'orders.json'), 404, /Not Found/],
      'a version that never was': [toPath('2026-10', '2026-11'), 404, /Not Found/],
      'the grant of an app on a page': [
        withField('grant_type', 'authorization_code'),
        400,
        /"unsupported_grant_type"/,
      ],
      'the secret of another app': [
        withField('client_secret', 'shpss_other'),
        400,
        /"invalid_client"/,
      ],
      'a token under another name': [
        withHeaders(({ 'x-shopify-access-token': token, ...headers }) => ({
          ...headers,
          ...(token && { authorization: `Bearer ${token}` }),
        })),
        401,
        /Invalid API key or access token/,
      ],
    },
  },
  {
    connector: mirakl,
    twin: miraklTwin,
    settings: { host: 'example.mirakl.net', taxMode: 'TAX_INCLUDED' },
    act: (account) => mirakl.orders.fetchOrder(account, 'none'),
    mistakes: {
      'the host of another operator': [toHost('other.mirakl.net'), 404, /Not Found/],
      'a path without /api': [toPath('/api', ''), 404, /Not Found/],
      'a tax mode that is none': [toPath('TAX_INCLUDED', 'GROSS'), 400, /order_tax_mode/],
      'a key with a scheme': [
        withHeaders(({ authorization }) => ({ authorization: `Bearer ${authorization}` })),
        401,
        /Unauthorized/,
      ],
      'the key of another shop': [
        withHeaders(() => ({ authorization: '8a7d1c4e-0000-4000-8000-000000000000' })),
        401,
        /Unauthorized/,
      ],
    },
  },
  {
    connector: netsuite,
    twin: netsuiteTwin,
    settings: netsuiteSettings,
    act: (account) =>
      look(netsuite.accounting.effects, 'create-order', account, bookingAtNetsuite('plain')),
    mistakes: {
      'the host of a sandbox': [
        toHost('1234567-sb1.suitetalk.api.netsuite.com'),
        404,
        /INVALID_URL/,
      ],
      'another version of the record service': [
        toPath('/record/v1/', '/record/v2/'),
        404,
        /INVALID_URL/,
      ],
      'the grant of a person': [
        withField('grant_type', 'authorization_code'),
        400,
        /"unsupported_grant_type"/,
      ],
      'another scope': [withClaims({ scope: ['restlets'] }), 400, /"invalid_grant"/],
      'the audience of another account': [
        withClaims({
          aud: 'https://7654321.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token',
        }),
        400,
        /"invalid_grant"/,
      ],
      'an assertion of more than an hour': [withClaims({ exp: 4e9 }), 400, /"invalid_grant"/],
      'a signature of other claims': [
        withField('client_assertion', (text) => withClaimsOf(text, { iat: 1 })),
        401,
        /"invalid_client"/,
      ],
      'a token without its scheme': [
        withHeaders(({ authorization = '', ...headers }) => ({
          ...headers,
          authorization: authorization.replace('Bearer ', ''),
        })),
        401,
        /INVALID_LOGIN/,
      ],
    },
  },
  {
    connector: businessCentral,
    twin: businessCentralTwin,
    settings: businessCentralSettings,
    act: (account) =>
      look(
        businessCentral.accounting.effects,
        'create-order',
        account,
        bookingAtBusinessCentral('local-currency'),
      ),
    mistakes: {
      'a token asked for at the API': [
        (request) => (request.path.endsWith('/token') ? toHost(apiHost)(request, {}) : request),
        401,
        /Authentication_InvalidCredentials/,
      ],
      'another environment': [toPath('/Sandbox/', '/Production/'), 404, /ResourceNotFound/],
      'another version of the API': [toPath('/api/v2.0/', '/api/v1.0/'), 404, /ResourceNotFound/],
      'the grant of a person': [
        withField('grant_type', 'authorization_code'),
        400,
        /"unsupported_grant_type"/,
      ],
      'the scope of Microsoft Graph': [
        withField('scope', 'https://graph.microsoft.com/.default'),
        400,
        /"invalid_scope"/,
      ],
      'a secret that is another': [withField('client_secret', 'other'), 401, /"invalid_client"/],
      'a token without its scheme': [
        withHeaders(({ authorization = '', ...headers }) => ({
          ...headers,
          authorization: authorization.replace('Bearer ', ''),
        })),
        401,
        /Authentication_InvalidCredentials/,
      ],
    },
  },
  {
    connector: shipbob,
    twin: shipbobTwin,
    settings: { channelId: 100001, shippingMethod: 'Standard' },
    act: (account) =>
      make(shipbob.fulfilment.effects, 'release-order', account, release('zero-decimal')),
    mistakes: {
      'the host of the sandbox': [toHost('sandbox-api.shipbob.com'), 404, /Resource not found/],
      'an older version': [toPath('/2026-01/', '/1.0/'), 404, /Resource not found/],
      'the channel of another merchant': [
        withHeaders((headers) => ({ ...headers, shipbob_channel_id: '1' })),
        403,
        /No access to this channel/,
      ],
      'no channel': [
        withHeaders(({ shipbob_channel_id: _, ...headers }) => headers),
        400,
        /shipbob_channel_id header is required/,
      ],
      'a token that is another': [
        withHeaders((headers) => ({ ...headers, authorization: 'Bearer other' })),
        401,
        /invalid token/,
      ],
    },
  },
  {
    connector: genericWebhook,
    twin: partnerTwin,
    settings: { capabilities: ['fulfilment'], url },
    act: (account) =>
      make(
        genericWebhook.fulfilment.effects,
        'release-order',
        account,
        messageToPartner('release-plain'),
      ),
    mistakes: {
      'another host': [toHost('other.example.com'), 404, /There is nothing at/],
      'another path': [toPath('/crossdock', '/hook'), 404, /There is nothing at/],
      'work of another kind of system': [
        (request, secret) =>
          signedAnew(
            { ...request, body: request.body.replace('release-order', 'create-order') },
            secret,
          ),
        422,
        /does not create-order/,
      ],
      'a signature of another body': [
        (request) => ({ ...request, body: `${request.body} ` }),
        401,
        /signature does not fit/,
      ],
      'a signature with the prefix in its key': [
        (request, { signingSecrets }) =>
          signedWith(Buffer.from(String(Object(signingSecrets)[0])), request),
        401,
        /signature does not fit/,
      ],
      'a signature in hex': [
        withHeaders(({ 'webhook-signature': signature = '', ...headers }) => ({
          ...headers,
          'webhook-signature': `v1,${Buffer.from(signature.slice(3), 'base64').toString('hex')}`,
        })),
        401,
        /signature does not fit/,
      ],
    },
  },
]

const apiHost = 'api.businesscentral.dynamics.com'

/** A connection whose twin gets what the mistake makes of each request; and what the twin answered, oldest first. */
function connect({ connector, twin: make, settings }: Vendor, mistake: Mistake) {
  const own = connector.settings.parse(settings)
  const world = memoryWorld(own)
  const made = make(world)
  const replies: TwinReply[] = []
  const handle = async (request: TwinRequest) => {
    const reply = await made.handle(mistake(request, made.secret))
    replies.push(reply)
    return reply
  }
  const connection = ConnectionId.parse(`${connector.id}/somewhere`)
  const twin = { ...made, handle }
  const account = twinAccount({ connector, connection, settings: own, twin, now: world.now })
  return { account, replies, world, twin: made }
}

describe.each(vendors.map((vendor) => [vendor.connector.id, vendor] as const))(
  '%s',
  (_, vendor) => {
    test('answers a connector that makes no mistake', async () => {
      const { account, replies } = connect(vendor, (request) => request)
      expect(await vendor.act(account)).toMatchObject({ ok: true })
      expect(replies.length).toBeGreaterThan(0)
    })

    test.each(Object.entries(vendor.mistakes))('refuses %s', async (_, [mistake, status, said]) => {
      const { account, replies } = connect(vendor, mistake)
      await vendor.act(account)
      expect(replies.at(-1)).toMatchObject({ status, body: expect.stringMatching(said) })
    })
  },
)

const doors: readonly (readonly [string, Door])[] = [
  ['shopify', shopifyDoor],
  ['shipbob', shipbobDoor],
  ['generic-webhook', partnerDoor],
]

test.each(doors)(
  'what the twin of %s signs passes the door, and nothing else does',
  async (id, door) => {
    const vendor = vendors.find(({ connector }) => connector.id === id)
    if (!vendor) throw new Error(`no vendor ${id}`)
    const { account, world, twin } = connect(vendor, (request) => request)
    await twin.takeOrder?.('{"id":1,"line_items":[]}', true)
    await vendor.act(account)
    world.clock = new Date(world.clock.getTime() + 2000)
    await twin.tick?.()
    const [webhook] = world.deliveries
    if (!webhook) throw new Error('the twin sent nothing')
    const { headers } = webhook
    const body = Buffer.from(webhook.body)
    const now = world.clock
    const secrets = twin.secret['webhookSecrets'] as readonly string[]
    expect(door.verify({ headers, body, now }, secrets)).toBe(true)
    expect(door.verify({ headers, body: Buffer.from(`${webhook.body} `), now }, secrets)).toBe(
      false,
    )
    expect(door.verify({ headers, body, now }, [`whsec_${'A'.repeat(32)}`])).toBe(false)
  },
)

function look(effects: Effects, name: EffectName, ...[account, subject]: Asking) {
  const effect = effects[name]
  if (!effect?.look) throw new Error(`${name} cannot be looked up`)
  return effect.look(account, subject)
}

function make(effects: Effects, name: EffectName, ...[account, subject]: Asking) {
  const effect = effects[name]
  if (!effect) throw new Error(`there is no ${name}`)
  return effect.make(account, subject)
}

type Asking = Parameters<NonNullable<Effects[EffectName]>['make']>

function toHost(host: string): Mistake {
  return (request) => ({ ...request, headers: { ...request.headers, host } })
}

function toPath(right: string, wrong: string): Mistake {
  return (request) => ({ ...request, path: request.path.replace(right, wrong) })
}

function withHeaders(change: (headers: TwinRequest['headers']) => TwinRequest['headers']): Mistake {
  return (request) => ({ ...request, headers: change(request.headers) })
}

/** A field of a request for a token. */
function withField(name: string, value: string | ((before: string) => string)): Mistake {
  return (request) => {
    const form = new URLSearchParams(request.body)
    const before = form.get(name)
    if (before === null) return request
    form.set(name, typeof value === 'string' ? value : value(before))
    return { ...request, body: form.toString() }
  }
}

/** Other claims, signed well. */
function withClaims(claims: object): Mistake {
  return (request, { privateKey }) =>
    withField('client_assertion', (assertion) => {
      const [head, changed] = withClaimsOf(assertion, claims).split('.')
      const key = createPrivateKey(String(privateKey))
      const bytes = Buffer.from(`${head}.${changed}`)
      const signature = sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' })
      return `${head}.${changed}.${signature.toString('base64url')}`
    })(request, {})
}

/** Other claims under the signature there is. */
function withClaimsOf(assertion: string, change: object): string {
  const [head, claims = '', signature] = assertion.split('.')
  const before = JSON.parse(Buffer.from(claims, 'base64url').toString())
  const after = Buffer.from(JSON.stringify({ ...before, ...change })).toString('base64url')
  return `${head}.${after}.${signature}`
}

function signedAnew(request: TwinRequest, { signingSecrets }: Twin['secret']): TwinRequest {
  const [secret] = signingSecrets as readonly [string]
  return signedWith(Buffer.from(secret.slice('whsec_'.length), 'base64'), request)
}

function signedWith(key: Buffer, request: TwinRequest): TwinRequest {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp } = request.headers
  const text = `${id}.${timestamp}.${request.body}`
  const signature = createHmac('sha256', key).update(text).digest('base64')
  return { ...request, headers: { ...request.headers, 'webhook-signature': `v1,${signature}` } }
}
