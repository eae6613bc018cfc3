import type { Commit, Ledger, Opened } from '../../domain/ports.ts'
import { forgotten } from '../../domain/privacy/forgotten.ts'
import { Order } from '../../schemas/canonical/order.ts'
import { OrderState } from '../../schemas/stored/order-state.ts'
import type { MemoryStock } from './memory-stock.ts'

/** The ledger in memory. Keeps JSON text, as the table does: what is changed after a commit is not kept. */
export class MemoryLedger implements Ledger {
  /** Every commit that was written, oldest first. */
  readonly commits: Commit[] = []
  readonly #heads = new Map<string, string>()
  readonly #orders = new Map<string, string>()
  readonly #gone = new Set<string>()

  readonly #stock: MemoryStock | undefined

  constructor(stock?: MemoryStock) {
    this.#stock = stock
  }

  async load(id: string): Promise<OrderState | undefined> {
    const text = this.#heads.get(id)
    return text === undefined ? undefined : OrderState.parse(JSON.parse(text))
  }

  async commit(commit: Commit): Promise<boolean> {
    const { before, after, order, stock } = commit
    const known = this.#heads.get(after.id)
    const rev = known === undefined ? 0 : OrderState.parse(JSON.parse(known)).rev
    if (rev !== before.rev) return false
    if (stock && this.#stock?.take(stock) === false) return false
    this.#heads.set(after.id, JSON.stringify(after))
    if (order) {
      this.#orders.set(after.id, JSON.stringify(order))
      this.#gone.delete(after.id)
    }
    if (after.erased) this.forget(after.id)
    this.commits.push(commit)
    return true
  }

  async open(id: string): Promise<Opened> {
    const text = this.#orders.get(id)
    const state = await this.load(id)
    const order = text === undefined ? undefined : Order.parse(JSON.parse(text))
    if (!order || !this.#gone.has(id)) return { state, order }
    return { state, order: { ...order, people: {} }, gone: true }
  }

  /** Takes others' words out of an erased order's document; the commits stay as the test saw them. */
  async forgetPast(id: string): Promise<void> {
    const text = this.#orders.get(id)
    if (text === undefined) return
    const { people, ...document } = Order.parse(JSON.parse(text))
    this.#orders.set(id, JSON.stringify({ ...forgotten(document), people }))
  }

  /** Its personal data has expired. */
  forget(id: string): void {
    this.#gone.add(id)
  }
}
