import type { Connector } from '../../connectors/contract.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { parse } from '../../domain/parse.ts'
import type { Delivery, Reading } from '../../domain/reading.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { IntakeMessage } from '../../schemas/messages/intake-message.ts'

type Readings = Result<readonly Reading[], Failure>

/** An intake message, its body, and its readings. */
export interface Opened {
  readonly message: IntakeMessage
  readonly raw: Result<string, Failure>
  /** Throws if its connection is not in the settings. */
  readings(): Readings
}

/** Fails if the text is not an intake message. */
export type OpenMessage = (text: string) => Promise<Result<Opened, Failure>>

interface OpenDeps {
  connector(connection: ConnectionId): Connector | undefined
  /** The uncompressed body of a message. */
  unzip(body: string): Promise<Result<string, Failure>>
}

/** Opens and reads each message once for archiving and processing, and caches all of them. */
export function openOnce(deps: OpenDeps): OpenMessage {
  const opened = new Map<string, ReturnType<OpenMessage>>()
  return (text) => {
    const opening = opened.get(text) ?? openMessage(text, deps)
    opened.set(text, opening)
    return opening
  }
}

async function openMessage(
  text: string,
  { connector, unzip }: OpenDeps,
): Promise<Result<Opened, Failure>> {
  const parsed = parse(IntakeMessage, text)
  if (!parsed.ok) return parsed
  const message = parsed.value
  const raw = await unzip(message.body)
  let readings: Readings | undefined
  const read = () => (raw.ok ? readingsOf({ ...message, body: raw.value }, connector) : raw)
  return ok({ message, raw, readings: () => (readings ??= read()) })
}

function readingsOf(delivery: Delivery, connectorOf: OpenDeps['connector']): Readings {
  const connector = connectorOf(delivery.connection)
  if (connector?.read) return connector.read(delivery)
  return err(except('unreadable-payload', `no connector reads messages of ${delivery.connection}`))
}
