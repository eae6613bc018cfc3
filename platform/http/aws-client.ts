/** Settings for every AWS SDK client. By default the SDK waits for an answer for ever. */
export const awsClient = {
  requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true },
}
