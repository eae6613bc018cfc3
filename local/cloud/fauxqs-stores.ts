import { mkdirSync } from 'node:fs'
import { buildApp } from 'fauxqs'
// fauxqs exports its app only; the stores and their persistence are what a host of the app needs (2.4.1).
import { PersistenceManager } from '../../node_modules/fauxqs/dist/persistence.js'
import { S3Store } from '../../node_modules/fauxqs/dist/s3/s3Store.js'
import { SnsStore } from '../../node_modules/fauxqs/dist/sns/snsStore.js'
import { type SqsQueue, SqsStore } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import {
  calculateMessageSize,
  INVALID_MESSAGE_BODY_CHAR,
  type InflightEntry,
  type MessageAttributeValue,
  type SqsMessage,
} from '../../node_modules/fauxqs/dist/sqs/sqsTypes.js'

export type { InflightEntry, MessageAttributeValue, SqsMessage, SqsQueue }
export { calculateMessageSize, INVALID_MESSAGE_BODY_CHAR, SqsStore }

/** fauxqs inside this process: no port of its own, the gateway injects requests. */
export interface Fauxqs {
  readonly sqs: SqsStore
  readonly s3: S3Store
  readonly app: ReturnType<typeof buildApp>
  close(): Promise<void>
}

/** Opens the stores, with what `directory` holds when there is one. */
export function openFauxqs(region: string, directory: string | undefined): Fauxqs {
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() }
  const persistence = directory === undefined ? undefined : openPersistence(directory, stores)
  const app = buildApp({ logger: false, defaultRegion: region, stores })
  // Fastify has no body where there are no bytes, and fauxqs (2.4.1) answers an object or a part of none with 500.
  app.addHook('preValidation', async (request) => {
    if (request.method === 'PUT') request.body ??= Buffer.alloc(0)
  })
  return {
    sqs: stores.sqsStore,
    s3: stores.s3Store,
    app,
    close: async () => {
      await app.close()
      persistence?.close()
    },
  }
}

function openPersistence(
  directory: string,
  { sqsStore, snsStore, s3Store }: { sqsStore: SqsStore; snsStore: SnsStore; s3Store: S3Store },
): PersistenceManager {
  mkdirSync(directory, { recursive: true })
  const persistence = new PersistenceManager(directory)
  // A killed process loses nothing that SQLite handed to the kernel; an fsync per message would cost milliseconds.
  Reflect.get(persistence, 'db').exec('PRAGMA synchronous = OFF')
  // Loading before the stores know their persistence: it would write everything again.
  persistence.load(sqsStore, snsStore, s3Store)
  sqsStore.persistence = persistence
  s3Store.persistence = persistence
  for (const queue of sqsStore.allQueues()) queue.persistence = persistence
  return persistence
}
