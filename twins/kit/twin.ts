/**
 * A stateful stand-in for a vendor, speaking its protocol; `twins/<vendor>/twin.ts` exports its `MakeTwin` as `twin`. It is
 * written from the vendor's documents and imports nothing of the connector that it judges.
 */
export interface Twin {
  /** What the connection's secret holds for this twin, including `webhookSecrets`. */
  readonly secret: Readonly<Record<string, unknown>>
  /** Answers one request as the vendor would. `path` begins after the twin's own address. */
  handle(request: TwinRequest): Promise<TwinReply>
  /** The documents it holds, by kind, as the vendor's API would return them. */
  state(): Readonly<Record<string, readonly unknown[]>>
  /** For how many seconds after its caller gave up it may still carry out a request. @default 15 */
  readonly lateSeconds?: number
  /** The vendor's own words for being throttled and for being down. */
  readonly throttled: TwinReply
  readonly unavailable: TwinReply
  /** Channels only: takes an order body as the vendor's webhook carries it; `deliver` also sends the signed webhook. */
  takeOrder?(body: string, deliver: boolean): Promise<TwinReply>
  /** Sets its stock, as `{"counts": [{"sku": "…", "onHand": 5}]}`; `location` names one of its places. */
  takeStock?(body: string): TwinReply
  /** Work that the vendor does by itself, such as shipping what was ordered; called about twenty times a second. */
  tick?(): Promise<void>
}

export interface TwinRequest {
  readonly method: string
  /** Path and query, for example `/admin/api/2026-10/graphql.json?x=1`. */
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

export interface TwinReply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What the host gives a twin. */
export interface TwinWorld {
  /** The connection's own fields from the settings. */
  readonly settings: unknown
  /** Documents by kind, kept on disk when the cloud is. Values are JSON. */
  readonly documents: Documents
  /** Sends a webhook to this connection's address, retried by the host as a vendor would, and possibly disturbed. */
  deliver(webhook: {
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }): void
  /** True when the next read of an index must not see what was written lately (`lag-index`). */
  lagging(): boolean
  readonly now: () => Date
}

export interface Documents {
  get(kind: string, id: string): unknown
  put(kind: string, id: string, document: unknown): void
  all(kind: string): readonly unknown[]
}

export type MakeTwin = (world: TwinWorld) => Twin
