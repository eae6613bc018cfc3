import type { Connector } from '../../connectors/contract.ts'
import type { Account, Call, Minted, Reply, Tokens } from '../../domain/account.ts'
import { doubt, type Failure, halt, retry } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Twin, TwinReply } from '../../twins/kit/twin.ts'

/**
 * `commit-then-drop`: the twin does it and the answer is lost. `drop`: it never reached the twin, which the
 * caller cannot know. `throttle` and `unavailable`: the twin's own words. `html`: a proxy answers instead.
 */
type Misbehaviour = 'commit-then-drop' | 'drop' | 'throttle' | 'unavailable' | 'html'

/** An account whose `send` ends at a twin, in this process. */
export interface TwinAccount extends Account {
  /** Every call made, oldest first, also those that never reached the twin. */
  readonly calls: Call[]
  /** Disturbs the next calls, once each unless `times` says otherwise; `which` picks the calls it is for. */
  misbehave(how: Misbehaviour, options?: MisbehaveOptions): void
}

interface MisbehaveOptions {
  /** @default 1 */
  readonly times?: number
  /** @default every call, also those for tokens */
  readonly which?: (call: Call) => boolean
}

export interface TwinAccountOptions {
  readonly connector: Pick<Connector, 'hosts' | 'settings' | 'mintsTokens'>
  readonly connection: ConnectionId
  /** The connection's own fields, as in `settings/*.json`. */
  readonly settings: unknown
  readonly twin: Twin
  readonly now: () => Date
  /** @default what the twin says */
  readonly secret?: unknown
  /** Give two accounts the same to let them share tokens, as processes of one connection do. */
  readonly tokens?: Tokens
}

export function twinAccount(options: TwinAccountOptions): TwinAccount {
  const settings: unknown = options.connector.settings.parse(options.settings)
  const hosts = options.connector.hosts(settings)
  const calls: Call[] = []
  const plans: { how: Misbehaviour; left: number; which: (call: Call) => boolean }[] = []

  function planned(call: Call): Misbehaviour | undefined {
    const plan = plans.find(({ left, which }) => left > 0 && which(call))
    if (plan) plan.left -= 1
    return plan?.how
  }

  async function send(call: Call): Promise<Result<Reply, Failure>> {
    calls.push(call)
    const url = new URL(call.url)
    if (url.protocol !== 'https:' || !hosts.includes(url.host)) {
      return err(halt(`${url.protocol}//${url.host} is not allowed`))
    }
    const how = planned(call)
    if (how === 'throttle') return ok(toReply(options.twin.throttled))
    if (how === 'unavailable') return ok(toReply(options.twin.unavailable))
    if (how === 'html') return ok(html)
    if (how === 'drop') return err(lost(call))

    const reply = await options.twin.handle({
      method: call.method,
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host, ...lowerCase(call.headers) },
      body: call.body ?? '',
    })
    return how === 'commit-then-drop' ? err(lost(call)) : ok(toReply(reply))
  }

  return {
    connection: options.connection,
    settings,
    secret: async () => options.secret ?? options.twin.secret,
    send,
    tokens:
      options.tokens ?? (options.connector.mintsTokens ? memoryTokens(options.now) : noTokens),
    now: options.now,
    calls,
    misbehave: (how, { times = 1, which = () => true } = {}) => {
      plans.push({ how, left: times, which })
    },
  }
}

/** What a deployed worker of a connector that does not say it mints tokens would meet. */
const noTokens: Tokens = {
  get: () =>
    Promise.reject(new Error('not authorized: the connector does not say that it mints tokens')),
  drop: async () => {},
}

/** Tokens in memory: one mint at a time, kept until a minute before they expire. */
export function memoryTokens(now: () => Date): Tokens {
  let kept: { readonly token: string; readonly until: number } | undefined
  let minting: Promise<Result<Minted, Failure>> | undefined
  return {
    get: async (mint) => {
      if (kept && now().getTime() < kept.until) return ok(kept.token)
      minting ??= mint().finally(() => {
        minting = undefined
      })
      const minted = await minting
      if (!minted.ok) return minted
      const { token, seconds } = minted.value
      kept = { token, until: now().getTime() + (seconds - 60) * 1000 }
      return ok(token)
    },
    drop: async () => {
      kept = undefined
    },
  }
}

const html: Reply = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>502 Bad Gateway</title></head><body></body></html>',
}

const lost = (call: Call): Failure =>
  call.kind === 'write' ? doubt('no answer came') : retry('no answer came')

const toReply = ({ status, headers, body }: TwinReply): Reply => ({
  status,
  headers: lowerCase(headers),
  body: body ?? '',
})

const lowerCase = (headers: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
