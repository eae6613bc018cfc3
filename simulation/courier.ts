import type { Connection } from '../schemas/settings.ts'
import type { Span } from './away.ts'
import { hashed } from './draw.ts'
import type { Watched, Webhook } from './vendors.ts'

/** Seconds before a vendor tries a webhook again that was not taken. Then it gives up. */
const tries = [10, 60, 300, 1800, 7200] as const

interface Deaf extends Watched {
  /** When no webhook of a connection arrives, by its id. */
  readonly deaf: ReadonlyMap<string, readonly Span[]>
}

/** Brings webhooks to the door as vendors do: again until they are taken, some late, some twice, some never. */
export function courier(
  knock: (connection: Connection, webhook: Webhook, answered: (status: number) => void) => void,
  { time, draw, faults, story, witness, deaf }: Deaf,
) {
  const carry = (connection: Connection, webhook: Webhook, tried: number): void => {
    knock(connection, webhook, (status) => {
      if (status >= 200 && status < 300) return
      const seconds = tries[tried]
      if (seconds === undefined) story.tell(`${connection.id} gives a webhook up`)
      else time.after(seconds * 1000, () => carry(connection, webhook, tried + 1))
    })
  }
  /** Somebody who saw one webhook sends another with its signature. */
  const forge = (connection: Connection, { headers, body }: Webhook): void => {
    knock(connection, { headers, body: body.replace(/\d(?=\D*$)/, '0').concat(' ') }, (status) => {
      if (status < 300) witness.breach('no leaks', `${connection.id} took a forged webhook`)
    })
  }
  return (connection: Connection, webhook: Webhook): void => {
    const where = `${connection.id} ${hashed(webhook.body, 0).toFixed(6)}`
    if (faults.happens('webhook forged', where)) forge(connection, webhook)
    const hours = deaf.get(connection.id) ?? []
    const isDeaf = hours.some(({ from, to }) => from <= time.now() && time.now() < to)
    if (isDeaf || faults.happens('webhook lost', where)) return
    const copies = faults.happens('webhook twice', where) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const late = faults.happens('webhook late', where) ? 3_600_000 * draw('how late') ** 3 : 0
      time.after(late + 300 * draw('courier'), () => carry(connection, webhook, 0))
    }
  }
}
