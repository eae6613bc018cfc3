import type { Documents, TwinWorld } from '../../twins/kit/twin.ts'

/** What a twin needs, in memory, with switches that a test may turn. */
export interface MemoryWorld extends TwinWorld {
  /** While true, `lagging()` says so. */
  lag: boolean
  /** What `now()` says. */
  clock: Date
  /** Webhooks that the twin sent, oldest first. */
  readonly deliveries: {
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }[]
}

export function memoryWorld(settings: unknown, documents = memoryDocuments()): MemoryWorld {
  const world: MemoryWorld = {
    settings,
    documents,
    deliveries: [],
    lag: false,
    clock: new Date('2026-11-21T10:00:00.000Z'),
    deliver: (webhook) => {
      world.deliveries.push(webhook)
    },
    lagging: () => world.lag,
    now: () => world.clock,
  }
  return world
}

/** Keeps JSON text, as the real store does: what a twin changes after `put` is not kept. */
export function memoryDocuments(): Documents {
  const kinds = new Map<string, Map<string, string>>()
  const kind = (name: string): Map<string, string> => {
    const found = kinds.get(name) ?? new Map<string, string>()
    kinds.set(name, found)
    return found
  }
  return {
    get: (name, id) => {
      const text = kind(name).get(id)
      return text === undefined ? undefined : JSON.parse(text)
    },
    put: (name, id, document) => {
      kind(name).set(id, JSON.stringify(document))
    },
    all: (name) => [...kind(name).values()].map((text) => JSON.parse(text)),
  }
}
