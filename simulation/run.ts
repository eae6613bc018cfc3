import { nameOf } from '../functions/serve-api/orders/execute-command.ts'
import type { Command } from '../schemas/api/command.ts'
import type { Connection, ResolvedSettings } from '../schemas/settings.ts'
import type { MakeTwin } from '../twins/kit/twin.ts'
import { namesAt } from './articles.ts'
import { deafnessOf, outagesOf, type Span } from './away.ts'
import { type Character, characterOf } from './characters.ts'
import { type Cloud, openCloud } from './cloud.ts'
import { courier } from './courier.ts'
import type { Design } from './design.ts'
import { drawFrom, hashed } from './draw.ts'
import type { Weather } from './environment.ts'
import { Faults, type Mask } from './faults.ts'
import { type Goods, keepGoods } from './goods.ts'
import { programFor } from './home.ts'
import { live, type Plan, plansFor } from './people.ts'
import type { Patch } from './program.ts'
import { keepRecords } from './records.ts'
import { StockWitness } from './stock-witness.ts'
import { Story } from './story.ts'
import { type Vendor, vendor, type Webhook } from './vendors.ts'
import { VirtualTime } from './virtual-time.ts'
import { Witness } from './witness.ts'

/** What is run, besides the seed. */
export interface Deployed {
  readonly design: Design
  readonly settings: ResolvedSettings
}

export interface RunOptions extends Deployed {
  readonly seed: number
  readonly orders: number
  readonly days: number
  /** @default nothing is masked */
  readonly mask?: Mask
  /** Numbers of the only orders that are placed. @default every one */
  readonly only?: ReadonlySet<number>
  /** @default the product as it is */
  readonly patches?: readonly Patch[]
  /** @default what the seed draws */
  readonly plans?: (shops: readonly Vendor[]) => readonly Plan[]
  /** Asked every hour: whether it ends here, with what broke so far. @default when all is calm */
  readonly ends?: (run: Run) => boolean
  /** Warehouses send what they are given. @default true */
  readonly ships?: boolean
  /** Goods are counted, and few. @default true */
  readonly counted?: boolean
  /** Usual milliseconds that a system is at work on one request. @default a quarter of a second */
  readonly workMs?: (connection: string) => number
}

/** A world under way. */
export interface Run {
  readonly character: Character
  /** When no webhook of a connection arrives, by its id. */
  readonly deaf: ReadonlyMap<string, readonly Span[]>
  readonly story: Story
  readonly cloud: Cloud
  readonly vendors: readonly Vendor[]
  readonly faults: Faults
  readonly time: VirtualTime
  readonly plans: readonly Plan[]
  readonly goods: Goods
  readonly witness: Witness
  readonly stock: StockWitness
  readonly hours: () => number
}

export const start = Date.parse('2026-03-01T00:00:00.000Z')
export const day = 86_400_000

export function openRun(options: RunOptions): Run {
  const { settings, seed, mask = {} } = options
  const time = new VirtualTime(start)
  const draw = drawFrom(seed)
  const story = new Story(time.now)
  const character = characterOf(seed)
  const faults = new Faults(draw, seed, { mask, story, character })
  const weather: Weather = { time, draw, faults }
  const program = programFor(weather, options.patches)
  const records = keepRecords()
  const witness = new Witness(story, records)
  const stock = stockWitness({ ...options, weather, story, witness })
  const world: World = { ...options, weather, story, witness, stock, cloud: () => cloud }
  const hours = { seed, mask, character, from: start, ms: options.days * day }
  const deaf = new Map(settings.connections.map(({ id }) => [id, deafnessOf(id, hours)]))
  const deliver = courier((...webhook) => knock(webhook, world), {
    ...weather,
    story,
    witness,
    deaf,
  })
  const vendors = settings.connections
    .filter(({ hosts }) => hosts.length > 0)
    .map((connection): Vendor => {
      // The contract suites check that every connector with a system has one.
      const { twin } = program.shared(`twins/${connection.connector}/twin.ts`)
      const make = twin as MakeTwin
      const workMs = options.workMs?.(connection.id) ?? 250
      const outages = outagesOf(connection.id, hours)
      return vendor({ connection, make, outages, workMs }, { ...weather, stock, deliver })
    })
  const cloud: Cloud = openCloud(
    { ...options, program, vendors, story, witness, stock, records },
    weather,
  )
  const placing = { orders: options.orders, from: start + 600_000, ms: options.days * day }
  const shops = vendors.filter(({ connection }) => connection.connector === 'shopify')
  const drawn = options.plans?.(shops) ?? plansFor(shops, placing, { draw, busy: character.busy })
  const plans = drawn.filter(({ index }) => options.only?.has(index) ?? true)
  live(plans, { time, draw, story, command: (...given) => command(given, world) })
  const opening: Opening = { ...world, vendors, span: placing }
  nameArticles(opening)
  const goods: Goods =
    options.counted === false ? { shelves: [], lost: new Set(), until: 0 } : openGoods(opening)
  for (const one of vendors) {
    if (options.ships !== false || !one.connection.capabilities.includes('fulfilment'))
      work(one, weather)
  }
  return {
    character,
    deaf,
    story,
    cloud,
    vendors,
    faults,
    time,
    plans,
    goods,
    witness,
    stock,
    hours: () => (time.now() - start) / 3_600_000,
  }
}

