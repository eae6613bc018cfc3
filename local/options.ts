import { parseArgs } from 'node:util'

export interface Options {
  readonly orders: number
  /** Orders per second. */
  readonly rate: number
  readonly chaos: boolean
  /** Of the chaos, and of answers that get lost. @default drawn */
  readonly seed: number | undefined
  readonly payload: string | undefined
  readonly exit: boolean
  readonly json: boolean
  /** 0 lets the system pick one. */
  readonly port: number
  readonly dataDir: string | undefined
  /** Addresses of real systems, by connection. */
  readonly real: ByConnection
  /** Files with their secrets. */
  readonly secrets: ByConnection
  /** How many of a hundred answers to writes get lost there, as a fraction. */
  readonly dropAnswers: ByConnection
}

type ByConnection = ReadonlyMap<string, string>

export const help = `Runs Crossdock on your machine: the stacks that cdk deploys, twins of the vendors, and some orders.

  npm start -- [options]

  --orders N      number of orders (default 25; 0 for none)
  --rate R        orders per second (default 10)
  --chaos         a bad day: vendors, network and cloud fail, and the cloud restarts on its data
  --seed S        repeats a bad day, as far as the timing of your machine allows (default: random, and printed)
  --payload FILE  send this Shopify order body to the webhook endpoint, signed, instead of generated orders
  --exit          exit after the proof; status 1 if a promise was broken
  --json          one JSON line on stdout when ready, one with the proof; everything else on stderr
  --port P        port of the webhook endpoint and the API (default 4000; 0 picks a free one)
  --data DIR      keep tables, queues and twins in DIR, so that a restart continues where it stopped
  --real CONNECTION=URL             use this real system or sandbox instead of the connection's twin
  --secret CONNECTION=FILE          its secret, a JSON file
  --drop-answers CONNECTION=0.2     lose this share of the answers to its writes after they were carried out (--seed repeats it)
  --help          this text
`

/** A wrong option, in words for the person who typed it. */
export class OptionError extends Error {}

export function readOptions(args: readonly string[]): Options | 'help' {
  const values = parsed(args)
  if (values.help) return 'help'
  if (values.seed !== undefined && !values.chaos && !values['drop-answers']) {
    throw new OptionError('--seed repeats a bad day: it needs --chaos or --drop-answers.')
  }
  return {
    orders: number('--orders', values.orders ?? (values.payload ? '0' : '25'), {
      min: 0,
      max: 100_000,
      whole: true,
    }),
    rate: number('--rate', values.rate ?? '10', { min: 0.01, max: 1000, whole: false }),
    chaos: values.chaos ?? false,
    seed:
      values.seed === undefined
        ? undefined
        : number('--seed', values.seed, { min: 0, max: 2 ** 32 - 1, whole: true }),
    payload: values.payload,
    exit: values.exit ?? false,
    json: values.json ?? false,
    port: number('--port', values.port ?? '4000', { min: 0, max: 65_535, whole: true }),
    dataDir: values.data,
    real: byConnection('--real', values.real, 'https://erp.example.com'),
    secrets: byConnection('--secret', values.secret, 'secret.json'),
    dropAnswers: byConnection('--drop-answers', values['drop-answers'], '0.2'),
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        orders: { type: 'string' },
        rate: { type: 'string' },
        chaos: { type: 'boolean' },
        seed: { type: 'string' },
        payload: { type: 'string' },
        exit: { type: 'boolean' },
        json: { type: 'boolean' },
        port: { type: 'string' },
        data: { type: 'string' },
        real: { type: 'string', multiple: true },
        secret: { type: 'string', multiple: true },
        'drop-answers': { type: 'string', multiple: true },
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    const [problem = said] = said.split(/\.?\s*\n|\. /)
    throw new OptionError(`${problem}. See npm start -- --help.`)
  }
}

/** `<connection>=<value>`, as often as it is written. */
function byConnection(name: string, written: readonly string[] = [], value: string): ByConnection {
  const pairs = written.map((text): [string, string] => {
    const [connection = '', ...rest] = text.split('=')
    if (!/^[^/]+\/[^/]+$/.test(connection) || rest.join('=') === '') {
      throw new OptionError(
        `${name} takes <connection>=<value>, not "${text}": ${name} netsuite/demo-erp=${value}`,
      )
    }
    return [connection, rest.join('=')]
  })
  return new Map(pairs)
}

interface Bounds {
  readonly min: number
  readonly max: number
  readonly whole: boolean
}

export function number(name: string, text: string, { min, max, whole }: Bounds): number {
  const value = Number(text)
  const fits =
    text.trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value))
  if (fits) return value
  throw new OptionError(
    `${name} needs a ${whole ? 'whole ' : ''}number from ${min} to ${max}, not "${text}".`,
  )
}
