import { checkDuplicates } from '../../domain/effects/check-duplicates.ts'
import { ok } from '../../domain/result.ts'
import { openLane } from '../support/lane.ts'

const [known, late] = [
  { id: '1', number: 'SO-1' },
  { id: '2', number: 'SO-2' },
]

const checked = async (references: object, documents: readonly { readonly id: string }[]) => {
  const lane = await openLane({ safety: { by: 'key' } })
  const subject = { ...(await lane.subject()), references }
  return checkDuplicates(async () => ok(documents)).make(lane.deps.account, subject)
}

test.each([
  ['the document that the order knows', { erp: known }, [known]],
  ['no document, because the order was shipped in full and deleted', { erp: known }, []],
  ['no document of an order that was never made', {}, []],
])('%s is as it should be', async (_, references, documents) => {
  expect(await checked(references, documents)).toMatchObject({ ok: true })
})

test.each([
  [
    'beside the one that the order knows',
    { erp: known },
    [known, late],
    'SO-2. Expected: only SO-1',
  ],
  ['of an order that was cancelled meanwhile', {}, [late], 'SO-2. Expected: none'],
])('a document %s is surplus', async (_, references, documents, said) => {
  expect(await checked(references, documents)).toMatchObject({
    ok: false,
    error: { next: 'except', code: 'duplicate-document', reason: expect.stringContaining(said) },
  })
})

test('a check whose worker was killed is made again, because a check leaves nothing to look for', async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  const { look } = checkDuplicates(async () => ok([known]))
  expect(await look?.(lane.deps.account, await lane.subject())).toEqual(ok(undefined))
})
