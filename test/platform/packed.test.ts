import { deflateSync } from 'node:zlib'
import { packed, unpacked } from '../../platform/dynamodb/state-codec.ts'

test('what was packed is what comes out', () => {
  const value = { text: 'Größe 北', list: [1, null, { deep: true }], none: {} }
  expect(unpacked(packed(value))).toEqual(value)
})

test('what was packed with either dictionary on its first day can be read for ever', () => {
  const then = Buffer.from('eLsW+a5vq0blpqTm5scbwgwx1kGPi7x8MA9c0tUCAFQyE1U=', 'base64')
  expect(unpacked(then)).toEqual({ id: 'shopify_demo_1', rev: 3, state: 'done', note: 'kept' })
  const later = Buffer.from('eLtXUmY9wzXSkZKamx9vCBvXMMZsjCHqMyMz5GADGQoAo30a6g==', 'base64')
  expect(unpacked(later)).toEqual({
    state: { id: 'shopify_demo_1', rev: 3 },
    steps: [{ rev: 3, at: '2026', events: [] }],
  })
})

test('what is none of it is refused', () => {
  expect(() => unpacked('{"a":1}')).toThrow('no packed record')
  expect(() => unpacked(deflateSync('{}', { dictionary: Buffer.from('another') }))).toThrow(
    'another dictionary',
  )
  expect(() => unpacked(new Uint8Array(3))).toThrow('another dictionary')
})
