import { callAws } from './aws.ts'

const minutes = 60_000
const keep = 5 * minutes
const patience = 30_000

/** Reads secrets by name and remembers them for five minutes. */
export interface Secrets {
  get(name: string): Promise<Readonly<Record<string, unknown>>>
  /** Reads again when what is remembered is older than half a minute: for a signature that no known secret made. */
  refresh(name: string): Promise<Readonly<Record<string, unknown>>>
}

type Secret = Readonly<Record<string, unknown>>

export function awsSecrets(now: () => number = Date.now): Secrets {
  const known = new Map<string, { readonly at: number; readonly value: Promise<Secret> }>()
  const read = (name: string, maxAge: number): Promise<Secret> => {
    const cached = known.get(name)
    if (cached && now() - cached.at < maxAge) return cached.value
    const value = fetchSecret(name)
    known.set(name, { at: now(), value })
    value.catch(() => known.delete(name))
    return value
  }
  return { get: (name) => read(name, keep), refresh: (name) => read(name, patience) }
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
    throw new Error(`secret ${name} does not hold a JSON object`)
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
