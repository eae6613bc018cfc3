import { readFileSync } from 'node:fs'
import type { Connection, ResolvedSettings } from '../schemas/settings.ts'
import { drawFrom } from '../simulation/draw.ts'
import { Mischiefs } from '../twins/host/mischief.ts'
import type { RealSystem } from '../twins/host/real-system.ts'
import { number, OptionError, type Options } from './options.ts'

type Wanted = Pick<Options, 'real' | 'secrets' | 'dropAnswers'>

/** The real systems that `--real` names; throws an OptionError that says which option is wrong, and what to write. Never quotes a secret. */
export function realSystems(
  { real, secrets, dropAnswers }: Wanted,
  { environment, connections }: Pick<ResolvedSettings, 'environment' | 'connections'>,
  seed: number,
): readonly RealSystem[] {
  for (const [option, named] of [
    ['--secret', secrets],
    ['--drop-answers', dropAnswers],
  ] as const) {
    const [stray] = [...named.keys()].filter((id) => !real.has(id))
    if (stray !== undefined) {
      throw new OptionError(
        `${option} ${stray} is for a real system: add --real ${stray}=<https url>.`,
      )
    }
  }
  const draw = drawFrom(seed)
  return Array.from(real, ([id, address]) => {
    const connection = connectionOf(id, connections, environment)
    const share = number(`--drop-answers ${id}`, dropAnswers.get(id) ?? '0', {
      min: 0,
      max: 0.9,
      whole: false,
    })
    const mischiefs = new Mischiefs()
    mischiefs.chance = (how) => how === 'commit-then-drop' && draw(id) < share
    return { connection, url: urlOf(id, address), secret: secretIn(id, secrets.get(id)), mischiefs }
  })
}

function connectionOf(
  id: string,
  connections: readonly Connection[],
  environment: string,
): Connection {
  const called = connections.filter(({ hosts }) => hosts.length > 0)
  const found = called.find((connection) => connection.id === id)
  if (found) return found
  const known = called.map((connection) => connection.id).join(', ')
  throw new OptionError(
    `--real ${id}: settings/${environment}.json has no such connection that calls a system; write one of ${known}.`,
  )
}

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

function urlOf(id: string, address: string): URL {
  const url = URL.parse(address)
  if (url && (url.username || url.password || url.search || url.hash)) {
    throw new OptionError(
      `--real ${id}: write the URL without user, query and fragment; credentials belong in the file of --secret.`,
    )
  }
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname))
  if (!url || !isSafe) {
    throw new OptionError(
      `--real ${id}: "${address}" is not an https URL; write https://…, or http:// for a system on this machine.`,
    )
  }
  return url
}

function secretIn(id: string, file: string | undefined): RealSystem['secret'] {
  if (file === undefined) {
    throw new OptionError(
      `--real ${id} needs the connection's secret: add --secret ${id}=<file>, a JSON file with the fields of docs/deploying.md.`,
    )
  }
  const value = jsonIn(id, file)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new OptionError(
    `--secret ${id}: ${file} holds no JSON object; write the fields of docs/deploying.md, for example {"token": "…"}.`,
  )
}

/** `undefined` for what is not JSON, whose error would quote it. */
function jsonIn(id: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    // Node's file system throws nothing else.
    const { code } = error as NodeJS.ErrnoException
    throw new OptionError(`--secret ${id}: ${file} cannot be read (${code}).`)
  }
}
