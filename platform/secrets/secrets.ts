import { Fault } from '../../domain/fault.ts'
import { callAws } from '../http/aws.ts'

const minutes = 60_000
const keep = 5 * minutes
const patience = 30_000
const pause = 5000

/** Reads secrets by name and caches them for five minutes, and a failed read for five seconds. */
export interface Secrets {
  get(name: string): Promise<Secret>
  /**
   * Reads again, at most every half minute: for a signature that no cached secret made. If that fails, the cached
   * secret stays valid, so that forged signatures cannot evict it.
   */
  refresh(name: string): Promise<Secret>
}

type Secret = Readonly<Record<string, unknown>>

interface Known {
  readonly value: Promise<Secret>
  readonly failed: boolean
  /** Times of the last read and the last attempt. */
  readonly at: number
  readonly tried: number
}

export function awsSecrets(now: () => number = Date.now): Secrets {
  const known = new Map<string, Known>()
  const ask = (name: string, before: Known | undefined): Promise<Secret> => {
    const tried = now()
    const value: Promise<Secret> = fetchSecret(name).catch((error: unknown) => {
      const holds = before?.failed === false && tried - before.at < keep
      known.set(name, holds ? { ...before, tried } : { value, failed: true, at: tried, tried })
      if (holds) return before.value
      throw error
    })
    known.set(name, { value, failed: false, at: tried, tried })
    return value
  }
  const read = (name: string, isDue: (one: Known) => boolean): Promise<Secret> => {
    const one = known.get(name)
    const due = !one || (one.failed ? now() - one.tried >= pause : isDue(one))
    return due ? ask(name, one) : one.value
  }
  return {
    get: (name) => read(name, ({ at }) => now() - at >= keep),
    refresh: (name) => read(name, ({ tried }) => now() - tried >= patience),
  }
}

async function fetchSecret(name: string): Promise<Secret> {
  const answer = await callAws({
    service: 'secretsmanager',
    target: 'secretsmanager.GetSecretValue',
    version: '1.1',
    body: { SecretId: name },
  })
  const text = (answer as { readonly SecretString?: unknown }).SecretString
  const value = typeof text === 'string' ? jsonOf(text) : undefined
  if (typeof value !== 'object' || value === null) {
    throw new Fault(`secret ${name} does not hold a JSON object`)
  }
  return value as Secret
}

/** The error of `JSON.parse` quotes the text, and this text is a secret. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