interface World extends Deployed {
  readonly weather: Weather
  readonly story: Story
  readonly witness: Witness
  readonly stock: StockWitness
  readonly cloud: () => Cloud
}

type Knocking = readonly [Connection, Webhook, (status: number) => void]

/** A webhook at the front door. */
function knock([connection, webhook, answered]: Knocking, world: World): void {
  const [channel, name] = connection.id.split('/')
  const pathParameters = { channel, connection: name }
  const event = { ...webhook, isBase64Encoded: false, pathParameters }
  request(world, { path: '/webhooks/', event }, (status) => {
    if (status < 300) world.witness.accepted(connection.id, webhook.body)
    else world.story.tell(`a webhook of ${connection.id} was answered ${status}`)
    const where = `${connection.id} of ${hashed(webhook.body, 0).toFixed(6)}`
    answered(world.weather.faults.happens('door answer lost', where) ? 504 : status)
  })
}

const somebody = 'arn:aws:iam::000000000000:user/somebody'

/** A person's command at the front door; comes back with its status. */
function command([order, given, key]: readonly [string, Command, string], world: World) {
  const { witness } = world
  const name = nameOf(['command', somebody, order, keyOf(key)])
  return post(
    [`/v1/orders/${order}/commands`, given, key],
    world,
    witness.commanded(order, name, given),
  )
}

function stockWitness({
  settings,
  weather: { time },
  story,
  witness,
}: Pick<World, 'settings' | 'weather' | 'story' | 'witness'>): StockWitness {
  const places = Object.entries(settings.stock?.locations ?? {})
  const stock = new StockWitness({
    witness,
    now: time.now,
    afterwards: (look) => time.after(0, look),
    tell: (text, about) => story.tell(text, about),
    locationOf: (warehouse, code) =>
      places.find(([, one]) => one.warehouse === warehouse && one.code === code)?.[0],
  })
  witness.ordered = (state) => stock.ordered(state)
  return stock
}

interface Opening extends World {
  readonly vendors: readonly Vendor[]
  readonly span: { readonly from: number; readonly ms: number }
}

/** What warehouses call things. */
function nameArticles({ design, vendors, cloud }: Opening): void {
  const [names = ''] = [...design.functions.values()].flatMap(
    ({ environment }) => environment['CROSS_REFERENCES_TABLE'] ?? [],
  )
  const table = cloud().tables.get(names)
  for (const { connection } of vendors) {
    for (const reference of connection.capabilities.includes('fulfilment')
      ? namesAt(connection.id)
      : []) {
      table?.put({ pk: `${connection.id}#sku#${reference.code}`, sk: 'names', ...reference })
    }
  }
}

/** What lies where. */
function openGoods(opening: Opening): Goods {
  const { time, draw } = opening.weather
  const { story, stock } = opening
  return keepGoods(opening, {
    time,
    draw,
    story,
    stock,
    post: (...given) => post(given, opening),
  })
}

/** A header has no spaces. */
const keyOf = (key: string): string => key.replaceAll(' ', '-')

type Posting = readonly [path: string, body: object, key: string]

/** A person's request to the Capability API; comes back with its status. */
function post([rawPath, body, key]: Posting, world: World, taken = () => {}): Promise<number> {
  const event = {
    rawPath,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', 'idempotency-key': keyOf(key) },
    body: JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: {
      http: { method: 'POST' },
      authorizer: { iam: { userArn: somebody } },
    },
  }
  const where = `api of ${rawPath.split('/')[3]}`
  return new Promise((resolve) =>
    request(world, { path: '/v1/', event }, (status) => {
      if (status < 300) taken()
      resolve(world.weather.faults.happens('door answer lost', where) ? 504 : status)
    }),
  )
}

interface Request {
  /** What the route's path begins with. */
  readonly path: string
  readonly event: object
}

function request(world: World, { path, event }: Request, answered: (status: number) => void) {
  const route = world.design.routes.find(({ key }) => key.includes(path))
  if (!route) throw new Error(`no route begins with ${path}`)
  world.cloud().lambdas.invoke(route.functionName, event, (invoked) => {
    answered(invoked.ok ? Number(Object(invoked.answer).statusCode) : 502)
  })
}

/** What a vendor does by itself: warehouses are at work every few minutes, some only every few hours. */
function work({ twin, connection }: Vendor, { time, draw }: Weather): void {
  if (!twin.tick) return
  const usual = connection.capabilities.includes('fulfilment')
    ? 40 * 60_000 * draw(`pace of ${connection.id}`)
    : 5000
  const again = (): void => {
    void twin.tick?.()
    time.after(20_000 + usual * 2 * draw(`work at ${connection.id}`), again)
  }
  time.after(1000, again)
}
