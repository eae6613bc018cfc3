/** Settings of every client of AWS's SDK. Its own default is to wait for an answer for ever. */
export const awsClient = {
  requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true },
}
