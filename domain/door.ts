/**
 * A connector's `verify.ts` exports a `door`: all that the webhook function needs of it, so that the function stays small.
 * It imports nothing but `node:crypto` and types.
 */
export interface Door {
  /** Names of the headers, lower case, that travel on with the body. */
  readonly headers: readonly string[]
  /** True when one of the secrets signed exactly these bytes. Never throws, and compares in constant time. */
  verify(request: SignedRequest, secrets: readonly string[]): boolean
}

export interface SignedRequest {
  /**
   * Lower-case names; API Gateway joins repeated headers with a comma, so that a doubled signature
   * arrives as one value that no secret signed.
   */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The raw bytes as they were sent. */
  readonly body: Uint8Array
  readonly now: Date
}
