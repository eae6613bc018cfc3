import { setTimeout as sleep } from 'node:timers/promises'
import type { TwinWorld } from '../kit/twin.ts'
import { type HttpClient, httpClient } from './http-client.ts'
import type { Mischiefs } from './mischief.ts'

type Webhook = Parameters<TwinWorld['deliver']>[0]

/** Marks a webhook as the twin's own, so that it is not put into the twin again. */
export const twinHeader = 'x-crossdock-twin'

/** Seconds before each new try, as vendors do, only closer together. */
const tries = [1, 2, 5, 10, 30, 60, 120, 300] as const

/** Delivers a twin's webhooks to the hub, tries again when it does not take them, and disturbs them on demand. */
export class Courier {
  readonly #address: () => string
  readonly #mischiefs: Mischiefs
  readonly #held: Webhook[] = []
  #client: HttpClient | undefined
  #stopped = false
  #underway = 0

  constructor(address: () => string, mischiefs: Mischiefs) {
    this.#address = address
    this.#mischiefs = mischiefs
  }

  send(webhook: Webhook): void {
    if (this.#mischiefs.take('reorder')) {
      this.#held.unshift(webhook)
      if (this.#held.length === 1) void sleep(700).then(() => this.#release())
      return
    }
    if (this.#mischiefs.take('duplicate')) void this.#carry(webhook)
    void this.#carry(webhook)
  }

  /** Webhooks that the hub has not taken yet. */
  get underway(): number {
    return this.#underway + this.#held.length
  }

  stop(): void {
    this.#stopped = true
    this.#client?.close()
  }

  /** The latest first. */
  #release(): void {
    for (const webhook of this.#held.splice(0)) void this.#carry(webhook)
  }

  async #carry(webhook: Webhook): Promise<void> {
    this.#underway++
    for (const seconds of tries) {
      if (this.#stopped || (await this.#taken(webhook))) break
      await sleep(seconds * 1000, undefined, { ref: false })
    }
    this.#underway--
  }

  async #taken({ headers, body }: Webhook): Promise<boolean> {
    try {
      // Throws until the hub is up: a twin that woke up with its data may be earlier.
      this.#client ??= httpClient(this.#address(), 5000)
      const { status } = await this.#client.post({ ...headers, [twinHeader]: 'yes' }, body)
      return status >= 200 && status < 300
    } catch {
      return false
    }
  }
}
