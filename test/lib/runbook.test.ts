import { readFileSync } from 'node:fs'
import { ExceptionCode } from '../../schemas/events/exception.ts'
import { synthesized } from '../support/synthesized.ts'

const runbook = readFileSync('docs/runbook.md', 'utf8')
const headings = [...runbook.matchAll(/^##+ (.+)$/gm)].map(([, title = '']) =>
  title.toLowerCase().replaceAll('`', '').replaceAll(' ', '-'),
)
// Some alarms are only for those who ask for them in their settings.
const alarms = ['demo', 'example']
  .flatMap((environment) => [...synthesized(environment).values()])
  .flatMap((template) => Object.values(template.findResources('AWS::CloudWatch::Alarm')))
  .map(({ Properties }) => String(Properties.AlarmDescription))

test('every alarm says its impact and names a heading of the runbook', () => {
  expect(alarms.length).toBeGreaterThan(20)
  for (const description of alarms) {
    const [impact, link = ''] = description.split('\n')
    expect(impact).toMatch(/^[A-Z].+\.$/)
    expect(headings).toContain(link.split('#')[1])
  }
})

test('every alarm heading of the runbook belongs to an alarm', () => {
  const [, section = ''] = runbook.split('# Alarms\n')
  const [alarmSection = ''] = section.split(/^# /m)
  const used = alarms.map((description) => description.split('#')[1])
  for (const [, title = ''] of alarmSection.matchAll(/^## (.+)$/gm)) {
    expect(used).toContain(title.toLowerCase().replaceAll(' ', '-'))
  }
})

test.each(ExceptionCode.options)('the runbook explains the exception %s', (code) => {
  expect(headings).toContain(code)
})
