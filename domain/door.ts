/**
 * A connector's `verify.ts` exports a `door`, all that the webhook function needs of it, so that the function stays
 * small. It imports only `node:crypto` and types.
 */
export interface Door {
  /** Lower-case names of the headers that are forwarded with the body. */
  readonly headers: readonly string[]
  /** True if one of the secrets signed exactly these bytes. Never throws, compares in constant time. */
  verify(request: SignedRequest, secrets: readonly string[]): boolean
}

export interface SignedRequest {
  /**
   * Lower-case names. API Gateway joins repeated headers with a comma, so a duplicate signature becomes one value that
   * no secret signed.
   */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The raw bytes as sent. */
  readonly body: Uint8Array
  readonly now: Date
}
