import type { ResolvedSettings } from '../schemas/settings.ts'
import { type Bus, bus } from './bus.ts'
import type { Design } from './design.ts'
import type { Environment, Weather } from './environment.ts'
import { type Handler, Lambdas } from './lambdas.ts'
import { cryptoByLot, packagesFor, type Services } from './packages.ts'
import type { Place, Program } from './program.ts'
import { Queue } from './queues.ts'
import type { Records } from './records.ts'
import { runSchedules } from './schedules.ts'
import { followQueue, followTable } from './sources.ts'
import type { StockWitness } from './stock-witness.ts'
import type { Story } from './story.ts'
import { type Change, Table } from './tables.ts'
import { sendTo, type Vendor } from './vendors.ts'
import type { Witness } from './witness.ts'

export interface CloudOptions {
  readonly design: Design
  readonly settings: ResolvedSettings
  readonly program: Program
  readonly vendors: readonly Vendor[]
  readonly story: Story
  readonly witness: Witness
  readonly stock: StockWitness
  readonly records: Records
}

/** The deployed stacks, in memory and in virtual time. */
export interface Cloud {
  readonly tables: ReadonlyMap<string, Table>
  /** By ARN. */
  readonly queues: ReadonlyMap<string, Queue>
  readonly lambdas: Lambdas
  readonly bus: Bus
  /** Messages, events and changes under way. */
  busy(): number
}

export function openCloud(options: CloudOptions, weather: Weather): Cloud {
  const { design } = options
  const queues = openQueues(design, weather, options.witness)
  const streams = new Map<string, (change: Change) => void>()
  const tables = new Map(
    design.tables.map((table) => [
      table.name,
      new Table(table, (change) => {
        streams.get(table.name)?.(change)
        options.witness.changed(change)
        options.stock.changed(change)
      }),
    ]),
  )
  const events = bus(design.rules, queues, weather)
  const services: Services = {
    ...weather,
    tables,
    queues: new Map([...queues.values()].map((queue) => [queue.design.url, queue])),
    bus: events,
    secrets: new Map(
      options.vendors.map(({ connection, twin }) => [
        connection.secret,
        JSON.stringify(twin.secret),
      ]),
    ),
    settings: JSON.stringify(options.settings),
    crypto: cryptoByLot(weather.draw),
  }
  const boot = (environment: Environment) => start(environment, { options, services, weather })
  const lambdas = new Lambdas(design, weather, boot)
  const given = { ...weather, lambdas }
  for (const source of design.sqsSources) {
    const queue = queues.get(source.queueArn)
    if (queue) followQueue(source, queue, given)
  }
  const followed = design.streamSources.map((source) => {
    const stream = followTable(source, { ...given, giveUp: queues.get(source.onFailure ?? '') })
    streams.set(source.tableName, stream.tell)
    return stream
  })
  runSchedules(design.schedules, given)
  const worked = new Set(design.sqsSources.map(({ queueArn }) => queueArn))
  return {
    tables,
    queues,
    lambdas,
    bus: events,
    busy: () =>
      [...queues.values()]
        .filter((queue) => worked.has(queue.design.arn))
        .reduce((sum, { depth }) => sum + depth, 0) +
      followed.reduce((sum, { depth }) => sum + depth, 0),
  }
}

function openQueues(
  design: Design,
  weather: Weather,
  witness: Witness,
): ReadonlyMap<string, Queue> {
  const queues = new Map(
    design.queues.map((each) => [each.arn, new Queue(each, { ...weather, witness })]),
  )
  for (const queue of queues.values()) {
    queue.deadLetters = queues.get(queue.design.deadLetters?.arn ?? '')
  }
  return queues
}

interface Start {
  readonly options: CloudOptions
  readonly services: Services
  readonly weather: Weather
}

/** A function's own modules, in an environment of their own, from the sources that are deployed. */
function start(environment: Environment, { options, services, weather }: Start): Handler {
  const { folder, environment: variables } = environment.design
  const own = connectionOf(variables, options.settings)
  const given = {
    ...weather,
    story: options.story,
    witness: options.witness,
    stock: options.stock,
    own,
  }
  const place: Place = {
    watched: options.records.watched,
    modules: {
      ...packagesFor(environment, services),
      ...options.records.modules,
      // What speaks to the internet has tests of its own; here the vendors are.
      'platform/http/send.ts': {
        sendTo: sendTo(options.vendors, environment, given),
      },
    },
    globals: {
      Date: clockOf(environment.now),
      Math: Object.create(Math, { random: { value: () => weather.draw('Math.random') } }),
      setTimeout: undefined,
      clearTimeout: undefined,
      setImmediate: undefined,
      process: { env: { ...variables }, stdout: { write: () => true } },
      crypto: undefined,
    },
  }
  const { handler } = options.program.load(`functions/${folder}/handler.ts`, place)
  // Every function's handler.ts exports one; checked by the bundles' own tests.
  return handler as Handler
}

/** Whom a function works for: a connection, or whoever counts its location. */
function connectionOf(
  { CONNECTION, LOCATION = '' }: Readonly<Record<string, string>>,
  { stock }: ResolvedSettings,
): string | undefined {
  const { warehouse, count } = stock?.locations[LOCATION] ?? {}
  return CONNECTION ?? count?.from ?? warehouse
}

/** A `Date` that tells the environment's time. */
const clockOf = (now: () => number) =>
  class extends Date {
    constructor(...given: readonly unknown[]) {
      super(...((given.length === 0 ? [now()] : given) as [string]))
    }

    static override now(): number {
      return now()
    }
  }
