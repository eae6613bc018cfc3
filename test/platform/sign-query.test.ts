import { AwsV4Signer } from 'aws4fetch'
import { signedBy } from '../../platform/http/sign.ts'

test('a list of a bucket is signed with its parameters, as another implementation signs it', async () => {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
  const url = new URL('https://bucket.s3.eu-central-1.amazonaws.com/')
  url.searchParams.set('list-type', '2')
  url.searchParams.set('prefix', 'raw/')
  url.searchParams.set('start-after', 'raw/90/2026/11/21/10/file-1.0a1b2c.ndjson.gz')
  const now = new Date('2026-11-21T10:00:00Z')
  const scope = { region: 'eu-central-1', service: 's3' }
  const ours = signedBy(
    credentials,
    { method: 'GET', url, headers: {}, body: '' },
    { ...scope, now },
  )
  const signer = new AwsV4Signer({
    ...credentials,
    ...scope,
    method: 'GET',
    url: url.href,
    headers: { 'x-amz-content-sha256': ours['x-amz-content-sha256'] ?? '' },
    datetime: '20261121T100000Z',
  })
  const { headers, url: theirs } = await signer.sign()
  expect(theirs.search).toBe(url.search)
  expect(ours['authorization']).toBe(headers.get('authorization'))
})
